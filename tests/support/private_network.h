// A network namespace of the test's own, in which it may change the kernel's settings.
#pragma once

#include <string>

namespace tcplab::test {

// Moves this process into a new network namespace and brings its loopback up. For a child process
// of a test only: there is no way back. Returns what went wrong, or nothing.
[[nodiscard]] std::string EnterPrivateNetwork();

// Writes /proc/sys/<name>, the dots of the name as slashes: "net.ipv4.tcp_syncookies". Returns what
// went wrong.
[[nodiscard]] std::string SetKernelSetting(const std::string& name, const std::string& value);

}  // namespace tcplab::test
