#!/usr/bin/env bash
# Checks that need no build:  tools/lint.sh [format | includes | shell | workflows | tidy]...  (default: all)
#                             tidy-product: tidy without the tests, which are two fifths of it, and
#                             with the analyzer in its shallow mode: a third less time
# Rewrites in the format:     tools/lint.sh format-in-place
# JOBS: how many clang-tidy at once.
set -euo pipefail
cd "$(dirname "$0")/.."

# Names of our files that match the patterns; files not yet added count, ignored ones do not.
# None at all is a failure: a check that looks at nothing must not pass.
ours() {
  local file count=0
  while IFS= read -r -d '' file; do
    if [ -f "$file" ]; then
      printf '%s\0' "$file"
      count=$((count + 1))
    fi
  done < <(git ls-files -z --cached --others --exclude-standard -- "$@")
  [ $count -gt 0 ] || { echo "lint: no files match: $*" >&2; return 1; }
}

format() { ours '*.cc' '*.h' '*.c' | xargs -0 clang-format "$@"; }

check_format() { format --dry-run -Werror; }
check_includes() { tools/check_includes.sh; }
check_shell() { ours '*.sh' .ci/run | xargs -0 shellcheck; }

# Form, and what the steps run: both go wrong only after a push otherwise.
check_workflows() {
  ours '.github/workflows/*.yml' | xargs -0 yamllint --strict
  ours '.github/workflows/*.yml' | xargs -0 tools/lint_workflows.py
}

# Several sources in one, so that the headers they share are read once: less than half the time. Not
# as #include, as unity builds have them: clang's analyzer looks only into the file it was given.
check_tidy() { tidy_units '*'; }
check_tidy-product() { TIDY_MODE=shallow tidy_units '*/tcplab_*'; }

# tidy_units PATTERN: of the paths of the unity build's files.
tidy_units() {
  local all
  mkdir -p build
  cmake --preset release -B build/tidy >build/tidy.log || { cat build/tidy.log >&2; return 1; }
  mapfile -t all < <(find build/tidy/CMakeFiles -path '*/Unity/*_cxx.cxx' -path "$1" | LC_ALL=C sort)
  [ ${#all[@]} -gt 0 ] || { echo "lint: no sources in build/tidy" >&2; return 1; }
  export TIDY_MODE=${TIDY_MODE:-}
  printf '%s\0' "${all[@]}" |
    xargs -0 -n 1 -P "${JOBS:-$(getconf _NPROCESSORS_ONLN)}" bash -c 'tidy "$@"' tidy
}

# tidy UNIT: replaces each #include "<source>" of a unity build's file by the source, and names the
# source's own lines in what is found.
tidy() {
  local config=.clang-tidy mode=() found status=0
  if [ -n "${TIDY_MODE:-}" ]; then
    mode=(--extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang "--extra-arg=mode=$TIDY_MODE")
  fi
  case $1 in */tests_*.dir/* | */tcplab_test_support.dir/* | */bench_*.dir/*) config=tests/.clang-tidy ;; esac
  awk -F'"' '/^#include "\// { print "//@" $2; while ((getline line < $2) > 0) print line }' "$1" >"$1.all"
  mv "$1.all" "$1"
  found=$(clang-tidy -p build/tidy --quiet --warnings-as-errors='*' --config-file="$config" \
    "${mode[@]}" "$1" 2>&1) || status=$?
  awk -F: -v OFS=: -v unit="$PWD/$1" -v here="$PWD/" '
    FNR == NR { if (/^\/\/@/) { name = substr($0, 4); first = FNR }
                source[FNR] = name; line[FNR] = FNR - first; next }
    /^[0-9]+ warnings?( and [0-9]+ errors?)? generated/ { next }
    $1 == unit { $1 = source[$2]; $2 = line[$2]; sub(here, "", $1) }
    { print }' "$1" <(printf '%s' "$found${found:+$'\n'}") >&2
  return "$status"
}
export -f tidy

if [ "${1:-}" = format-in-place ]; then
  format -i
  exit
fi
[ $# -gt 0 ] || set -- format includes shell workflows tidy
failed=()
for check in "$@"; do
  echo "lint: $check"
  "check_$check" || failed+=("$check")
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "lint: failed: ${failed[*]}" >&2
  exit 1
fi
