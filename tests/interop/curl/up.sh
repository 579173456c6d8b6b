#!/usr/bin/env bash
# up.sh DIR: curl, and the mechanism with which MIT's SPNEGO in it can negotiate NTLM. See README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/interop/lib.sh
. "$here/../lib.sh"

directory=$(open_directory "${1:?usage: up.sh DIR}")
alone "$directory"

# Whether MIT's GSSAPI is told of the mechanism of gss-ntlmssp.
has_mechanism() {
  grep -qs '1\.3\.6\.1\.4\.1\.311\.2\.2\.10' /etc/gss/mech /etc/gss/mech.d/*.conf
}

if ! command -v curl >/dev/null || ! has_mechanism; then
  log "curl or gss-ntlmssp is not installed"
  install_packages curl gss-ntlmssp || die "no curl with NTLM on both ways: its tests cannot run"
fi
program=$(command -v curl) || die "curl is installed, but is not in PATH"
has_mechanism || die "gss-ntlmssp is installed, but no file in /etc/gss/mech.d tells of it"

# Kept first: with a pipe, grep would end before curl has written everything.
version=$("$program" -q --version)
for feature in NTLM SPNEGO; do
  grep -qw "$feature" <<<"$version" || die "$program was built without $feature: its tests cannot run"
done

export_line ANYSSPI_CURL "$program"
