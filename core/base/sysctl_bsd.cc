#include "core/base/sysctl_bsd.h"

#include <cstring>

#if TCPLAB_HAVE_SYSCTLBYNAME
#include <sys/sysctl.h>
#include <sys/types.h>
#endif

namespace tcplab {

std::optional<std::string> ReadSysctl([[maybe_unused]] const char* name) {
#if TCPLAB_HAVE_SYSCTLBYNAME
  std::size_t size = 0;
  if (sysctlbyname(name, nullptr, &size, nullptr, 0) != 0) return std::nullopt;
  std::string bytes(size, '\0');
  if (sysctlbyname(name, bytes.data(), &size, nullptr, 0) != 0) return std::nullopt;
  bytes.resize(size);
  return bytes;
#else
  return std::nullopt;
#endif
}

std::optional<std::int64_t> SysctlNumber(const SysctlReader& read, const char* name) {
  const std::optional<std::string> bytes = read(name);
  std::int32_t narrow = 0;
  std::int64_t wide = 0;
  if (bytes && bytes->size() == sizeof narrow) {
    std::memcpy(&narrow, bytes->data(), sizeof narrow);
    return narrow;
  }
  if (!bytes || bytes->size() != sizeof wide) return std::nullopt;
  std::memcpy(&wide, bytes->data(), sizeof wide);
  return wide;
}

std::optional<std::string> SysctlText(const SysctlReader& read, const char* name) {
  std::optional<std::string> bytes = read(name);
  if (!bytes) return std::nullopt;
  bytes->resize(std::strlen(bytes->c_str()));
  return bytes->empty() ? std::nullopt : bytes;
}

}  // namespace tcplab
