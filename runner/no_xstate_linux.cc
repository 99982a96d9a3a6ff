// User-mode Linux up to at least 6.6 keeps a process's extended registers in a buffer of 2696 bytes
// (arch/x86/um/os-Linux/registers.c, FP_SIZE), and ptrace(2) takes them back only whole: with AMX
// they are 11008, so every return to a process fails with EFAULT ("ptrace set fp regs failed,
// errno = 14") and init dies. Where PTRACE_GETREGSET is refused when it asks, it goes back to
// PTRACE_GETFPREGS, which has no AVX: its programs must then do without (uml.sh sees to it).
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>

#include "runner/no_xstate.h"

namespace tcplab {
namespace {

constexpr unsigned kGetRegset = 0x4204;  // PTRACE_GETREGSET, and what it is asked for
constexpr unsigned kX86Xstate = 0x202;   // NT_X86_XSTATE

// Loads the word at an offset of seccomp_data; its lower half, on a little-endian machine.
constexpr sock_filter Load(std::size_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<unsigned>(offset)};
}
// Goes on when the word is this, else skips so many.
constexpr sock_filter Unless(unsigned value, unsigned char skip) {
  return {BPF_JMP | BPF_JEQ | BPF_K, 0, skip, value};
}
constexpr sock_filter Return(unsigned what) { return {BPF_RET | BPF_K, 0, 0, what}; }

Error Failed(const std::string& what) {
  return {ErrorKind::kHarness, what + ": " + std::generic_category().message(errno)};
}

}  // namespace

Error BecomeWithoutXstate(const std::vector<std::string>& command) {
  std::array<sock_filter, 8> filter = {
      Load(offsetof(seccomp_data, nr)),      Unless(SYS_ptrace, 5),
      Load(offsetof(seccomp_data, args[0])), Unless(kGetRegset, 3),
      Load(offsetof(seccomp_data, args[2])), Unless(kX86Xstate, 1),
      Return(SECCOMP_RET_ERRNO | EINVAL),    Return(SECCOMP_RET_ALLOW)};
  const sock_fprog program{filter.size(), filter.data()};
  // NOLINTBEGIN(cppcoreguidelines-pro-type-vararg): prctl's interface
  const bool set = prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) == 0 &&
                   prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
  // NOLINTEND(cppcoreguidelines-pro-type-vararg)
  if (!set) return Failed("seccomp");
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execvp(arguments.front(), arguments.data());
  return Failed(words.front());
}

}  // namespace tcplab
