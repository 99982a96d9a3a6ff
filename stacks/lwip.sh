#!/bin/sh
# lwip.sh COMMAND...: runs COMMAND where lwIP can have TAP devices of its own: in a new network namespace, in which it is
# started (`unshare --net`). tapN has 10.99.N.1; who opens it is 10.99.N.2 (tests/stacks/lwip).
set -eu
ip link set lo up
device=0
while [ $device -lt 16 ]; do
  ip tuntap add dev "tap$device" mode tap
  # Without this, the kernel's first packets would be for IPv6, which lwIP is not given an address for.
  no_ipv6=/proc/sys/net/ipv6/conf/tap$device/disable_ipv6
  [ ! -w "$no_ipv6" ] || echo 1 >"$no_ipv6"
  ip address add "10.99.$device.1/24" dev "tap$device"
  ip link set "tap$device" up
  device=$((device + 1))
done
exec "$@"
