#!/usr/bin/env bash
# down.sh DIR: stops the domain controller that up.sh started in DIR, and removes DIR.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/interop/lib.sh
. "$here/../lib.sh"
# shellcheck source=tests/interop/samba-ad/domain.sh
. "$here/domain.sh"

directory=${1:?usage: down.sh DIR}
stop_domain "$directory"
remove_directory "$directory"
