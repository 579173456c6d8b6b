#!/usr/bin/env bash
# up.sh DIR: FreeRDP's client, and the display it does not start without. See README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/interop/lib.sh
. "$here/../lib.sh"

directory=$(open_directory "${1:?usage: up.sh DIR}")
alone "$directory"

if ! command -v xfreerdp >/dev/null || ! command -v Xvfb >/dev/null; then
  log "xfreerdp or Xvfb is not installed"
  install_packages freerdp2-x11 xvfb || die "no FreeRDP: its tests cannot run"
fi
program=$(command -v xfreerdp) || die "FreeRDP is installed, but xfreerdp is not in PATH"
display=$(command -v Xvfb) || die "Xvfb is installed, but is not in PATH"

export_line ANYSSPI_XFREERDP "$program"
export_line ANYSSPI_XVFB "$display"
