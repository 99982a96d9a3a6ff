#!/bin/sh
# wine.sh PROGRAM ARGUMENT...: runs a Windows program in Wine, in a prefix (Wine's word for a Windows installation) of
# its own, which is made and removed again. One that is kept, TCPLAB_WINE_PREFIX, saves the seconds that this takes;
# `wine.sh --end` then sees to what else Wine leaves behind.
set -eu
find_program() {  # NAME...: as Debian, others and WineHQ call it
  for candidate; do
    command -v "$candidate" && return
  done
  echo "wine.sh: $1: not found" >&2
  exit 127
}
wine=$(find_program wine64 /usr/lib/wine/wine64 wine)
server=$(find_program wineserver /usr/lib/wine/wineserver64 /usr/lib/wine/wineserver)

kept=${TCPLAB_WINE_PREFIX:-}
WINEPREFIX=${kept:-$(mktemp -d)}
mkdir -p "$WINEPREFIX/tmp"
WINEPREFIX=$(cd "$WINEPREFIX" && pwd)
export WINEPREFIX
export WINEDEBUG="${WINEDEBUG:--all}"
# Nobody is asked whether .NET and a browser shall be fetched, and no menu of a desktop is written.
export WINEDLLOVERRIDES="${WINEDLLOVERRIDES:-mscoree,mshtml,winemenubuilder.exe=}"
unset DISPLAY WAYLAND_DISPLAY

# The server's socket: Debian's Wine has it in TMPDIR, others in a folder named after the prefix (server/request.c).
export TMPDIR="$WINEPREFIX/tmp"
place=/tmp/.wine-$(id -u)/server-$(stat -c %D "$WINEPREFIX")-$(printf %x "$(stat -c %i "$WINEPREFIX")")
remove_place() {
  rm -rf "$place"
  rmdir "${place%/*}" 2>/dev/null || true
}
# shellcheck disable=SC2317  # called by trap
clean() {
  [ -z "$kept" ] || return 0
  "$server" -k >/dev/null 2>&1 || true
  remove_place
  rm -rf "$WINEPREFIX"
}

if [ "$1" = --end ]; then
  "$server" -k >/dev/null 2>&1 || true
  remove_place
  exit
fi

trap clean EXIT
# The program has been told too. Once it has ended, so does this.
trap : INT TERM
if [ ! -f "$WINEPREFIX/.complete" ]; then
  # Windows 10: the version that Wine starts with differs from one release of it to another.
  if ! { "$wine" wineboot --init && "$wine" winecfg -v win10; } >/dev/null 2>&1 </dev/null; then
    echo "wine.sh: no prefix could be made" >&2
    exit 3
  fi
  "$server" -w
  touch "$WINEPREFIX/.complete"
fi
status=0
"$wine" "$@" || status=$?
exit $status
