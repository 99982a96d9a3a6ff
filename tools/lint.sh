#!/usr/bin/env bash
# Checks that need no build:  tools/lint.sh [format | includes | shell | tidy]...  (default: all)
# Rewrites in the format:     tools/lint.sh format-in-place
# tidy reads build/compile_commands.json, so configure first. JOBS: how many clang-tidy at once.
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

# Of the names on stdin those that this platform compiles: clang-tidy would guess flags for others.
compiled() {
  local file count=0
  while IFS= read -r -d '' file; do
    if grep -qF "/$file\"" build/compile_commands.json; then
      printf '%s\0' "$file"
      count=$((count + 1))
    fi
  done
  [ $count -gt 0 ] || { echo "lint: nothing of ours in build/compile_commands.json" >&2; return 1; }
}

format() { ours '*.cc' '*.h' '*.c' | xargs -0 clang-format "$@"; }

check_format() { format --dry-run -Werror; }
check_includes() { tools/check_includes.sh; }
check_shell() { ours '*.sh' .ci/run | xargs -0 shellcheck; }
check_tidy() {
  ours 'core/*.cc' 'runner/*.cc' 'tests/*.cc' | compiled |
    xargs -0 -n 1 -P "${JOBS:-$(getconf _NPROCESSORS_ONLN)}" \
      clang-tidy -p build --quiet --warnings-as-errors='*' \
      2> >(grep -vE '^[0-9]+ warnings?( and [0-9]+ errors?)? generated' >&2)
}

if [ "${1:-}" = format-in-place ]; then
  format -i
  exit
fi
[ $# -gt 0 ] || set -- format includes shell tidy
failed=()
for check in "$@"; do
  echo "lint: $check"
  "check_$check" || failed+=("$check")
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "lint: failed: ${failed[*]}" >&2
  exit 1
fi
