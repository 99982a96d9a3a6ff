#!/usr/bin/env bash
# Tests tools/check_includes.sh: builds small trees, and looks at what it says about them.
set -euo pipefail
check=$(cd "$(dirname "$0")" && pwd)/check_includes.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

# expect ok|bad FILE LINE: the tree with only this line in only this file.
expect() {
  local verdict=ok
  rm -rf "${tree:?}"/*
  mkdir -p "$tree/$(dirname "$2")"
  printf '%s\n' "$3" >"$tree/$2"
  "$check" "$tree" >/dev/null 2>&1 || verdict=bad
  if [ "$verdict" != "$1" ]; then
    echo "check_includes_test: expected $1, got $verdict: $2: $3" >&2
    failures=$((failures + 1))
  fi
}

expect ok core/net/socket.cc '#include "core/trace/event.h"'
expect ok core/net/socket.cc '#include "core/net/socket.h"'
expect bad core/net/socket.cc '#include "core/agent/server.h"'
expect bad core/net/socket.cc '  #  include <core/agent/server.h>'
expect ok core/net/socket.cc '// #include "core/agent/server.h"'
expect bad core/base/text.h '#include "core/trace/event.h"'
expect bad core/compare/diff.cc '#include "core/trace/event.h"'
expect bad core/trial/controller.cc '#include "runner/main.h"'
expect bad core/trial/controller.cc '#include "tests/support/fixture.h"'
expect ok runner/main.cc '#include "core/compare/diff.h"'
expect ok tests/net/socket_test.cc '#include "runner/run.h"'

# A folder that nobody has entered into the table, and paths that hide their direction.
expect bad core/misc/things.cc 'int x;'
expect bad core/net/socket.cc '#include "../agent/server.h"'
expect bad core/net/socket.cc '#include "socket.h"'

expect ok core/net/loop.h '#include <uv.h>'
expect bad core/observe/order.cc '#include <uv.h>'
expect ok core/net/socket_linux.cc '#ifdef __linux__'
expect bad core/net/socket.cc '#if defined(_WIN32)'
expect ok core/result/file.cc '#include <nlohmann/json.hpp>'
expect bad core/result/file.h '#include <nlohmann/json.hpp>'
expect ok core/result/file.h '#include <nlohmann/json_fwd.hpp>'
expect ok tests/support/json.h '#include <nlohmann/json.hpp>'

# An empty tree is a check that looked in the wrong place.
expect bad README.md 'nothing'

if [ $failures -gt 0 ]; then exit 1; fi
echo "check_includes_test: ok"
