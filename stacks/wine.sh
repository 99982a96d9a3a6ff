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
if [ "$1" = --end ] && [ ! -d "$kept" ]; then exit; fi  # nothing was kept
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
if [ ! -f "$WINEPREFIX/.complete" ]; then
  # Windows 10: the version that Wine starts with differs from one release of it to another.
  if ! { "$wine" wineboot --init && "$wine" winecfg -v win10; } >/dev/null 2>&1 </dev/null; then
    echo "wine.sh: no prefix could be made" >&2
    exit 3
  fi
  "$server" -w
  touch "$WINEPREFIX/.complete"
fi
# Wine's process takes the place of this one, so that a signal for it reaches it. Where the prefix has to be removed
# afterwards, it gets a session of its own, and what reaches this script is passed on: never both, as a second Ctrl-C
# ends a runner at once.
if [ -n "$kept" ]; then
  trap - EXIT
  exec "$wine" "$@"
fi
exec 3<&0  # what is begun with & has /dev/null for its input, and 0 is that by the time that it is redirected
setsid "$wine" "$@" <&3 3<&- &
child=$!
exec 3<&-
trap 'kill -INT "$child" 2>/dev/null' INT
trap 'kill -TERM "$child" 2>/dev/null' TERM
status=0
wait "$child" || status=$?
# A signal ends a wait, and not the program.
while kill -0 "$child" 2>/dev/null; do
  status=0
  wait "$child" || status=$?
done
exit "$status"
