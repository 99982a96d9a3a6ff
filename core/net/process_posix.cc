// Of syscalls.h what is not about sockets: signals, limits, the end of the process.
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "core/net/syscalls.h"

namespace tcplab {

void SysIgnoreAgentSignals() {
  for (const int number : {SIGPIPE, SIGINT, SIGHUP, SIGQUIT, SIGTSTP}) std::signal(number, SIG_IGN);
}

void SysIgnoreSigpipe() { std::signal(SIGPIPE, SIG_IGN); }

std::uint64_t SysRaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur < limit.rlim_max) {
    rlimit raised{limit.rlim_max, limit.rlim_max};
    int status = setrlimit(RLIMIT_NOFILE, &raised);
#ifdef OPEN_MAX
    // macOS takes no more than this, whatever the hard limit says (setrlimit(2), COMPATIBILITY).
    raised.rlim_cur = std::min<rlim_t>(OPEN_MAX, limit.rlim_max);
    if (status != 0 && limit.rlim_cur < raised.rlim_cur) {
      status = setrlimit(RLIMIT_NOFILE, &raised);
    }
#endif
    if (status == 0) getrlimit(RLIMIT_NOFILE, &limit);
  }
  return limit.rlim_cur;
}

void SysExitNow(int code) { _exit(code); }

}  // namespace tcplab
