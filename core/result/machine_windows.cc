#include <windows.h>

#include <string>
#include <thread>

#include "core/result/machine.h"
#include "core/result/wine_windows.h"

namespace tcplab {
namespace {

// RtlGetVersion and not GetVersionEx, which tells a program without a manifest of Windows 8 for
// ever.
std::string KernelVersion() {
  using GetVersion = LONG(WINAPI*)(OSVERSIONINFOW*);
  const auto get_version = reinterpret_cast<GetVersion>(internal::FindInNtdll("RtlGetVersion"));
  OSVERSIONINFOW version{};
  version.dwOSVersionInfoSize = sizeof version;
  if (get_version == nullptr || get_version(&version) != 0) return {};
  return std::to_string(version.dwMajorVersion) + "." + std::to_string(version.dwMinorVersion) +
         "." + std::to_string(version.dwBuildNumber);
}

// As uname(1) calls them.
std::string Architecture() {
  SYSTEM_INFO info{};
  GetNativeSystemInfo(&info);
  switch (info.wProcessorArchitecture) {
    case PROCESSOR_ARCHITECTURE_AMD64:
      return "x86_64";
    case PROCESSOR_ARCHITECTURE_ARM64:
      return "aarch64";
    case PROCESSOR_ARCHITECTURE_INTEL:
      return "i686";
    default:
      return {};
  }
}

}  // namespace

Machine ThisMachine() {
  Machine machine;
  machine.system = "Windows";
  machine.kernel = KernelVersion();
  machine.arch = Architecture();
  machine.wine_host = internal::AskWine().host_system;
  if (const unsigned count = std::thread::hardware_concurrency(); count > 0)
    machine.cpu_count = count;
  return machine;
}

}  // namespace tcplab
