#include <sys/resource.h>
#include <sys/utsname.h>

#include <thread>

#include "core/result/machine.h"

namespace tcplab {

Machine ThisMachine() {
  Machine machine;
  utsname names{};
  if (uname(&names) == 0) {
    machine.system = names.sysname;
    machine.kernel = names.release;
    machine.arch = names.machine;
  }
  if (const unsigned count = std::thread::hardware_concurrency(); count > 0) {
    machine.cpu_count = count;
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) machine.descriptor_limit = limit.rlim_cur;
  return machine;
}

}  // namespace tcplab
