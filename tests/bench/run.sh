#!/usr/bin/env bash
# Runs every benchmark, and says on which machine the figures were taken.
#
#   tests/bench/run.sh [FOLDER_OF_THE_PROGRAMS]     (build/bin, unless said otherwise)
#
# Exit code 0 when every claim held, otherwise that of the first benchmark whose claim did not.
# QUICK=1 runs each for seconds only: to see that they work, not for figures.
set -u -o pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${1:-$root/build/bin}

fidelity=(--trials 300)
connections=(--rounds 21)
google=()
if [ "${QUICK:-0}" != 0 ]; then
  fidelity=(--trials 20)
  connections=(--rounds 3 --connections 4000)
  google=(--benchmark_min_time=0.05)
fi

# One line of a file, or a word where there is none.
first_line() { head -n 1 "$1" 2>/dev/null || echo unknown; }

describe_machine() {
  local cpu
  cpu=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
  if [ -z "$cpu" ]; then cpu=$(sysctl -n machdep.cpu.brand_string 2>/dev/null || uname -p); fi
  echo "machine   $cpu, $(getconf _NPROCESSORS_ONLN) processors"
  if grep -qw hypervisor /proc/cpuinfo 2>/dev/null; then echo "          a virtual machine"; fi
  echo "kernel    $(uname -srm)"
  echo "clock     $(first_line /sys/devices/system/clocksource/clocksource0/current_clocksource)"
  echo "load      $(uptime | sed 's/.*load average[s]*: //') (a busy machine gives other figures)"
  echo "taken     $(date -u +%Y-%m-%dT%H:%M:%SZ)"
}

status=0
# run TITLE PROGRAM [OPTIONS]: keeps the first exit code that was not 0, and goes on.
run() {
  local title=$1 program=$bin/$2 code=0
  shift 2
  printf '\n== %s\n' "$title"
  if [ ! -x "$program" ]; then
    echo "$program is not there: build it first (make build)" >&2
    code=3
  else
    "$program" "$@" || code=$?
  fi
  if [ "$status" -eq 0 ]; then status=$code; fi
}

describe_machine
run 'recording: what one event costs' bench_recording "${google[@]}"
run 'fidelity: the runner beside two plain programs' bench_fidelity \
  --scenario "$root/scenarios/segmentation.json" "${fidelity[@]}"
run 'connections: with every call recorded, beside bare programs' bench_connections \
  "${connections[@]}"
run 'writing: a trace of a million events, a result of ten thousand trials' bench_writing \
  "${google[@]}"
exit "$status"
