#!/usr/bin/env bash
# Whether the runner for Windows behaves in Wine as on Linux where a scenario cannot show it: paths, Ctrl-C, kill.
#   tests/stacks/wine_test.sh [RUNNER.EXE]      one line for each; exit code 1 when one does not hold
# shellcheck disable=SC2317  # functions are called through `holds` and trap
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${1:-build/bin/runner.exe}
[ -f "$program" ] || { echo "wine_test: there is no $program; \`make windows\` makes it" >&2; exit 1; }

work=$(mktemp -d)
export TCPLAB_WINE_PREFIX=${TCPLAB_WINE_PREFIX:-$work/prefix}
wine=$PWD/stacks/wine.sh
clean() {
  "$wine" --end
  rm -rf "$work"
}
trap clean EXIT
failed=0

# holds NAME COMMAND...
holds() {
  local name=$1
  shift
  if "$@" >"$work/$name.out" 2>&1; then
    echo "ok    $name"
  else
    echo "FAILS $name"
    tail -15 "$work/$name.out" | sed 's/^/      /'
    failed=1
  fi
}

runner() { timeout -k 10 120 "$wine" "$program" "$@" </dev/null; }

# As Windows writes it: the drive Z: is the root of this machine.
windows_path() { printf 'Z:%s' "${1//\//\\}"; }

a_windows_path() {
  mkdir -p "$work/a folder/scenarios"
  cp scenarios/lecture/uppercase.json "$work/a folder/scenarios/"
  runner "$(windows_path "$work/a folder/scenarios/uppercase.json")" --set text=path --trials 1 \
    --out "$(windows_path "$work/a folder/results")" || return
  grep -q '"PATH' "$work/a folder/results/uppercase.json"
}

a_long_path() {
  local deep=$work/long i
  for i in 1 2 3 4 5 6; do deep=$deep/$(printf 'folder-%d-%050d' "$i" 0); done
  mkdir -p "$deep"
  runner scenarios/lecture/uppercase.json --set text=long --trials 1 --out "$(windows_path "$deep")" || return
  [ -s "$deep/lecture/uppercase.json" ]
}

a_missing_file() {
  local code=0
  runner "$(windows_path "$work/none.json")" || code=$?
  [ "$code" -eq 2 ]
}

# Who of the session of the last `begin` still runs.
left() { pgrep -s "$began" -r R,S,D,T; }

# A result that is whole, and says that it was interrupted.
interrupted() { python3 -c '
import json, sys
result = json.load(open(sys.argv[1]))
assert result["run"]["status"] == "interrupted", result["run"]' "$1"; }

# begin FOLDER: a run of minutes, in a session of its own; returns when it has written its first progress.
begin() {
  setsid "$wine" "$program" scenarios/backlog.json --trials 1000 --out "$1" >"$work/long.out" 2>&1 </dev/null &
  began=$!
  local i
  for ((i = 0; i < 300; i++)); do
    pgrep -s "$began" -f '[r]unner.exe agent' >/dev/null && sleep 1 && return
    sleep 0.1
  done
  kill -KILL -- "-$began"
  return 1
}

ctrl_c() {
  begin "$work/interrupted" || return
  kill -INT -- "-$began"  # as a terminal sends it: to all of the group
  local code=0
  wait "$began" || code=$?
  cat "$work/long.out"
  echo "exit code $code, left: $(left)"
  [ "$code" -eq 130 ] && [ -z "$(left)" ] && interrupted "$work/interrupted/backlog.json"
}

killed() {
  begin "$work/killed" || return
  kill -KILL "$began"
  wait "$began"
  local i
  for ((i = 0; i < 100; i++)); do
    [ -n "$(left)" ] || break
    sleep 0.1
  done
  echo "left: $(left); files: $(ls -A "$work/killed" 2>/dev/null)"
  [ -z "$(left)" ] && [ ! -e "$work/killed/backlog.json" ]
}

# From the runner outside, which alone is told: a guard and a script stand between.
interrupted_from_outside() {
  setsid build/bin/runner --in wine scenarios/backlog.json --trials 1000 --out "$work/outside" >"$work/outside.out" 2>&1 \
    </dev/null &
  began=$!
  local i code=0
  for ((i = 0; i < 300; i++)); do
    pgrep -f '[r]unner.exe agent' >/dev/null && break
    sleep 0.1
  done
  sleep 1
  kill -INT "$began"
  wait "$began" || code=$?
  cat "$work/outside.out"
  echo "exit code $code, left: $(left)"
  [ "$code" -eq 130 ] && interrupted "$work/outside/backlog.json"
}

holds a_windows_path a_windows_path
holds a_long_path a_long_path
holds a_missing_file a_missing_file
holds ctrl_c ctrl_c
if [ -x build/bin/runner ]; then holds interrupted_from_outside interrupted_from_outside; fi
holds killed killed
exit $failed
