#!/usr/bin/env bash
# Runs every benchmark and says on which machine the figures were taken:  tests/bench/run.sh [BIN]
set -uo pipefail
bin=${1:-build/bin}

echo "machine: $(nproc) processors, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(uname -sr)"
failed=0
for bench in recording fidelity connections comparing writing; do
  echo "== $bench"
  "$bin/bench_$bench" || failed=1
done
exit "$failed"
