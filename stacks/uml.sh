#!/bin/sh
# uml.sh SCRATCH RUNNER COMMAND...: runs COMMAND on a user-mode Linux kernel, whose root is this machine's own, read-only.
#
# Standard input is taken whole, before the kernel boots, and standard output comes whole when it has ended: both
# are files below SCRATCH, because the kernel's console would mix its messages with them and end lines in its own
# way. What COMMAND writes to its standard error comes over that console, as it is written.
set -eu
scratch=$1
runner=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)

command -v linux.uml >/dev/null || { echo "uml.sh: linux.uml: not found" >&2; exit 127; }
cat >"$scratch/stdin"
# One word a line would not do: a word may hold a line break.
for word; do
  printf "'%s' " "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")"
done >"$scratch/command"

# Without xstate (see runner/no_xstate_linux.cc) the kernel does not keep AVX's registers apart, so nobody may use
# them: glibc would, for strings.
tunables=glibc.cpu.hwcaps
for feature in AVX AVX_Fast_Unaligned_Load AVX2 AVX512F AVX512VL AVX512BW AVX512DQ EVEX FMA XSAVE XSAVEC; do
  tunables="$tunables${no:-=}-$feature"
  no=,
done

# The kernel takes the quotes away. `umid` and `uml_dir`: else it makes a folder in $HOME.
"$runner" no-xstate linux.uml mem=512M root=/dev/root rootfstype=hostfs rootflags=/ ro quiet loglevel=1 \
  init="\"$here/uml-init.sh\"" TCPLAB_SCRATCH="\"$scratch\"" \
  GLIBC_TUNABLES="$tunables" uml_dir="$scratch" umid=uml \
  con=null con0=null,fd:1 </dev/null >&2 || true

[ -f "$scratch/status" ] || { echo "uml.sh: the kernel ended before the command did" >&2; exit 3; }
cat "$scratch/stdout"
exit "$(cat "$scratch/status")"
