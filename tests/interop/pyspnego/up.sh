#!/usr/bin/env bash
# up.sh DIR: a Python environment with pyspnego, and with what the Python tests need, in DIR/venv. See
# README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/interop/lib.sh
. "$here/../lib.sh"

requirements=$here/../../python/requirements.txt

directory=$(open_directory "${1:?usage: up.sh DIR}")
alone "$directory"
python=$directory/venv/bin/python

# Whether the environment is whole: what it was made from is copied into it last, and the interpreter
# behind the link may have been removed since. Asks the files, as starting Python would take longer
# than everything else here.
ready() {
  [ -x "$python" ] && cmp -s "$requirements" "$directory/venv/requirements.txt"
}

# A Python that can make environments: Debian leaves the modules for it to a package.
find_python() {
  local candidate
  for candidate in python3 /usr/bin/python3; do
    if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

if ! ready; then
  base=$(find_python) || {
    log "there is no python3 with the modules venv and ensurepip"
    install_packages python3 python3-venv || die "no Python environment: the tests with pyspnego cannot run"
    base=$(find_python) || die "python3 still cannot make an environment"
  }
  log "installing tests/python/requirements.txt into $directory/venv"
  rm -rf "$directory/venv"
  "$base" -m venv "$directory/venv" >&2
  "$python" -m pip install --quiet --disable-pip-version-check -r "$requirements" >&2 ||
    die "pip could not install tests/python/requirements.txt: what needs Python cannot run"
  cp "$requirements" "$directory/venv/requirements.txt"
  ready || die "the environment in $directory/venv is not whole after its installation"
fi

export_line ANYSSPI_PYSPNEGO_PYTHON "$python"
