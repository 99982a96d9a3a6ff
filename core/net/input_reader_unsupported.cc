#include "core/net/input_reader.h"

namespace tcplab {

Result<std::unique_ptr<InputReader>> InputReader::Start(Loop& /*loop*/, int /*descriptor*/) {
  return Fail(ErrorKind::kUnsupported, "standard input cannot be sent on this platform yet");
}

}  // namespace tcplab
