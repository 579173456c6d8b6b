#!/usr/bin/env bash
# down.sh DIR: stops the KDC that up.sh started in DIR, and removes DIR.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/interop/lib.sh
. "$here/../lib.sh"
# shellcheck source=tests/interop/mit-kdc/realm.sh
. "$here/realm.sh"

directory=${1:?usage: down.sh DIR}
if kdc_runs "$directory"; then kill "$(cat "$directory/kdc.pid")"; fi
remove_directory "$directory"
