#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "runner/terminal.h"

namespace tcplab {

void IgnoreBrokenPipes() { std::signal(SIGPIPE, SIG_IGN); }

void OpenStandardStreams() {
  // The lowest that is free is given out first, so each falls into its place. Writing to one stays
  // an error.
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) < 0) static_cast<void>(open("/dev/null", O_RDONLY));
  }
}

}  // namespace tcplab
