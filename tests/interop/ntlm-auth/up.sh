#!/usr/bin/env bash
# up.sh DIR: Samba's ntlm_auth with a configuration of its own in DIR. See README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/interop/lib.sh
. "$here/../lib.sh"

directory=$(open_directory "${1:?usage: up.sh DIR}")
alone "$directory"

if ! command -v ntlm_auth >/dev/null; then
  log "ntlm_auth is not installed (it comes with Samba; Debian's package is winbind)"
  install_packages winbind || die "no ntlm_auth: its tests cannot run"
  disable_services winbind
fi
program=$(command -v ntlm_auth) || die "winbind is installed, but ntlm_auth is not in PATH"

# Every directory is named, because those of the system belong to root and to a Samba which may run.
replace "$directory/smb.conf" <<CONFIGURATION
[global]
  netbios name = SAMBA
  workgroup = EXAMPLE
  server role = standalone server
  private dir = $directory
  state directory = $directory
  cache directory = $directory
  lock directory = $directory
  pid directory = $directory
  log file = $directory/log
CONFIGURATION

export_line ANYSSPI_NTLM_AUTH "$program"
export_line ANYSSPI_NTLM_AUTH_CONFIG "$directory/smb.conf"
