#!/usr/bin/env bash
# Installs what is missing, and only that:  tools/deps.sh build | test | fuzz | check | stacks ...
#   build  compiler and libraries: enough for `make demo`
#   test   what some tests call besides the runner
#   fuzz   the compiler that has libFuzzer, and its libraries
#   check  what CI needs on top
#   stacks the other stacks that `make stacks` measures
#   windows the compiler for Windows, and Wine to run what it makes (part of what `make stacks` needs)
set -euo pipefail

[ $# -gt 0 ] || { echo "usage: tools/deps.sh build|test|fuzz|check|stacks|windows..." >&2; exit 2; }

packages() {  # <manager>-<list>
  case $1 in
    apt-build)
      echo g++ libc6-dev cmake ninja-build pkg-config libuv1-dev nlohmann-json3-dev libcli11-dev
      echo libfmt-dev libexpected-dev libsodium-dev
      # For the tests; small enough that one configuration of cmake is worth more than leaving them
      # out.
      echo libvalijson-dev libgtest-dev libgmock-dev libbenchmark-dev
      ;;
    apt-test) echo iproute2 python3 netcat-openbsd nginx libxml2-utils openssh-server openssh-client ;;
    apt-fuzz) echo clang libclang-rt-dev ;;
    apt-stacks) echo runsc user-mode-linux iproute2 util-linux liblwip-dev ;;
    apt-windows) echo g++-mingw-w64-x86-64-posix wine64 googletest xz-utils procps ;;
    apt-check) echo git clang-format clang-tidy shellcheck yamllint ;;
    # The compiler comes with Xcode's command line tools.
    brew-build)
      echo cmake ninja pkgconf libuv nlohmann-json cli11 fmt tl-expected libsodium
      echo valijson googletest google-benchmark
      ;;
    brew-test) echo nginx ;;
    brew-fuzz) echo llvm ;;
    brew-stacks | brew-windows) ;;  # they need Linux
    brew-check) echo clang-format llvm shellcheck yamllint ;;
    *)
      echo "deps: no such list: ${1#*-}" >&2
      return 2
      ;;
  esac
}

if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
  manager=apt
elif command -v brew >/dev/null; then
  manager=brew
else
  manager=""
fi

wanted=()
for list in "$@"; do
  names=$(packages "${manager:-apt}-$list")
  for name in $names; do wanted+=("$name"); done
done

if [ -z "$manager" ]; then
  {
    echo "deps: neither apt-get nor brew is here. Install these (Debian's names), then run make"
    echo "deps: with SKIP_DEPS=1:"
    printf '  %s\n' "${wanted[@]}"
  } >&2
  exit 1
fi

is_installed() {
  if [ $manager = apt ]; then
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
  else
    brew list --versions "$1" >/dev/null 2>&1
  fi
}

missing=()
for package in ${wanted[@]+"${wanted[@]}"}; do
  is_installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0
echo "deps: installing ${missing[*]}"

if [ $manager = brew ]; then
  brew install "${missing[@]}"
  exit
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "deps: this needs root or sudo. As root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
apt() {
  ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -q "$@" </dev/null
}
apt update

# nginx and sshd would be started as soon as they are there, and again with the machine. Where nobody
# has said what may be started (policy-rc.d, as images of containers have it), nothing may meanwhile.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ] && [ -d "${policy%/*}" ]; then
  # shellcheck disable=SC2016  # `$0` is not ours
  trap '${as_root[@]+"${as_root[@]}"} rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' | ${as_root[@]+"${as_root[@]}"} tee $policy >/dev/null
  ${as_root[@]+"${as_root[@]}"} chmod +x $policy
fi
apt install -y --no-install-recommends "${missing[@]}"
for service in nginx openssh-server; do
  case " ${missing[*]} " in
    *" $service "*) ${as_root[@]+"${as_root[@]}"} update-rc.d "${service/openssh-server/ssh}" disable || true ;;
  esac
done
