#!/usr/bin/env bash
# down.sh DIR: removes DIR. Nothing runs: the tests start Heimdal themselves.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/interop/lib.sh
. "$here/../lib.sh"

remove_directory "${1:?usage: down.sh DIR}"
