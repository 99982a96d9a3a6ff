#!/usr/bin/env bash
# Builds the files of macOS and FreeBSD on Linux, and runs the tests of sockets through them:
#   tools/portable.sh [macos] [freebsd]    both when none is named; JOBS=2
# cmake/PlatformChecks.cmake says how they differ; core/README.md, what this proves and what not.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN)}
[ $# -gt 0 ] || set -- macos freebsd

for system; do
  case $system in
    macos) folders="net;script;agent" ;;
    freebsd) folders="net" ;; # the calls: what is built on them is the same
    *)
      echo "portable: \"$system\": expected macos or freebsd" >&2
      exit 2
      ;;
  esac
  build=build/$system
  # What is compiled is run for a minute: not optimised.
  cmake -S . -B "$build" -G Ninja -DTCPLAB_PLATFORM="$system" -DTCPLAB_TEST_FOLDERS="$folders" \
    -DTCPLAB_WERROR=ON -DTCPLAB_BENCH=OFF -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0 \
    -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=8
  targets=()
  for folder in ${folders//;/ }; do targets+=("tests_$folder"); done
  cmake --build "$build" -j "$jobs" --target "${targets[@]}"
  ctest --test-dir "$build" -j "$((2 * jobs))" --output-on-failure --no-tests=error
done
