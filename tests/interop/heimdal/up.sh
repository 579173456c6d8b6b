#!/usr/bin/env bash
# up.sh DIR: Heimdal's libraries and programs, unpacked in DIR. See README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/interop/lib.sh
. "$here/../lib.sh"

directory=$(open_directory "${1:?usage: up.sh DIR}")
alone "$directory"

command -v apt-get >/dev/null || die "Heimdal comes out of the packages of Debian or Ubuntu, which are not here"

# The packages of Heimdal, which depend on nothing that is not about everywhere.
packages() {
  apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
    --no-replaces --no-enhances heimdal-clients | grep -E '^[a-z][a-z0-9.+-]*-heimdal$'
}

# Installed beside MIT Kerberos, Heimdal would ask which of them kinit is to be.
unpack() {
  local unpacked=$directory/unpacked.new names
  rm -rf "$unpacked" "$directory/packages"
  mkdir "$unpacked" "$directory/packages"
  names=$(packages) || return 1
  # shellcheck disable=SC2086 # one word for each package
  (cd "$directory/packages" && apt-get --quiet download heimdal-clients $names) >&2 || return 1
  local package
  for package in "$directory"/packages/*.deb; do
    dpkg-deb --extract "$package" "$unpacked"
  done
  rm -rf "$directory/packages" "$directory/unpacked"
  mv "$unpacked" "$directory/unpacked"
}

if [ ! -e "$directory/unpacked" ]; then
  # The lists may be missing or old: fetch them only if it does not go without.
  unpack || { apt-get --quiet update >&2 && unpack; } || die "no Heimdal: its tests cannot run"
fi

library=$(dirname "$(find "$directory/unpacked/usr/lib" -name libgssapi.so.3)")
ready() {
  LD_LIBRARY_PATH=$library "$directory/unpacked/usr/bin/kinit.heimdal" --version >/dev/null 2>&1 &&
    LD_LIBRARY_PATH=$library "$directory/unpacked/usr/bin/klist.heimdal" --version >/dev/null 2>&1 &&
    LD_LIBRARY_PATH=$library /usr/bin/python3 -c 'import ctypes; ctypes.CDLL("libgssapi.so.3")' 2>/dev/null
}
if ! ready; then
  log "Heimdal does not start"
  install_packages libcom-err2 libedit2 libsqlite3-0 python3 || die "no Heimdal: its tests cannot run"
fi
ready || die "Heimdal is unpacked in $directory, but does not start"

export_line ANYSSPI_HEIMDAL "$directory/unpacked/usr/bin"
export_line ANYSSPI_HEIMDAL_LIBRARY "$library"
export_line ANYSSPI_HEIMDAL_PYTHON /usr/bin/python3
