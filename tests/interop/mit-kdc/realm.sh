# The realm of MIT's KDC: its configuration, its principals and its keytab. Source it after lib.sh.

REALM=EXAMPLE.TEST
TYPES='aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96 aes256-cts-hmac-sha384-192 aes128-cts-hmac-sha256-128 arcfour-hmac'

# write_configuration DIR PORT: everything is named, because what the system says belongs to others.
write_configuration() {
  replace "$1/krb5.conf" <<CONFIGURATION
[libdefaults]
  default_realm = $REALM
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
  default_ccache_name = FILE:$1/no-cache
  default_keytab_name = FILE:$1/no-keytab
  default_client_keytab_name = FILE:$1/no-keytab
  permitted_enctypes = $TYPES
  allow_rc4 = true
  allow_weak_crypto = true
[realms]
  $REALM = {
    kdc = 127.0.0.1:$2
  }
[domain_realm]
  example.test = $REALM
  .example.test = $REALM
CONFIGURATION
  replace "$1/kdc.conf" <<CONFIGURATION
[kdcdefaults]
  kdc_listen = 127.0.0.1:$2
  kdc_tcp_listen = 127.0.0.1:$2
[realms]
  $REALM = {
    database_name = $1/principal
    key_stash_file = $1/stash
    acl_file = $1/kadm5.acl
    max_life = 10h
    max_renewable_life = 7d
    default_principal_flags = +preauth
    supported_enctypes = ${TYPES// /:normal }:normal
  }
[logging]
  kdc = FILE:$1/kdc.log
CONFIGURATION
}

# make_realm DIR: the database, and a keytab that has lived: several versions of keys, one beyond
# eight bits, one of somebody who was renamed, and a hole.
make_realm() {
  rm -f "$1"/principal* "$1/stash" "$1/service.keytab"
  kdb5_util create -s -r "$REALM" -P 'master password' >"$1/create.out" 2>&1 || {
    cat "$1/create.out" >&2
    die "kdb5_util makes no database"
  }
  # kadmin.local goes on where a line fails, and says so.
  kadmin.local -r "$REALM" >"$1/kadmin.out" 2>&1 <<LINES
add_principal -pw Passw0rd! alice
add_principal -pw first bob
ktadd -norandkey -k $1/service.keytab bob
change_password -keepold -pw second bob
ktadd -norandkey -k $1/service.keytab bob
add_principal -pw Passw0rd! HTTP/server.example.test
add_principal -pw Passw0rd! odd\/na\@me/in\\\\stance
modify_principal -kvno 300 HTTP/server.example.test
add_principal -randkey deleted
ktadd -k $1/service.keytab deleted
ktadd -norandkey -k $1/service.keytab HTTP/server.example.test
ktadd -norandkey -k $1/service.keytab alice
ktadd -norandkey -k $1/service.keytab odd\/na\@me/in\\\\stance
add_principal -pw Passw0rd! oldname
rename_principal -force oldname newname
ktadd -norandkey -k $1/service.keytab newname
ktremove -k $1/service.keytab deleted all
LINES
  touch "$1/ready"
}

# make_services DIR: for each encryption type a service that has keys of that type alone, and whose tickets
# have session keys of it, such as test/aes256-cts-hmac-sha1-96.example.test. Users may delegate to all.
make_services() {
  rm -f "$1/services.keytab.new"
  local type
  for type in $TYPES; do
    echo "add_principal -randkey -e $type:normal +ok_as_delegate test/$type.example.test"
    echo "set_string test/$type.example.test session_enctypes $type"
    echo "ktadd -norandkey -k $1/services.keytab.new test/$type.example.test"
  done | kadmin.local -r "$REALM" >"$1/services.out" 2>&1
  mv -f "$1/services.keytab.new" "$1/services.keytab"
}

# make_users DIR: for each encryption type a user with keys of that type alone, such as
# user-aes256-cts-hmac-sha1-96; one who needs no pre-authentication, and one who may forward nothing.
make_users() {
  rm -f "$1/users.keytab.new"
  local type
  {
    for type in $TYPES; do
      echo "add_principal -pw Passw0rd! -e $type:normal user-$type"
      echo "ktadd -norandkey -k $1/users.keytab.new user-$type"
    done
    echo "add_principal -pw Passw0rd! -requires_preauth open"
    echo "add_principal -pw Passw0rd! -allow_forwardable stays"
    echo "add_principal -pw Passw0rd! -allow_tix locked"
    echo "add_principal -pw Passw0rd! -pwexpire yesterday expired"
    echo "ktadd -norandkey -k $1/users.keytab.new open"
  } | kadmin.local -r "$REALM" >"$1/users.out" 2>&1
  mv -f "$1/users.keytab.new" "$1/users.keytab"
}

# kdc_runs DIR: whether the KDC that was started in DIR is there still.
kdc_runs() {
  is_running "$1/kdc.pid" krb5kdc
}

# wait_for_kdc DIR PORT: it answers on the port a moment after it went into the background.
wait_for_kdc() {
  for _ in {1..50}; do
    if kdc_runs "$1" && is_open 127.0.0.1 "$2"; then return 0; fi
    sleep 0.1
  done
  return 1
}
