#include "core/result/wine_windows.h"

#include <windows.h>

namespace tcplab::internal {

void* FindInNtdll(const char* name) {
  const HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
  if (ntdll == nullptr) return nullptr;
  return reinterpret_cast<void*>(GetProcAddress(ntdll, name));
}

// Wine's own ntdll.dll has these functions, and no other's has them (dlls/ntdll/version.c).
Wine AskWine() {
  using GetVersion = const char*(CDECL*)();
  using GetHost = void(CDECL*)(const char** system, const char** release);
  const auto get_version = reinterpret_cast<GetVersion>(FindInNtdll("wine_get_version"));
  const auto get_host = reinterpret_cast<GetHost>(FindInNtdll("wine_get_host_version"));
  if (get_version == nullptr || get_host == nullptr) return {};
  const char* system = nullptr;
  const char* release = nullptr;
  get_host(&system, &release);
  return {get_version(), system == nullptr ? "unknown" : system, release == nullptr ? "" : release};
}

}  // namespace tcplab::internal
