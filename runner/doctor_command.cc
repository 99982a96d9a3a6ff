// `runner doctor`: what can be measured on this machine, and what cannot.
#include <fmt/format.h>
#include <uv.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/clock.h"
#include "core/net/kernel_counters.h"
#include "core/net/syscalls.h"
#include "core/result/environment.h"
#include "runner/arguments.h"
#include "runner/commands.h"
#include "runner/describe.h"
#include "runner/doctor_facts.h"
#include "runner/measure_in.h"
#include "runner/own_path.h"
#include "runner/server_agent.h"
#include "runner/stack_choice.h"
#include "runner/terminal.h"
#include "runner/text_layout.h"

namespace tcplab {
namespace {

enum class Condition {
  kOk,
  kLimited,  // some scenarios cannot be measured here, or less well
  kMissing,  // none can
};

struct Finding {
  std::string subject;
  Condition verdict = Condition::kOk;
  std::string text;
};

// Closes what a check opened.
class OwnSocket {
 public:
  OwnSocket() {
    const CallResult made = SysSocket(false, Blocking::kYes);
    if (made.ok()) socket_ = static_cast<NativeSocket>(made.value);
    error_ = made.error;
  }
  ~OwnSocket() {
    if (socket_ != kNoSocket) SysClose(socket_);
  }
  OwnSocket(const OwnSocket&) = delete;
  OwnSocket& operator=(const OwnSocket&) = delete;

  [[nodiscard]] NativeSocket get() const { return socket_; }
  [[nodiscard]] ErrorCode error() const { return error_; }

 private:
  NativeSocket socket_ = kNoSocket;
  ErrorCode error_ = ErrorCode::kNone;
};

// A connection over the loopback, as every scenario makes them.
Finding CheckLoopback() {
  const auto missing = [](const char* call, ErrorCode error) {
    return Finding{
        "loopback", Condition::kMissing,
        fmt::format("no connection to 127.0.0.1: {} returned {}", call, ErrorName(error))};
  };
  OwnSocket listener;
  OwnSocket client;
  if (listener.get() == kNoSocket) return missing("socket", listener.error());
  if (client.get() == kNoSocket) return missing("socket", client.error());
  Result<Address> address = Address::Parse("127.0.0.1", 0);
  if (!address) return {"loopback", Condition::kMissing, address.error().message};
  if (const CallResult r = SysBind(listener.get(), *address); !r.ok())
    return missing("bind", r.error);
  if (const CallResult r = SysListen(listener.get(), 1); !r.ok()) return missing("listen", r.error);
  SysGetSockName(listener.get(), *address);
  const std::int64_t begin_ns = MonotonicNs();
  if (const CallResult r = SysConnect(client.get(), *address); !r.ok()) {
    return missing("connect", r.error);
  }
  const double took_ms = NsToMs(MonotonicNs() - begin_ns);
  SysLingerZero(client.get());
  const auto queue = SysAcceptQueue(listener.get());
  const std::string told = queue
                               ? "the system tells how long a listener's queue is"
                               : "the system does not tell how long a listener's queue is, so that "
                                 "nothing cross-checks what is found in it";
  return {"loopback", queue ? Condition::kOk : Condition::kLimited,
          fmt::format("a connection to 127.0.0.1 took {:.3f} ms; {}", took_ms, told)};
}

Finding CheckDescriptorLimit(std::uint64_t limit) {
  constexpr std::uint64_t kFewest = 64;
  constexpr std::uint64_t kPlenty = 4096;
  if (limit == 0) return {"descriptors", Condition::kLimited, "their limit is not known here"};
  const Condition verdict = limit < kFewest   ? Condition::kMissing
                            : limit < kPlenty ? Condition::kLimited
                                              : Condition::kOk;
  return {
      "descriptors", verdict,
      fmt::format("{} for one process, so for about as many clients of a case (ulimit -n)", limit)};
}

Finding CheckPorts() {
  const auto use = ReadPortUse();
  if (!use) return {"ports", Condition::kLimited, "how many are free is not known here"};
  const std::uint32_t all = use->high - use->low + 1;
  const std::uint32_t free = all - std::min(all, use->used);
  constexpr std::uint32_t kFew = 1000;
  return {"ports",
          free == 0     ? Condition::kMissing
          : free < kFew ? Condition::kLimited
                        : Condition::kOk,
          fmt::format("{} of {} free for connections ({}-{}), {} in use", free, all, use->low,
                      use->high, use->used)};
}

Finding CheckTimeWait() {
  constexpr std::uint64_t kMany = 10'000;
  const auto count = ReadTimeWaitCount();
  if (!count) return {"TIME_WAIT", Condition::kLimited, "not known here"};
  return {"TIME_WAIT", *count > kMany ? Condition::kLimited : Condition::kOk,
          fmt::format("{}{}", Counted(*count, "connection"),
                      *count > kMany ? ": rates of short connections will be low" : "")};
}

Finding CheckNamespaces() {
  const auto can = CanMakeNetworkNamespace();
  if (!can) return {"namespaces", Condition::kLimited, "none on this platform"};
  if (*can)
    return {"namespaces", Condition::kOk,
            "other settings can be tried out in a namespace (unshare -Urn)"};
  return {
      "namespaces", Condition::kLimited,
      "a network namespace is not allowed here: only the system's own settings can be measured"};
}

// How late a pause of 1 ms ends: the pauses of scripts are no better.
Finding CheckTimer() {
  constexpr std::size_t kPauses = 50;
  constexpr double kDoubtfulMs = 1.0;
  SysMinimiseTimerSlack();
  std::vector<double> late_ms;
  for (std::size_t i = 0; i < kPauses; ++i) {
    const std::int64_t due_ns = MonotonicNs() + kNsPerMs;
    SysSleepUntil(due_ns);
    late_ms.push_back(NsToMs(MonotonicNs() - due_ns));
  }
  std::sort(late_ms.begin(), late_ms.end());
  const double median = late_ms[kPauses / 2];
  return {"timer", median < kDoubtfulMs ? Condition::kOk : Condition::kLimited,
          fmt::format("a pause of 1 ms ends {:.3f} ms late (median of {}; the worst {:.3f} ms)",
                      median, kPauses, late_ms.back())};
}

Finding CheckProcessors(const Environment& environment) {
  const nlohmann::json& count = environment.facets["cpu_count"];
  const bool one = count.is_number() && count.get<int>() < 2;
  const std::string text = Counted(count.is_number() ? count.get<std::size_t>() : 0, "processor");
  if (!count.is_number()) return {"processors", Condition::kLimited, "not known here"};
  return {
      "processors", one ? Condition::kLimited : Condition::kOk,
      one ? text +
                ": client and server take turns, which changes into which pieces recv cuts a stream"
          : text};
}

Finding CheckCounters() {
  const std::size_t count = ReadKernelCounters().size();
  if (count == 0) {
    return {"counters", Condition::kLimited, "what the system counts of its TCP is not read here"};
  }
  return {"counters", Condition::kOk,
          fmt::format("{} of the kernel's own stand beside each result", count)};
}

// A hint has the sign by which it was found.
std::string SettingInWords(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_object()) return ShortJson(value, 200);
  return fmt::format("{} ({})", value.value("found", kUnknown), value.value("sign", kUnknown));
}

void AddSetting(TextLayout& layout, const std::string& name, const nlohmann::json& value) {
  layout.Line(fmt::format("  {:<25} {}", name, SettingInWords(value)), 28);
}

void AddSettings(TextLayout& layout, const Environment& environment) {
  for (const char* name : {"os_release", "kernel", "container", "vm", "libuv", "somaxconn",
                           "tcp_syncookies", "tcp_abort_on_overflow", "tcp_syn_retries",
                           "tcp_syn_linear_timeouts", "tcp_rmem", "tcp_wmem", "tcp_autocorking",
                           "ip_local_port_range", "congestion_control", "loopback_mtu"}) {
    AddSetting(layout, name, environment.facets[name]);
  }
  // What systems call by names of their own (net.inet.tcp.msl), as far as this one has it.
  for (const auto& [name, value] : environment.facets.items()) {
    const bool own = name.find('.') != std::string::npos;
    if (own && value != kUnknown) AddSetting(layout, name, value);
  }
}

// What the doctor says in another stack.
ExitCode DoctorIn(const StackChoice& choice, bool no_color) {
  const Result<Stack> stack = ChosenStack(choice);
  if (!stack) return Complained(stack.error());
  const Result<std::string> own_path = OwnPath();
  if (!own_path) return Complained(own_path.error());
  std::vector<std::string> words = {"doctor"};
  if (no_color) words.emplace_back("--no-color");
  if (!stack->server_agent.empty()) {
    words.insert(words.end(), {"--server-agent", ServerAgentOf(*stack, *own_path)});
  }
  const Result<InsideOutput> inside = RunRunnerIn(*stack, *own_path, words);
  if (!inside) return Complained(inside.error());
  const Status written = WriteOut(inside->out);
  return written && inside->exit_code == 0 ? ExitCode::kOk : ExitCode::kHarness;
}

}  // namespace

ExitCode DoctorCommand(const Arguments& arguments) {
  bool no_color = false;
  StackChoice choice;
  CLI::App app("Says what can be measured on this machine. Exit code 3: nothing.", "runner doctor");
  app.add_flag("--no-color", no_color, "no colours, not even on a terminal");
  std::string server_agent;
  AddStackOptions(app, choice);
  AddServerAgentOption(app, server_agent);
  if (auto done = ParseArguments(app, arguments)) return *done;
  if (choice.chosen()) return DoctorIn(choice, no_color);

  const std::uint64_t descriptors = SysRaiseDescriptorLimit();
  Environment environment = ReadEnvironment(ThisMachine(), uv_version_string());
  if (!server_agent.empty()) {
    if (const Status used = UseServerStack(server_agent, environment); !used)
      return Complained(used.error());
  }
  // Namespaces first: the child that tries it should be small.
  const Finding namespaces = CheckNamespaces();
  const std::vector<Finding> findings = {
      CheckLoopback(), CheckDescriptorLimit(descriptors), CheckPorts(),    CheckTimeWait(),
      CheckTimer(),    CheckProcessors(environment),      CheckCounters(), namespaces};

  TextStyle style;
  style.color = !no_color && StdoutHasColor();
  TextLayout layout(style, 8);
  layout.Line(fmt::format("{}: os {}, stack {}", environment.id, environment.os, environment.stack),
              0, Tone::kBold);
  ExitCode code = ExitCode::kOk;
  for (const Finding& finding : findings) {
    constexpr std::array<const char*, 3> kWords = {"ok", "limited", "missing"};
    constexpr std::array<Tone, 3> kTones = {Tone::kPlain, Tone::kDoubtful, Tone::kBad};
    const auto index = static_cast<std::size_t>(finding.verdict);
    layout.Row(finding.subject, kWords.at(index), finding.text, kTones.at(index));
    if (finding.verdict == Condition::kMissing) code = ExitCode::kHarness;
  }
  layout.Blank();
  AddSettings(layout, environment);
  layout.Blank();
  layout.Line(code == ExitCode::kOk ? "Scenarios can be measured here."
                                    : "Nothing can be measured here: see what is missing.");
  if (Status written = WriteOut(layout.text()); !written) {
    Complain(written.error().message);
    return ExitCode::kHarness;
  }
  return code;
}

}  // namespace tcplab
