#include "runner/own_path.h"

#include <fmt/format.h>
#include <uv.h>

#include <array>

namespace tcplab {

Result<std::string> OwnPath() {
  std::array<char, 4096> path{};
  std::size_t size = path.size();
  const int status = uv_exepath(path.data(), &size);
  if (status != 0)
    return HarnessFault(fmt::format("the runner's own path is not known: {}", uv_err_name(status)));
  return std::string(path.data(), size);
}

std::string HostName() {
  std::array<char, UV_MAXHOSTNAMESIZE> name{};
  std::size_t size = name.size();
  const bool known = uv_os_gethostname(name.data(), &size) == 0 && size > 0;
  return known ? std::string(name.data(), size) : "localhost";
}

}  // namespace tcplab
