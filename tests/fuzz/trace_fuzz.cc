// Any bytes as a trace, under a checksum that fits: it is decoded or refused, and what is decoded
// comes back the same.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/check.h"
#include "core/base/sha256.h"
#include "core/trace/trial_trace.h"

namespace tcplab {
namespace {

template <typename Trace>
void CheckDecoded(const Result<Trace>& decoded, Result<Trace> (*decode)(std::string_view)) {
  if (!decoded) {
    TCPLAB_CHECK(!decoded.error().message.empty());
    return;
  }
  (void)Verify(*decoded);
  const Result<Trace> again = decode(Encode(*decoded));
  TCPLAB_CHECK(again && *again == *decoded);
}

}  // namespace
}  // namespace tcplab

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  bytes += tcplab::Sha256Hex(bytes);
  tcplab::CheckDecoded(tcplab::DecodeTrialTrace(bytes), tcplab::DecodeTrialTrace);
  tcplab::CheckDecoded(tcplab::DecodeAgentTrace(bytes), tcplab::DecodeAgentTrace);
  return 0;
}
