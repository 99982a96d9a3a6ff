// An agent as a child process, and a test in the place of its controller.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/agent/plan.h"
#include "core/agent/protocol.h"
#include "core/trace/trial_trace.h"
#include "tests/support/agent_command.h"
#include "tests/support/eventually.h"

namespace tcplab {

// Starts with the object and is gone with it: its stdin is closed, at which an agent ends by
// itself; one that does not is killed, and the test fails.
class AgentChild {
 public:
  AgentChild() {
    std::array<int, 2> to_agent{};
    std::array<int, 2> from_agent{};
    EXPECT_EQ(pipe2(to_agent.data(), O_CLOEXEC), 0);
    EXPECT_EQ(pipe2(from_agent.data(), O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to_agent[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, from_agent[1], STDOUT_FILENO);
    std::vector<std::string> command = AgentCommand();
    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int failure =
        posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
    EXPECT_EQ(failure, 0);
    if (failure != 0) pid_ = kNone;
    posix_spawn_file_actions_destroy(&actions);
    close(to_agent[0]);
    close(from_agent[1]);
    stdin_ = to_agent[1];
    stdout_ = from_agent[0];
  }
  ~AgentChild() {
    CloseStdin();
    if (!exit_code_) ExitCode();
    close(stdout_);
  }
  AgentChild(const AgentChild&) = delete;
  AgentChild& operator=(const AgentChild&) = delete;

  void Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = write(stdin_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;  // it is gone; whoever reads will see
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void Send(FrameKind kind, std::string_view payload = {}) { Write(EncodeFrame(kind, payload)); }
  void CloseStdin() {
    if (stdin_ >= 0) close(std::exchange(stdin_, -1));
  }

  // The next frame; nothing at the end of its output, or when it says nothing for too long.
  std::optional<Frame> Read() {
    std::array<char, 4096> chunk{};
    for (;;) {
      Result<std::optional<Frame>> next = reader_.Next();
      if (!next) return std::nullopt;
      if (*next) return std::move(**next);
      pollfd readable{stdout_, POLLIN, 0};
      if (poll(&readable, 1, static_cast<int>(kTestPatienceNs / kNsPerMs)) != 1)
        return std::nullopt;
      const ssize_t got = read(stdout_, chunk.data(), chunk.size());
      if (got <= 0) return std::nullopt;
      reader_.Append({chunk.data(), static_cast<std::size_t>(got)});
    }
  }
  // The payload of the next frame, which must be of this kind.
  std::string Expect(FrameKind kind) {
    const std::optional<Frame> frame = Read();
    EXPECT_TRUE(frame) << "no frame came";
    if (!frame) return {};
    EXPECT_EQ(static_cast<int>(frame->kind), static_cast<int>(kind)) << frame->payload;
    return frame->kind == kind ? frame->payload : std::string();
  }
  AgentFault ExpectFault() { return FaultFromPayload(Expect(FrameKind::kFault)); }

  [[nodiscard]] pid_t pid() const { return pid_; }
  void Signal(int number) const {
    if (pid_ != kNone) kill(pid_, number);
  }

  // How it ended: its exit code, or minus the signal.
  int ExitCode() {
    if (pid_ == kNone) return -1;
    int status = 0;
    const bool ended = Eventually([&] { return waitpid(pid_, &status, WNOHANG) == pid_; });
    EXPECT_TRUE(ended) << "the agent did not end by itself";
    if (!ended) {
      kill(pid_, SIGKILL);
      waitpid(pid_, &status, 0);
    }
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return *exit_code_;
  }

  // The steps of a trial's end, as a controller takes them.
  std::int64_t Freeze(std::int64_t at_ns = 0) {
    Send(FrameKind::kFreeze, at_ns == 0 ? std::string() : ToPayload(GoMessage{at_ns, {}}));
    const Result<GoMessage> frozen = GoFromPayload(Expect(FrameKind::kFrozen));
    EXPECT_TRUE(frozen);
    return frozen ? frozen->go_ns : 0;
  }
  void Drain() {
    Send(FrameKind::kDrain);
    Expect(FrameKind::kDrained);
  }
  // The trace, with which an agent ends.
  AgentTrace Take() {
    Send(FrameKind::kTake);
    const Result<AgentTrace> trace = DecodeAgentTrace(Expect(FrameKind::kTrace));
    EXPECT_TRUE(trace);
    EXPECT_EQ(ExitCode(), 0);
    if (!trace) return {};
    const Status whole = Verify(*trace);
    EXPECT_TRUE(whole) << whole.error().message;
    return *trace;
  }

 private:
  static constexpr pid_t kNone = -1;  // to kill(2) it means everybody

  pid_t pid_ = kNone;
  int stdin_ = -1;
  int stdout_ = -1;
  FrameReader reader_;
  std::optional<int> exit_code_;
};

// Events of one operation, from all recorders of an agent.
inline std::vector<Event> EventsOf(const AgentTrace& trace, Op op) {
  std::vector<Event> events;
  for (const RecorderTrace& recorder : trace.recorders) {
    for (const Event& event : recorder.events) {
      if (event.op == op) events.push_back(event);
    }
  }
  return events;
}

// A server agent that plays `server` (Case::document's part, as JSON text) and is ready.
class ServerChild : public AgentChild {
 public:
  explicit ServerChild(std::string_view server, std::size_t connections = 4) {
    const Recorder::Capacity roomy{.events = 4096, .addresses = 256, .payload = 0};
    SendPlan(server, roomy, connections);
  }
  // One in which each connection has this much room.
  ServerChild(std::string_view server, const Recorder::Capacity& each) {
    SendPlan(server, each, 4);
  }
  // Its address.
  Address Ready() {
    const Result<GoMessage> ready = GoFromPayload(Expect(FrameKind::kReady));
    EXPECT_TRUE(ready);
    return ready && !ready->targets.empty() ? ready->targets.front().address : Address();
  }
  // Begins the trial.
  void Go(std::vector<Target> targets = {}) {
    Send(FrameKind::kGo, ToPayload(GoMessage{MonotonicNs(), std::move(targets)}));
  }
  Address ReadyAndGo() {
    const Address address = Ready();
    Go();
    return address;
  }
  AgentTrace EndTrial() {
    Freeze();
    Drain();
    return Take();
  }

 private:
  void SendPlan(std::string_view server, const Recorder::Capacity& each, std::size_t connections) {
    const Recorder::Capacity roomy{.events = 4096, .addresses = 256, .payload = 0};
    Send(FrameKind::kPlan,
         ToPayload(ServerPlan{nlohmann::json::parse(server), roomy, roomy, each, connections, 0}));
  }
};

}  // namespace tcplab
