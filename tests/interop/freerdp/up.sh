#!/usr/bin/env bash
# up.sh DIR: FreeRDP's client and its shadow server, and the display they do not start without. See README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/interop/lib.sh
. "$here/../lib.sh"

directory=$(open_directory "${1:?usage: up.sh DIR}")
alone "$directory"

missing() {
  local name
  for name in xfreerdp freerdp-shadow-cli winpr-hash Xvfb; do
    command -v "$name" >/dev/null || return 0
  done
  return 1
}

if missing; then
  log "xfreerdp, freerdp-shadow-cli, winpr-hash or Xvfb is not installed"
  install_packages freerdp2-x11 freerdp2-shadow-x11 winpr-utils xvfb || die "no FreeRDP: its tests cannot run"
fi
missing && die "FreeRDP is installed, but not all of it is in PATH"

export_line ANYSSPI_XFREERDP "$(command -v xfreerdp)"
export_line ANYSSPI_FREERDP_SHADOW "$(command -v freerdp-shadow-cli)"
export_line ANYSSPI_WINPR_HASH "$(command -v winpr-hash)"
export_line ANYSSPI_XVFB "$(command -v Xvfb)"
