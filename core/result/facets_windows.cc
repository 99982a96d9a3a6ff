// Windows: the registry. What its TCP goes by is mostly not told there (Get-NetTCPSetting asks
// WMI), and stays unknown.
#include <windows.h>

#include <array>
#include <nlohmann/json.hpp>

#include "core/result/environment.h"
#include "core/result/facets.h"
#include "core/result/wine_windows.h"

namespace tcplab::internal {
namespace {

using nlohmann::json;

std::string RegistryText(const wchar_t* name) {
  std::array<wchar_t, 256> text{};
  DWORD bytes = sizeof text;
  const LSTATUS status =
      RegGetValueW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", name,
                   RRF_RT_REG_SZ, nullptr, text.data(), &bytes);
  if (status != ERROR_SUCCESS) return {};
  std::array<char, 1024> utf8{};
  const int size =
      WideCharToMultiByte(CP_UTF8, 0, text.data(), -1, utf8.data(), utf8.size(), nullptr, nullptr);
  return size > 0 ? std::string(utf8.data()) : std::string();
}

// "Windows 10 Pro 22H2"
json Release() {
  const std::string product = RegistryText(L"ProductName");
  const std::string version = RegistryText(L"DisplayVersion");
  if (product.empty()) return kUnknown;
  return version.empty() ? product : product + " " + version;
}

}  // namespace

json ReadFacets(const Machine& /*machine*/) {
  json facets = json::object();
  for (const char* name :
       {"somaxconn", "tcp_syncookies", "tcp_abort_on_overflow", "tcp_syn_retries",
        "tcp_syn_linear_timeouts", "tcp_rmem", "tcp_wmem", "tcp_autocorking", "ip_local_port_range",
        "congestion_control", "loopback_mtu", "container", "vm"}) {
    facets[name] = kUnknown;
  }
  facets["os_release"] = Release();
  if (const Wine wine = AskWine(); !wine.version.empty()) {
    facets["wine"] = wine.version;
    facets["wine_host_kernel"] = wine.host_system + " " + wine.host_release;
  }
  return facets;
}

std::string EmulatedStack(const Machine& /*machine*/) { return {}; }
std::string KernelAsProcess(const Machine& /*machine*/) { return {}; }

}  // namespace tcplab::internal
