#!/usr/bin/env bash
# up.sh DIR: the openssl program. See README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/interop/lib.sh
. "$here/../lib.sh"

directory=$(open_directory "${1:?usage: up.sh DIR}")
alone "$directory"

if ! command -v openssl >/dev/null; then
  log "openssl is not installed"
  install_packages openssl || die "no openssl: its tests cannot run"
fi
program=$(command -v openssl) || die "openssl is installed, but is not in PATH"
# What it can must not change with the machine's settings.
"$program" s_client -help 2>&1 | grep -w -- -tls1_3 >/dev/null || die "$program has no TLS 1.3"

export_line ANYSSPI_OPENSSL "$program"
