#!/usr/bin/env bash
# Builds for Windows on Linux, and runs what was built in Wine:
#   tools/windows.sh libraries      libuv, {fmt} and GoogleTest, from Debian's sources, into build/windows-libraries
#   tools/windows.sh build          build/bin/runner.exe
#   tools/windows.sh test           the tests that can run there (tests/README.md)
set -euo pipefail
cd "$(dirname "$0")/.." || exit 1

libraries=$PWD/build/windows-libraries
sources=$PWD/build/windows-sources
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN)}

# Debian's source packages, whether or not the machine's list has them; nothing of the machine's own apt is touched.
fetch() {  # PACKAGE...
  mkdir -p "$sources/lists/partial" "$sources/parts" "$sources/cache/archives/partial"
  : >"$sources/sources.list"
  [ ! -f /etc/apt/sources.list ] || sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$sources/sources.list"
  local part
  for part in /etc/apt/sources.list.d/*; do
    case $part in
      *.sources) sed 's/^Types:.*/Types: deb-src/' "$part" >"$sources/parts/${part##*/}" ;;
      *.list) sed -n 's/^deb /deb-src /p' "$part" >"$sources/parts/${part##*/}" ;;
    esac
  done
  local apt=(apt-get -q -o "Dir::Etc::sourcelist=$sources/sources.list" -o "Dir::Etc::sourceparts=$sources/parts"
    -o "Dir::State::lists=$sources/lists" -o "Dir::Cache=$sources/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none)
  # A list of somebody else's may have no sources: only what is missing in the end is an error.
  "${apt[@]}" update >"$sources/apt.log" 2>&1 || true
  (cd "$sources" && "${apt[@]}" source --download-only "$@" >>apt.log 2>&1) || {
    tail -5 "$sources/apt.log" >&2
    echo "windows: the sources of $* cannot be fetched" >&2
    exit 1
  }
}

# cross PACKAGE OPTION...: builds a source package with cmake and installs it into $libraries.
cross() {
  local name=$1 folder=$sources/$1
  shift
  rm -rf "$folder"
  mkdir -p "$folder"
  tar -xf "$(ls "$sources/$name"_*.orig.tar.?z)" -C "$folder" --strip-components 1
  install_from "$folder" "$@"
}

install_from() {  # FOLDER OPTION...
  local folder=$1 made=$sources/build-${1##*/}
  shift
  if ! {
    cmake -S "$folder" -B "$made" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$PWD/cmake/mingw.cmake" \
      -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$libraries" -DBUILD_SHARED_LIBS=OFF "$@" &&
      cmake --build "$made" -j "$jobs" --target install
  } >"$made.log" 2>&1; then
    tail -20 "$made.log" >&2
    exit 1
  fi
}

libraries() {
  [ ! -f "$libraries/complete" ] || return 0
  echo "windows: building libuv, {fmt} and GoogleTest for Windows"
  rm -rf "$libraries" "$sources"
  mkdir -p "$libraries/include" "$libraries/share/cmake" "$sources"
  # Only headers: as they are.
  local name
  for name in nlohmann CLI tl valijson; do cp -r "/usr/include/$name" "$libraries/include/"; done
  for name in nlohmann_json CLI11 tl-expected; do cp -r "/usr/share/cmake/$name" "$libraries/share/cmake/"; done
  fetch libuv1 fmtlib
  cross libuv1 -DLIBUV_BUILD_TESTS=OFF -DLIBUV_BUILD_BENCH=OFF
  cross fmtlib -DFMT_TEST=OFF -DFMT_DOC=OFF
  install_from /usr/src/googletest -DBUILD_GMOCK=ON
  rm -rf "$sources"
  touch "$libraries/complete"
}

build() {  # TARGET...
  libraries
  local flags
  read -ra flags <<<"${CMAKE_FLAGS:-}"
  cmake --preset windows ${flags[@]+"${flags[@]}"}
  cmake --build build/windows -j "$jobs" --target "$@"
}

# Whole programs, as Wine takes longer to start one than most tests take. Left out, and why:
#   folders  scenario (the schema's library takes minutes to compile), net to runner (processes and sockets of POSIX)
#   Recorder.CallThatBlocksIsSeenByAnotherThreadAsInFlight  hangs in std::atomic::wait, which g++ 12 makes up there
left_out=Recorder.CallThatBlocksIsSeenByAnotherThreadAsInFlight
run_tests() {
  build tests runner
  export TCPLAB_WINE_PREFIX=${TCPLAB_WINE_PREFIX:-$PWD/build/wine-prefix} TCPLAB_SOURCE_DIR=$PWD
  local program code=0
  for program in build/windows/bin/tests_*.exe; do
    echo "$program"
    timeout -k 5 120 stacks/wine.sh "$program" --gtest_brief=1 --gtest_filter="-$left_out" </dev/null || code=1
  done
  stacks/wine.sh --end
  return $code
}

case ${1:-} in
  libraries) libraries ;;
  build)
    build runner
    # Where the stack `wine` (stacks/stacks.json) looks for it.
    mkdir -p build/bin
    cp build/windows/bin/runner.exe build/bin/runner.exe
    ;;
  test) run_tests ;;
  *)
    sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
