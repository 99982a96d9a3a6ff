#include "core/result/environment.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/result/facets.h"

namespace tcplab {
namespace {

using nlohmann::json;

std::string OsName(std::string system) {
  if (system.empty()) return kUnknown;
  std::transform(system.begin(), system.end(), system.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (system == "darwin") return "macos";
  if (system.starts_with("windows")) return "windows";
  return system;
}

// "6.18.44-custom" -> "6.18": patch levels are facets, not other environments.
std::string MajorMinor(std::string_view kernel) {
  std::size_t end = 0;
  int dots = 0;
  while (end < kernel.size()) {
    const char c = kernel[end];
    if (c == '.' && ++dots == 2) break;
    if (c != '.' && (std::isdigit(static_cast<unsigned char>(c)) == 0)) break;
    ++end;
  }
  while (end > 0 && kernel[end - 1] == '.') --end;
  return end == 0 ? kUnknown : std::string(kernel.substr(0, end));
}

// The id names a folder on every system.
std::string FolderName(std::string name) {
  for (char& c : name) {
    const bool plain =
        (std::isalnum(static_cast<unsigned char>(c)) != 0) || c == '.' || c == '-' || c == '_';
    if (!plain) c = '_';
  }
  return name;
}

json OrUnknown(const std::string& text) { return text.empty() ? json(kUnknown) : json(text); }

template <typename T>
json OrUnknown(const std::optional<T>& number) {
  return number ? json(*number) : json(kUnknown);
}

}  // namespace

Environment ReadEnvironment(const Machine& machine, const std::string& libuv) {
  Environment environment;
  environment.os = OsName(machine.system);
  environment.stack = machine.wine_host.empty()
                          ? internal::EmulatedStack(machine)
                          : FolderName("wine-on-" + OsName(machine.wine_host));
  if (environment.stack.empty()) environment.stack = environment.os;
  const std::string arch = machine.arch.empty() ? kUnknown : machine.arch;
  environment.id = environment.stack + "-" + MajorMinor(machine.kernel) + "-" + arch;
  // The kernel's own TCP, in surroundings that no record of a real machine should be mixed with.
  const std::string as_process = internal::KernelAsProcess(machine);
  environment.is_process = !as_process.empty();
  if (environment.is_process) environment.id += "-" + as_process;
  environment.id = FolderName(environment.id);

  environment.facets = internal::ReadFacets(machine);
  if (!machine.wine_host.empty()) {
    environment.facets["vm"] = {{"found", "wine"}, {"sign", "ntdll.dll: wine_get_host_version"}};
  }
  environment.facets["os"] = environment.os;
  environment.facets["kernel"] = OrUnknown(machine.kernel);
  environment.facets["arch"] = arch;
  environment.facets["cpu_count"] = OrUnknown(machine.cpu_count);
  environment.facets["descriptor_limit"] = OrUnknown(machine.descriptor_limit);
  environment.facets["libuv"] = OrUnknown(libuv);
  return environment;
}

}  // namespace tcplab
