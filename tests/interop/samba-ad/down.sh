#!/usr/bin/env bash
# down.sh DIR: stops the domain controller that up.sh started in DIR, and removes DIR.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/interop/lib.sh
. "$here/../lib.sh"
# shellcheck source=tests/interop/samba-ad/domain.sh
. "$here/domain.sh"

directory=${1:?usage: down.sh DIR}
if domain_runs "$directory"; then
  kill "$(cat "$directory/run/samba.pid")"
  # It writes into DIR until it is gone.
  for _ in {1..50}; do
    domain_runs "$directory" || break
    sleep 0.1
  done
fi
remove_directory "$directory"
