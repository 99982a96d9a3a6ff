#include "runner/no_xstate.h"

namespace tcplab {

Error BecomeWithoutXstate(const std::vector<std::string>& /*command*/) {
  return {ErrorKind::kUnsupported, "there is no seccomp(2) for it on this platform"};
}

}  // namespace tcplab
