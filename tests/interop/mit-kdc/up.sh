#!/usr/bin/env bash
# up.sh DIR: MIT Kerberos' programs, and a KDC on loopback with a realm in DIR. See README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/interop/lib.sh
. "$here/../lib.sh"
# shellcheck source=tests/interop/mit-kdc/realm.sh
. "$here/realm.sh"

directory=$(open_directory "${1:?usage: up.sh DIR}")
alone "$directory"
# Debian has the servers' programs where only root looks for them.
PATH=$PATH:/usr/sbin

missing() {
  local name
  for name in kinit klist kvno ktutil krb5kdc kdb5_util kadmin.local; do
    command -v "$name" >/dev/null || return 0
  done
  # The module is one of Debian's for Debian's interpreter.
  ! /usr/bin/python3 -c 'import gssapi' 2>/dev/null
}

if missing; then
  log "kinit, klist, kvno, ktutil, krb5kdc, kdb5_util, kadmin.local or python3-gssapi is not installed"
  install_packages krb5-user krb5-kdc krb5-admin-server python3-gssapi || die "no MIT Kerberos: its tests cannot run"
  disable_services krb5-kdc krb5-admin-server
fi
missing && die "MIT Kerberos is installed, but not all of it is in PATH"

export KRB5_CONFIG=$directory/krb5.conf KRB5_KDC_PROFILE=$directory/kdc.conf

if ! kdc_runs "$directory"; then
  # The first port that nobody has. What was taken says so at once.
  for _ in {1..20}; do
    port=$((20000 + RANDOM % 20000))
    write_configuration "$directory" "$port"
    [ -e "$directory/ready" ] || make_realm "$directory"
    # Without the lock and the pipe of this script, which it would hold as long as it runs.
    krb5kdc -r "$REALM" -P "$directory/kdc.pid" >>"$directory/kdc.out" 2>&1 9>&- && break
  done
  wait_for_kdc "$directory" "$port" || {
    tail "$directory/kdc.out" >&2
    die "krb5kdc does not start"
  }
fi

[ -e "$directory/services.keytab" ] || make_services "$directory"
[ -e "$directory/users.keytab" ] || make_users "$directory"

export_line ANYSSPI_MIT_KRB5_CONFIG "$KRB5_CONFIG"
export_line ANYSSPI_MIT_KEYTAB "$directory/service.keytab"
export_line ANYSSPI_MIT_SERVICES "$directory/services.keytab"
export_line ANYSSPI_MIT_USERS "$directory/users.keytab"
export_line ANYSSPI_MIT_PYTHON /usr/bin/python3
