# The domain of Samba's domain controller: its configuration, its users, groups and services, and their
# keytabs. Source it after lib.sh.

REALM=AD.TEST
BASE=DC=ad,DC=test

# write_configuration DIR ADDRESS: everything is named, because what the system says belongs to others.
# There are no more services than the tests ask, all in one process.
write_configuration() {
  replace "$1/smb.conf" <<CONFIGURATION
[global]
  netbios name = DC1
  workgroup = ADTEST
  realm = $REALM
  server role = active directory domain controller
  server services = ldap, kdc
  interfaces = $2/8
  bind interfaces only = yes
  disable netbios = yes
  private dir = $1/private
  state directory = $1/state
  cache directory = $1/cache
  lock directory = $1/lock
  pid directory = $1/run
  binddns dir = $1/bind-dns
  ncalrpc dir = $1/ncalrpc
  winbindd socket directory = $1/winbindd
  ntp signd socket directory = $1/ntp
  log file = $1/log
  tls enabled = no
  ldap server require strong auth = yes
[sysvol]
  path = $1/state/sysvol
[netlogon]
  path = $1/state/sysvol/ad.test/scripts
CONFIGURATION
  replace "$1/krb5.conf" <<CONFIGURATION
[libdefaults]
  default_realm = $REALM
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
[realms]
  $REALM = {
    kdc = $2
  }
CONFIGURATION
}

# make_domain DIR: the database, with everybody in it, and keytabs.
make_domain() {
  local name
  for name in private state/sysvol cache lock run bind-dns ncalrpc winbindd ntp; do
    rm -rf "${1:?}/$name"
    mkdir -p "$1/$name"
  done
  rm -f "$1"/*.keytab
  quietly "$1" samba-tool domain provision --configfile="$1/smb.conf" --realm="$REALM" --domain=ADTEST \
    --server-role=dc --dns-backend=NONE --host-name=dc1 --host-ip=127.0.0.1 --adminpass='Passw0rd!' \
    --option='vfs objects=dfs_samba4 acl_xattr'
  everybody >"$1/everybody.ldif"
  quietly "$1" ldbmodify --configfile="$1/smb.conf" --url="$1/private/sam.ldb" "$1/everybody.ldif"
  export_keys "$1" services.keytab HTTP/server.ad.test test/rc4.ad.test
  export_keys "$1" users.keytab alice
}

# export_keys DIR KEYTAB PRINCIPAL…
export_keys() {
  local name
  for name in "${@:3}"; do
    quietly "$1" samba-tool domain exportkeytab --configfile="$1/smb.conf" --principal="$name" "$1/$2"
  done
}

# quietly DIR COMMAND…: what it says is for whoever has to find out why it failed.
quietly() {
  "${@:2}" >"$1/said" 2>&1 || {
    tail "$1/said" >&2
    die "failed: ${*:2}"
  }
}

# user NAME PASSWORD CONTROL [LINE…]: as LDIF. CONTROL is userAccountControl: 512 is a user, 514 one who is
# disabled.
user() {
  echo "dn: CN=$1,CN=Users,$BASE"
  echo "changetype: add"
  echo "objectClass: user"
  echo "sAMAccountName: $1"
  echo "userAccountControl: $3"
  echo "clearTextPassword:: $(printf '%s' "$2" | iconv --from-code=UTF-8 --to-code=UTF-16LE | base64 --wrap=0)"
  local line
  for line in "${@:4}"; do echo "$line"; done
  echo
}

# group NAME TYPE MEMBER: as LDIF. TYPE is groupType: -2147483646 is a global group, -2147483640 a universal one and
# -2147483644 a local one.
group() {
  echo "dn: CN=$1,CN=Users,$BASE"
  echo "changetype: add"
  echo "objectClass: group"
  echo "sAMAccountName: $1"
  echo "groupType: $2"
  echo "member: CN=$3,CN=Users,$BASE"
  echo
}

everybody() {
  user alice Passw0rd! 512 "userPrincipalName: alice.smith@example.org" "displayName: Alice Smith"
  user umlaut Pässwörd☃ 512
  user disabled Passw0rd! 514
  user expired Passw0rd! 512 "pwdLastSet: 0"
  user web Passw0rd! 512 "servicePrincipalName: HTTP/server.ad.test" "msDS-SupportedEncryptionTypes: 24"
  # Where nothing is said of its types, the KDC knows of a service no other than rc4-hmac.
  user old Passw0rd! 512 "servicePrincipalName: test/rc4.ad.test"
  group engineers -2147483646 alice
  group staff -2147483646 engineers
  group everybody -2147483640 staff
  group printers -2147483644 everybody
  # A service of Samba's would add it later.
  echo "dn: CN=DC1,OU=Domain Controllers,$BASE"
  echo "changetype: modify"
  echo "add: servicePrincipalName"
  echo "servicePrincipalName: ldap/dc1.ad.test"
}

# domain_runs DIR: whether the domain controller that was started in DIR is there still.
domain_runs() {
  is_running "$1/run/samba.pid" 'samba*'
}

# stop_domain DIR: and waits until it is gone, because until then it writes into DIR.
stop_domain() {
  domain_runs "$1" || return 0
  kill "$(cat "$1/run/samba.pid")"
  for _ in {1..50}; do
    domain_runs "$1" || return 0
    sleep 0.1
  done
  die "samba does not end"
}

# wait_for_domain DIR ADDRESS: it answers a moment after it went into the background.
wait_for_domain() {
  for _ in {1..100}; do
    if domain_runs "$1" && is_open "$2" 88 && is_open "$2" 389; then return 0; fi
    sleep 0.1
  done
  return 1
}
