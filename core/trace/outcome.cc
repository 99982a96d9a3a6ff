#include "core/trace/outcome.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "core/base/check.h"
#include "core/trace/event.h"

namespace tcplab {
namespace {

// Names as uv_err_name() gives them. Append only: the index is stored in traces.
constexpr std::array<std::string_view, 59> kErrorNames = {"",
                                                          "UNKNOWN",
                                                          "E2BIG",
                                                          "EACCES",
                                                          "EADDRINUSE",
                                                          "EADDRNOTAVAIL",
                                                          "EAFNOSUPPORT",
                                                          "EAGAIN",
                                                          "EALREADY",
                                                          "EBADF",
                                                          "EBUSY",
                                                          "ECANCELED",
                                                          "ECONNABORTED",
                                                          "ECONNREFUSED",
                                                          "ECONNRESET",
                                                          "EDESTADDRREQ",
                                                          "EEXIST",
                                                          "EFAULT",
                                                          "EFBIG",
                                                          "EHOSTUNREACH",
                                                          "EINTR",
                                                          "EINVAL",
                                                          "EIO",
                                                          "EISCONN",
                                                          "EISDIR",
                                                          "ELOOP",
                                                          "EMFILE",
                                                          "EMSGSIZE",
                                                          "ENAMETOOLONG",
                                                          "ENETDOWN",
                                                          "ENETUNREACH",
                                                          "ENFILE",
                                                          "ENOBUFS",
                                                          "ENODEV",
                                                          "ENOENT",
                                                          "ENOMEM",
                                                          "ENOPROTOOPT",
                                                          "ENOSPC",
                                                          "ENOSYS",
                                                          "ENOTCONN",
                                                          "ENOTDIR",
                                                          "ENOTSOCK",
                                                          "ENOTSUP",
                                                          "EPERM",
                                                          "EPIPE",
                                                          "EPROTO",
                                                          "EPROTONOSUPPORT",
                                                          "EPROTOTYPE",
                                                          "ERANGE",
                                                          "EROFS",
                                                          "ESHUTDOWN",
                                                          "ESPIPE",
                                                          "ETIMEDOUT",
                                                          "ETXTBSY",
                                                          "EINPROGRESS",
                                                          "EHOSTDOWN",
                                                          "ENOTTY",
                                                          "EOVERFLOW",
                                                          "EDOM"};

}  // namespace

std::size_t ErrorCodeCount() noexcept { return kErrorNames.size(); }

std::string_view ErrorName(ErrorCode code) noexcept {
  const auto index = static_cast<std::size_t>(code);
  return index < kErrorNames.size() ? kErrorNames[index] : kErrorNames[1];
}

ErrorCode ErrorCodeOf(std::string_view name) noexcept {
  const auto* const found = std::find(kErrorNames.begin(), kErrorNames.end(), name);
  const auto index = found == kErrorNames.end() ? 1 : std::distance(kErrorNames.begin(), found);
  return static_cast<ErrorCode>(index);
}

std::string Outcome::Word() const {
  switch (kind) {
    case Kind::kOk:
      return "ok";
    case Kind::kBytes:
      return "ok " + std::to_string(value);
    case Kind::kEof:
      return "eof";
    case Kind::kTimeout:
      return "timeout";
    case Kind::kWouldBlock:
      return "would_block";
    case Kind::kError:
      return std::string(ErrorName(error));
    case Kind::kUnfinished:
      return "unfinished";
    case Kind::kSkipped:
      return "skipped";
    case Kind::kUnsupported:
      return "unsupported";
    case Kind::kTcpState:
      return std::string(TcpStateName(static_cast<std::uint32_t>(value)));
    case Kind::kText:
      return "ok";  // whoever has the event's data adds it
  }
  TCPLAB_CHECK(false);
  return {};
}

}  // namespace tcplab
