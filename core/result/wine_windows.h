// Wine, as it shows itself to a program that runs in it. For the platform files of this folder
// only.
#pragma once

#include <string>

namespace tcplab::internal {

// Empty where it is not Wine.
struct Wine {
  std::string version;       // "8.0"
  std::string host_system;   // uname: "Linux"
  std::string host_release;  // uname: "6.1.0-18-amd64"
};

[[nodiscard]] Wine AskWine();

// A function of ntdll.dll; null where it has none of that name.
[[nodiscard]] void* FindInNtdll(const char* name);

}  // namespace tcplab::internal
