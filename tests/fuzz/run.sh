#!/usr/bin/env bash
# Builds the fuzz targets and feeds each:  tests/fuzz/run.sh RUNS SECONDS [TARGET...]
#   RUNS inputs a target (-1: no limit), or as many as it takes in SECONDS (0: no limit).
# Begins with the shipped scenarios and with what earlier runs found (build/fuzz/corpus). An input
# that crashes, hangs or takes 2 GB is written to build/fuzz/crashes, and the exit code is not 0.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -ge 2 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
runs=$1 most_seconds=$2
shift 2
[ $# -gt 0 ] || set -- scenario trace

build=build/fuzz
mkdir -p $build
if ! { cmake --preset fuzz && cmake --build --preset fuzz; } >$build/build.log 2>&1; then
  cat $build/build.log >&2
  exit 1
fi

# The language's keys and words stand in quotes in its schema, so those that it gains are met too.
keys() { grep -oE '"[A-Za-z_$][A-Za-z0-9_$]*"' scenarios/scenario.schema.json | LC_ALL=C sort -u; }

seeds() {  # TARGET FOLDER
  case $1 in
    scenario) $build/bin/fuzz_seeds scenario scenarios "$2" ;;
    *) $build/bin/fuzz_seeds "$1" "$2" ;;
  esac
}

# A fuzzer allocates all the time: short stacks for what it frees, and little of it kept.
export ASAN_OPTIONS=malloc_context_size=4:quarantine_size_mb=16

failed=0
for target in "$@"; do
  folder=$build/corpus/$target
  rm -rf "$build/seeds/$target"
  mkdir -p "$folder" "$build/seeds/$target" $build/crashes
  seeds "$target" "$build/seeds/$target"
  options=(-runs="$runs" -max_total_time="$most_seconds" -timeout=20 -max_len=2048 -entropic=0 -reload=0
           -artifact_prefix="$build/crashes/$target-" -print_final_stats=1)
  if [ -f "tests/fuzz/$target.dict" ]; then
    { cat "tests/fuzz/$target.dict"; keys; keys | sed 's/^"\(.*\)"$/"\\"\1\\""/'; } \
      >"$build/$target.dict"
    options+=(-dict="$build/$target.dict")
  fi
  log=$build/$target.log
  if "$build/bin/fuzz_$target" "${options[@]}" "$folder" "$build/seeds/$target" >"$log" 2>&1; then
    echo "fuzz: $target: $(grep -E '^Done ' "$log")"
  else
    failed=1
    tail -n 60 "$log" >&2
    echo "fuzz: $target: failed; its input is in $build/crashes, all it said in $log" >&2
  fi
done
exit $failed
