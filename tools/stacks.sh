#!/usr/bin/env bash
# Every scenario on every stack that this machine can hold:  tools/stacks.sh [STACK]...
#   STACK: `host`, or one of stacks/stacks.json (default: host gvisor uml wine lwip)
# Records results/<environment>/, then prints the matrix. Everything is bounded in time. A scenario that a stack
# cannot run is recorded as `unsupported`; one that went wrong is named at the end, and the exit code is 1.
# RUNNER: the program (default: build/bin/runner).  SCENARIOS: files and folders of them.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

runner=${RUNNER:-build/bin/runner}
read -ra scenarios <<<"${SCENARIOS:-scenarios}"
stacks=("$@")
[ $# -gt 0 ] || stacks=(host gvisor uml wine lwip)
most_seconds=300  # for one scenario
[ -x "$runner" ] || { echo "stacks: there is no $runner; \`make build\` makes it" >&2; exit 1; }

# in_stack STACK COMMAND...: the runner's command there.
in_stack() {
  local stack=$1
  shift
  local where=(--in "$stack")
  [ "$stack" != host ] || where=()
  timeout -k 10 $((most_seconds + 30)) "$runner" "$@" "${where[@]}"
}

# One prefix of Wine's for all scenarios.
export TCPLAB_WINE_PREFIX=${TCPLAB_WINE_PREFIX:-$PWD/build/wine-prefix}
trap 'stacks/wine.sh --end 2>/dev/null || true' EXIT

bad=()
folders=()

# record STACK SCENARIO
record() {
  local limit=() code
  [ "$1" = host ] || limit=(--limit "$most_seconds")
  in_stack "$1" run "$2" --examples "${limit[@]}" --no-color --quiet >build/stacks.out 2>&1 </dev/null
  code=$?
  # 1: an expectation does not hold there, 77: it cannot be done there. Both are findings.
  case $code in
    0 | 1 | 77) printf '%-16s %-40s %s\n' "$1" "$2" "$(tail -2 build/stacks.out | head -1)" ;;
    *)
      bad+=("$1 $2 (exit code $code)")
      printf '%-16s %-40s exit code %s\n' "$1" "$2" "$code"
      grep -v '^$' build/stacks.out | tail -12 | sed 's/^/    /'
      ;;
  esac
}

if ! listed=$("$runner" list "${scenarios[@]}"); then
  echo "stacks: not all of these are scenarios: ${scenarios[*]}" >&2
  exit 1
fi
mapfile -t files < <(grep '^[^ ]' <<<"$listed")
for stack in "${stacks[@]}"; do
  if ! id=$(in_stack "$stack" doctor --no-color); then
    bad+=("$stack: not there")
    continue
  fi
  id=${id%%:*}
  folders+=("results/$id")
  for file in "${files[@]}"; do record "$stack" "$file"; done
done

if [ ${#folders[@]} -gt 1 ]; then
  echo
  timeout -k 10 "$most_seconds" "$runner" diff "${folders[@]}" || [ $? -eq 1 ] || bad+=("the matrix")
fi
[ ${#bad[@]} -eq 0 ] || { printf 'stacks: %s\n' "${bad[@]}" >&2; exit 1; }
