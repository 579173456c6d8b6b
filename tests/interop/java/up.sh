#!/usr/bin/env bash
# up.sh DIR: the JDK, and Peer.java compiled in DIR. See README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/interop/lib.sh
. "$here/../lib.sh"

directory=$(open_directory "${1:?usage: up.sh DIR}")
alone "$directory"

# What stands for a JDK where there is none (macOS) has the name of its programs, too.
missing() {
  ! java -version >/dev/null 2>&1 || ! javac -version >/dev/null 2>&1
}

if missing; then
  log "java or javac is not installed"
  install_packages default-jdk-headless || die "no JDK: its tests cannot run"
fi
missing && die "a JDK is installed, but java and javac are not both in PATH"

if [ "$here/Peer.java" -nt "$directory/Peer.class" ]; then
  # Java's own LDAP has channel bindings of TLS, and keeps the class to itself.
  javac --add-exports java.security.jgss/sun.security.jgss.krb5.internal=ALL-UNNAMED \
    -d "$directory" "$here/Peer.java" >&2 || die "Peer.java cannot be compiled: it needs a JDK from 17 on"
fi

export_line ANYSSPI_JAVA "$(command -v java)"
export_line ANYSSPI_JAVA_PEER "$directory"
