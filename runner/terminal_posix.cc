#include <csignal>

#include "runner/terminal.h"

namespace tcplab {

void IgnoreBrokenPipes() { std::signal(SIGPIPE, SIG_IGN); }

}  // namespace tcplab
