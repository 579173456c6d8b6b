# What the up.sh and down.sh of every peer share. Source it; it defines functions and does nothing.
#
# The contract of a peer:
#   up.sh DIR     makes the peer ready in DIR, again and again with the same result. Standard output
#                 is only lines `export NAME=value` for `eval`; everything else goes to standard
#                 error. It fails where the peer cannot be had, after saying what to do about it.
#   down.sh DIR   stops what runs and removes DIR.

# log TEXT…: one line on standard error, with the peer's name.
log() {
  echo "[$(basename "$(cd "$(dirname "$0")" && pwd)")] $*" >&2
}

die() {
  log "$*"
  exit 1
}

# The file which says that a directory was made by up.sh, so that down.sh may remove it.
MARK=.anysspi-peer

# open_directory DIR: makes DIR and prints its absolute path.
open_directory() {
  mkdir -p "$1"
  touch "$1/$MARK"
  (cd "$1" && pwd -P)
}

# remove_directory DIR: removes what open_directory made, and nothing else.
remove_directory() {
  [ -e "$1" ] || return 0
  [ -e "$1/$MARK" ] || die "$1 was not made by up.sh: remove it yourself"
  rm -rf -- "$1"
}

# alone DIR: waits until no other up.sh works in DIR, for the rest of this script. Two runs of the
# tests may start at the same time. Where there is no flock (macOS), they have to take turns.
alone() {
  command -v flock >/dev/null || return 0
  exec 9>"$1/.lock"
  flock 9
}

# replace FILE: writes standard input to FILE in one stroke, so that nobody reads half of it.
replace() {
  cat >"$1.$$"
  mv -f "$1.$$" "$1"
}

# export_line NAME VALUE: prints the line which sets it, quoted for the shell.
export_line() {
  printf "export %s='%s'\n" "$1" "${2//\'/\'\\\'\'}"
}

# disable_services SERVICE…: keeps them from starting with the machine, too, where only the programs are wanted.
disable_services() {
  if command -v systemctl >/dev/null; then systemctl --quiet disable "$@" >&2 || true; fi
}

# is_running FILE PATTERN: whether the process whose number is in FILE is there still, and has such a name.
is_running() {
  local pid
  pid=$(cat "$1" 2>/dev/null) || return 1
  # shellcheck disable=SC2053 # it is a pattern
  [[ "$(ps -o comm= -p "$pid" 2>/dev/null)" == $2 ]]
}

# is_open ADDRESS PORT: whether somebody listens.
is_open() {
  (: <>"/dev/tcp/$1/$2") 2>/dev/null
}

# install_packages PACKAGE…: installs Debian packages as root, and starts none of their services.
# Elsewhere it says which command to run, and fails.
install_packages() {
  local command="apt-get install --yes --no-install-recommends $*"
  if ! command -v apt-get >/dev/null; then
    log "install the program yourself; on Debian and Ubuntu: sudo $command"
    return 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    log "not root, so run this first: sudo $command"
    return 1
  fi
  log "$command"
  # In a subshell, so that its trap ends with it.
  (
    # A package's service must not start on the machine of somebody who only runs tests. A policy
    # that is there already is the administrator's, and stays.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
      trap 'rm -f "$policy"' EXIT
      trap 'exit 130' INT TERM
      printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" || exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt() { apt-get --quiet --option DPkg::Lock::Timeout=120 "$@" >&2; }
    # The lists may be missing or old: fetch them only if it does not go without.
    apt install --yes --no-install-recommends "$@" || {
      apt update && apt install --yes --no-install-recommends "$@"
    }
  )
}
