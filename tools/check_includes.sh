#!/usr/bin/env bash
# Fails when an #include points against the direction of the design:  tools/check_includes.sh [ROOT]
# Prints file:line for every arrow that the table does not allow. Tested by
# tools/check_includes_test.sh.
set -euo pipefail
cd "${1:-$(dirname "$0")/..}"

# Folder: what it may use, besides itself. CMakeLists.txt links by the same table.
table='
base:
scenario: base
trace:    base
net:      base trace
script:   base trace scenario net
agent:    base trace scenario net script
trial:    base trace scenario net script agent
observe:  base trace scenario
result:   base trace scenario observe
compare:  base scenario observe result
stack:    base scenario trace net
runner:   base trace scenario net script agent trial observe result compare stack
tests:    base trace scenario net script agent trial observe result compare stack runner tests
'
# Folders that own the loop, or implement handles on it.
uv_users='net script agent trial stack runner tests'
# Files that CMake chooses by platform: the only ones that may ask which platform it is.
platform_file='_(linux|posix|bsd|windows|unsupported)[.](cc|h)$'

files=()
while IFS= read -r -d '' file; do files+=("$file"); done < <(
  find core runner tests -path tests/bench/plain -prune -o \
    \( -name '*.cc' -o -name '*.h' -o -name '*.c' \) -print0 2>/dev/null | sort -z)
if [ ${#files[@]} -eq 0 ]; then
  echo "check_includes: no sources below $PWD" >&2
  exit 2
fi

# Through the environment: awk's -v takes no line breaks everywhere, and unescapes what it takes.
TABLE=$table UV_USERS=$uv_users PLATFORM_FILE=$platform_file awk '
  function fail(what) { printf "%s:%d: %s\n", FILENAME, FNR, what; bad++ }

  # core/net/socket.h -> net, runner/main.cc -> runner, tests/net/x.cc -> tests; anything else ->
  # "".
  function folder_of(path,   part) {
    split(path, part, "/")
    if (part[1] == "core") return part[2]
    return part[1] == "runner" || part[1] == "tests" ? part[1] : ""
  }

  BEGIN {
    rows = split(ENVIRON["TABLE"], row, "\n")
    for (i = 1; i <= rows; i++) {
      if (split(row[i], half, ":") < 2) continue
      known[half[1]] = 1
      allowed[half[1], half[1]] = 1
      uses = split(half[2], use, " ")
      for (j = 1; j <= uses; j++) allowed[half[1], use[j]] = 1
    }
    users = split(ENVIRON["UV_USERS"], user, " ")
    for (i = 1; i <= users; i++) may_use_uv[user[i]] = 1
  }

  FNR == 1 {
    here = folder_of(FILENAME)
    if (!(here in known)) fail("folder " here " is not in the table of tools/check_includes.sh")
  }

  { code = $0; sub(/\/\/.*/, "", code) }

  code ~ /(_WIN32|__linux__|__APPLE__|__FreeBSD__)/ && FILENAME !~ ENVIRON["PLATFORM_FILE"] {
    fail("platform macro outside a platform file (name it like socket_linux.cc)")
  }

  code ~ /^[ \t]*#[ \t]*include[ \t]*["<]/ {
    quoted = code ~ /include[ \t]*"/
    path = code
    sub(/^[^"<]*["<]/, "", path)
    sub(/[">].*$/, "", path)
    there = folder_of(path)

    # A relative path would hide its direction from this check.
    if (quoted && (path !~ /\// || path ~ /^\.\.?\//))
      fail("include " path " by its path from the root")
    else if (there != "" && !((here, there) in allowed))
      fail(here " must not use " there " (" path ")")

    if (path == "uv.h" && !(here in may_use_uv)) fail(here " must not include uv.h")
    # The whole library in a header is dear; one that holds JSON by value says so on the line.
    if (path == "nlohmann/json.hpp" && FILENAME ~ /\.h$/ && here != "tests" && $0 !~ /\/\/ /)
      fail("headers include nlohmann/json_fwd.hpp, or say on the line why not")
  }

  END { exit bad > 0 }
' "${files[@]}" >&2 || { echo "check_includes: failed" >&2; exit 1; }
echo "check_includes: ${#files[@]} files, no arrow against the table"
