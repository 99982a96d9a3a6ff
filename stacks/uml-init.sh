#!/bin/sh
# The first process of the user-mode Linux that uml.sh starts.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
mount -t proc proc /proc
mount -t sysfs sysfs /sys
# The only folder of the machine that can be written to.
mount -t hostfs -o "$TCPLAB_SCRATCH" hostfs "$TCPLAB_SCRATCH"
ip link set lo up
cd "$TCPLAB_SCRATCH" || exit
code=0
eval "$(cat command)" <stdin >stdout || code=$?
echo "$code" >status
sync
# There is no init to be asked: the kernel is.
echo o >/proc/sysrq-trigger
sleep 60
