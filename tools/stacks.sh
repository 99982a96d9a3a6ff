#!/usr/bin/env bash
# Every scenario on every stack that this machine can hold:  tools/stacks.sh [STACK]...
#   STACK: `host`, or one of stacks/stacks.json (default: host gvisor uml)
# Records results/<environment>/, then prints the matrix. Everything is bounded in time. A scenario that a stack
# cannot run is recorded as `unsupported`; one that went wrong is named at the end, and the exit code is 1.
# RUNNER: the program (default: build/bin/runner).  SCENARIOS: files and folders of them.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

runner=${RUNNER:-build/bin/runner}
read -ra scenarios <<<"${SCENARIOS:-scenarios}"
stacks=("$@")
[ $# -gt 0 ] || stacks=(host gvisor uml)
most_seconds=300  # for one scenario
[ -x "$runner" ] || { echo "stacks: there is no $runner; \`make build\` makes it" >&2; exit 1; }

# What a person would type where a scenario asks for it, and what comes on standard input.
arguments_of() {
  case ${1#scenarios/} in
    lecture/consonants.json) echo --set text=Programmazione ;;
    lecture/uppercase.json) echo --set "text=ciao" ;;
    lecture/prime.json) echo --set number=97 ;;
  esac
}
input_of() {
  case ${1#scenarios/} in
    lecture/streams.json) printf 'ciao\nmondo\n.\n' ;;
  esac
}

# in_stack STACK COMMAND...: the runner's command there.
in_stack() {
  local stack=$1
  shift
  local where=(--in "$stack")
  [ "$stack" != host ] || where=()
  timeout -k 10 $((most_seconds + 30)) "$runner" "$@" "${where[@]}"
}

bad=()
folders=()

# record STACK FOLDER SCENARIO
record() {
  local limit=() arguments=() code
  [ "$1" = host ] || limit=(--limit "$most_seconds")
  read -ra arguments < <(arguments_of "$3") || true
  input_of "$3" |
    in_stack "$1" run "$3" "${arguments[@]}" "${limit[@]}" --out "$2" --no-color --quiet >build/stacks.out 2>&1
  code=${PIPESTATUS[1]}
  # 1: an expectation does not hold there, 77: it cannot be done there. Both are findings.
  case $code in
    0 | 1 | 77) printf '%-16s %-40s %s\n' "$1" "$3" "$(tail -2 build/stacks.out | head -1)" ;;
    *)
      bad+=("$1 $3 (exit code $code)")
      printf '%-16s %-40s exit code %s\n' "$1" "$3" "$code"
      grep -v '^$' build/stacks.out | tail -12 | sed 's/^/    /'
      ;;
  esac
}

mapfile -t files < <("$runner" list "${scenarios[@]}" | grep '^[^ ]')
for stack in "${stacks[@]}"; do
  if ! id=$(in_stack "$stack" doctor --no-color); then
    bad+=("$stack: not there")
    continue
  fi
  id=${id%%:*}
  folders+=("results/$id")
  for file in "${files[@]}"; do record "$stack" "results/$id" "$file"; done
done

if [ ${#folders[@]} -gt 1 ]; then
  echo
  timeout -k 10 "$most_seconds" "$runner" diff "${folders[@]}" || [ $? -eq 1 ] || bad+=("the matrix")
fi
[ ${#bad[@]} -eq 0 ] || { printf 'stacks: %s\n' "${bad[@]}" >&2; exit 1; }
