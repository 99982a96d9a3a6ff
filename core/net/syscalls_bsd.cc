// What macOS and FreeBSD do in ways of their own: sockets that are made first and set up then,
// sleeping, the wait for a deadline. The rest is in syscalls_posix.cc, option_table_bsd.cc and
// tcp_info_bsd.cc.
//
// What one of them lacks and the other has is asked for by name (cmake/PlatformChecks.cmake), so
// that both ways compile, and are tested, on Linux too: -DTCPLAB_PLATFORM=freebsd or macos.
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#if TCPLAB_HAVE_SCHED_SETAFFINITY
#include <sched.h>
#endif
#ifdef __APPLE__
#include <mach/mach.h>
#include <pthread.h>
#endif

#include <algorithm>
#include <cerrno>
#include <climits>

#include "core/base/clock.h"
#include "core/net/posix_call.h"
#include "core/net/syscalls.h"

namespace tcplab {
namespace {

timespec ToTimespec(std::int64_t ns) {
  timespec time{};
  time.tv_sec = static_cast<time_t>(ns / kNsPerSecond);
  time.tv_nsec = static_cast<long>(ns % kNsPerSecond);
  return time;
}

#if !TCPLAB_HAVE_SOCK_CLOEXEC || !TCPLAB_HAVE_ACCEPT4
// Gives a descriptor that was just made what flags at its creation would have given it. Between the
// two a process that another thread starts could inherit it; libuv closes all others in those
// (POSIX_SPAWN_CLOEXEC_DEFAULT on macOS).
CallResult SetUp(CallResult made, Blocking blocking) {
  if (!made.ok()) return made;
  const auto descriptor = static_cast<int>(made.value);
  // NOLINTBEGIN(cppcoreguidelines-pro-type-vararg): fcntl's interface
  int done = fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  const int flags = done < 0 ? done : fcntl(descriptor, F_GETFL);
  const int wanted = blocking == Blocking::kYes ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
  if (done == 0) done = flags;
  // A connection inherits the mode of its listener here (accept(2) of FreeBSD and macOS).
  if (flags >= 0 && flags != wanted) done = fcntl(descriptor, F_SETFL, wanted);
  // NOLINTEND(cppcoreguidelines-pro-type-vararg)
  if (done >= 0) return made;
  const CallResult failed = ReturnedByCall(done);
  close(descriptor);
  return failed;
}
#endif

#if TCPLAB_HAVE_SOCK_CLOEXEC
int CreationFlags(Blocking blocking) {
  return SOCK_CLOEXEC | (blocking == Blocking::kNo ? SOCK_NONBLOCK : 0);
}
#endif

}  // namespace

// SO_NOSIGPIPE is not set: every process of ours ignores SIGPIPE, and a socket that is measured has
// the options that its script gave it and no others.
CallResult SysSocket(bool ipv6, Blocking blocking) {
  const int family = ipv6 ? AF_INET6 : AF_INET;
#if TCPLAB_HAVE_SOCK_CLOEXEC
  return ReturnedByCall(socket(family, SOCK_STREAM | CreationFlags(blocking), 0));
#else
  return SetUp(ReturnedByCall(socket(family, SOCK_STREAM, 0)), blocking);
#endif
}

// The peer's address may be missing: macOS returns a connection that was reset before it was
// accepted with an empty one (`addrlen` 0). `peer` is then not valid().
CallResult SysAccept(NativeSocket listener, Blocking blocking, Address& peer) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): accept's interface
  auto* const name = reinterpret_cast<sockaddr*>(&storage);
#if TCPLAB_HAVE_SOCK_CLOEXEC && TCPLAB_HAVE_ACCEPT4
  const CallResult result =
      ReturnedByCall(accept4(listener, name, &length, CreationFlags(blocking)));
#else
  const CallResult result = SetUp(ReturnedByCall(accept(listener, name, &length)), blocking);
#endif
  if (result.ok()) peer = length == 0 ? Address() : Address::FromSockaddr(storage);
  return result;
}

CallResult SysRecv(NativeSocket socket, std::span<char> buffer, int flags) {
  return ReturnedByCall(recv(socket, buffer.data(), buffer.size(), flags));
}

CallResult SysSend(NativeSocket socket, std::string_view bytes, int flags) {
  return ReturnedByCall(send(socket, bytes.data(), bytes.size(), flags));
}

#if TCPLAB_HAVE_PPOLL
CallResult SysPoll(NativeSocket socket, Ready ready, std::int64_t deadline_ns) {
  pollfd watched{socket, static_cast<short>(ready == Ready::kReadable ? POLLIN : POLLOUT), 0};
  const timespec left = ToTimespec(std::max<std::int64_t>(0, deadline_ns - MonotonicNs()));
  return ReturnedByCall(ppoll(&watched, 1, deadline_ns == 0 ? nullptr : &left, nullptr));
}
#else
namespace {

// poll(2) counts milliseconds: up to one too late, never too early.
CallResult PollByMs(NativeSocket socket, Ready ready, std::int64_t deadline_ns) {
  pollfd watched{socket, static_cast<short>(ready == Ready::kReadable ? POLLIN : POLLOUT), 0};
  for (;;) {
    const std::int64_t left_ns = std::max<std::int64_t>(0, deadline_ns - MonotonicNs());
    const std::int64_t left_ms = (left_ns + kNsPerMs - 1) / kNsPerMs;
    const int timeout = static_cast<int>(std::min<std::int64_t>(left_ms, INT_MAX));
    const int count = poll(&watched, 1, deadline_ns == 0 ? -1 : timeout);
    if (count != 0 || left_ns == 0) return ReturnedByCall(count);
  }
}

}  // namespace

// pselect(2) counts nanoseconds, and knows only the lower descriptors.
CallResult SysPoll(NativeSocket socket, Ready ready, std::int64_t deadline_ns) {
  if (deadline_ns == 0 || socket < 0 || socket >= FD_SETSIZE) {
    return PollByMs(socket, ready, deadline_ns);
  }
  fd_set watched;
  FD_ZERO(&watched);
  FD_SET(socket, &watched);
  const timespec left = ToTimespec(std::max<std::int64_t>(0, deadline_ns - MonotonicNs()));
  fd_set* const readable = ready == Ready::kReadable ? &watched : nullptr;
  fd_set* const writable = ready == Ready::kWritable ? &watched : nullptr;
  return ReturnedByCall(pselect(socket + 1, readable, writable, nullptr, &left, nullptr));
}
#endif

// In steps, each shorter than what is left: these systems let a timer be late by a share of its
// length (FreeBSD: 5%, kern.timecounter.alloweddeviation, nanosleep(2); macOS: timer coalescing).
// The last step is short, and so is what is added to it.
void SysSleepUntil(std::int64_t deadline_ns) {
  constexpr std::int64_t kWholeNs = 2 * kNsPerMs;
  for (;;) {
    const std::int64_t now_ns = MonotonicNs();
    const std::int64_t left_ns = deadline_ns - now_ns;
    if (left_ns <= 0) return;
    const std::int64_t step_ns = left_ns > kWholeNs ? left_ns - left_ns / 8 : left_ns;
#if TCPLAB_HAVE_CLOCK_NANOSLEEP
    const timespec until = ToTimespec(now_ns + step_ns);
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
#else
    const timespec step = ToTimespec(step_ns);
    nanosleep(&step, nullptr);
#endif
  }
}

// macOS: the first of its tiers of timer latency (<mach/thread_policy.h>), which leaves the
// thread's priority as it is. FreeBSD has nothing like it: see SysSleepUntil.
void SysMinimiseTimerSlack() {
#ifdef THREAD_LATENCY_QOS_POLICY
  thread_latency_qos_policy_data_t policy{};
  policy.thread_latency_qos_tier = LATENCY_QOS_TIER_0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): its interface
  thread_policy_set(pthread_mach_thread_np(pthread_self()), THREAD_LATENCY_QOS_POLICY,
                    reinterpret_cast<thread_policy_t>(&policy), THREAD_LATENCY_QOS_POLICY_COUNT);
#endif
}

// macOS lets nobody choose a processor.
void SysStartOn([[maybe_unused]] std::size_t processor) {
#if TCPLAB_HAVE_SCHED_SETAFFINITY
  cpu_set_t all;
  CPU_ZERO(&all);
  if (sched_getaffinity(0, sizeof all, &all) != 0) return;
  auto skip = processor % static_cast<std::size_t>(std::max(1, CPU_COUNT(&all)));
  for (std::size_t i = 0; i < CPU_SETSIZE; ++i) {
    if (!CPU_ISSET(i, &all) || skip-- > 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(i, &one);
    sched_setaffinity(0, sizeof one, &one);
    break;
  }
  sched_setaffinity(0, sizeof all, &all);
#endif
}

bool SysShutdownEndsListening() { return false; }

// XNU may throw away a socket that only a message on its way refers to (Chromium's
// channel_posix.cc, crbug.com/298276); that it stays open until it is there costs little elsewhere.
bool SysSentSocketsAreSafe() { return false; }

}  // namespace tcplab
