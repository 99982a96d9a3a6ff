#include "runner/terminal.h"

namespace tcplab {

// Where there is no such signal, a write to a closed pipe just fails.
void IgnoreBrokenPipes() {}
void OpenStandardStreams() {}

}  // namespace tcplab
