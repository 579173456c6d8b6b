#!/usr/bin/env bash
# up.sh DIR: Samba's domain controller of an Active Directory on loopback, with a domain in DIR. See README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/interop/lib.sh
. "$here/../lib.sh"
# shellcheck source=tests/interop/samba-ad/domain.sh
. "$here/domain.sh"

directory=$(open_directory "${1:?usage: up.sh DIR}")
alone "$directory"
# Debian has the server's program where only root looks for it.
PATH=$PATH:/usr/sbin

# The name of a socket has room for 107 characters.
[ ${#directory} -le 80 ] || die "$directory is too long for the sockets in it"
[ "$(id -u)" -eq 0 ] || die "it needs root: an LDAP server of Samba listens on port 389"

missing() {
  local name
  for name in samba samba-tool ldbmodify; do
    command -v "$name" >/dev/null || return 0
  done
  [ ! -d /usr/share/samba/setup ] || ! /usr/bin/python3 -c 'import samba.gensec' 2>/dev/null
}

if missing; then
  log "samba, samba-tool, ldbmodify, /usr/share/samba/setup or python3-samba is not installed"
  install_packages samba-ad-dc samba-ad-provision ldb-tools python3-samba || die "no Samba: its tests cannot run"
  disable_services samba-ad-dc smbd nmbd winbind
fi
missing && die "Samba is installed, but not all of it is in PATH"

# Instead of the configuration of the machine.
export KRB5_CONFIG=$directory/krb5.conf

# A domain of earlier is made anew where it would be another one now.
if [ "$here/domain.sh" -nt "$directory/ready" ]; then
  stop_domain "$directory"
  rm -f "$directory/ready"
fi

if ! domain_runs "$directory"; then
  # Its ports are fixed, but loopback has addresses enough. What was taken says so.
  for _ in {1..20}; do
    address=127.$((1 + RANDOM % 254)).$((RANDOM % 256)).$((1 + RANDOM % 254))
    if is_open "$address" 389 || is_open "$address" 88; then continue; fi
    write_configuration "$directory" "$address"
    [ -e "$directory/ready" ] || make_domain "$directory"
    touch "$directory/ready"
    echo "$address" | replace "$directory/address"
    # Without the lock and the pipe of this script, which it would hold as long as it runs.
    samba --daemon --configfile="$directory/smb.conf" --model=single >"$directory/said" 2>&1 </dev/null 9>&- &&
      break
  done
  wait_for_domain "$directory" "$address" || {
    tail "$directory/said" "$directory/log" >&2
    die "samba does not start"
  }
fi

export_line ANYSSPI_SAMBA_AD "$(cat "$directory/address")"
export_line ANYSSPI_SAMBA_AD_CONFIG "$directory/smb.conf"
export_line ANYSSPI_SAMBA_AD_KRB5_CONFIG "$KRB5_CONFIG"
export_line ANYSSPI_SAMBA_AD_PYTHON /usr/bin/python3
export_line ANYSSPI_SAMBA_AD_SERVICES "$directory/services.keytab"
export_line ANYSSPI_SAMBA_AD_USERS "$directory/users.keytab"
