// A scenario, read and checked: a claim about TCP and how to provoke it, and the cases of its
// matrix.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>  // a scenario carries its own document and its parameters
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/scenario/expectation.h"
#include "core/scenario/step.h"

namespace tcplab {

// How an endpoint makes its calls (design: system calls are ours).
enum class Io {
  kBlocking,  // blocking calls, a thread per actor
  kPoll,      // one libuv loop, non-blocking sockets, one call a wake
  kLibuv,     // libuv's own streams: for contrast, never for backlog facts about the system
};
[[nodiscard]] std::string_view IoName(Io io);

enum class AcceptModel {
  kNever,      // listens, does not accept
  kIterative,  // accepts one, serves it to its end, accepts the next: the textbook server
  kEventLoop,  // one worker, every socket in turn
  kThreadPerConnection,
  kProcessPerConnection,
};
[[nodiscard]] std::string_view AcceptModelName(AcceptModel model);

enum class ListenMode {
  kListen,  // socket, bind, listen
  kBound,   // bound and never listening: a dead port that nobody else can take
};

struct ListenSpec {
  std::string address = "127.0.0.1";  // a literal IPv4 or IPv6 address
  std::uint16_t port = 0;             // 0: chosen by the system
  int backlog = 128;
  ListenMode mode = ListenMode::kListen;
  std::optional<double> close_after_ms;  // the listener is closed so long after "go"
  std::vector<SetStep::Option> options;  // set before bind
};

// What several acceptors are.
enum class WorkerKind { kThread, kProcess };

struct AcceptSpec {
  AcceptModel model = AcceptModel::kIterative;
  double after_ms = 0;                 // accepting begins so long after "go"
  std::optional<std::string> await;    // ... or so long after this signal was given
  std::optional<std::uint64_t> limit;  // how many connections are accepted
  std::uint32_t workers = 1;           // how many accept, each with the model
  WorkerKind worker = WorkerKind::kThread;
  bool own_listeners = false;  // each worker has a listener of its own, by SO_REUSEPORT
};

struct ServerSpec {
  std::string name = "server";
  ListenSpec listen;
  AcceptSpec accept;
  Io io = Io::kBlocking;
  Script script;  // run by the handler of each connection; its end closes the connection
};

// Addresses that clients connect from: `count` of them from `first` on, used in turn.
struct SourceRange {
  std::string first;  // a literal address
  std::uint32_t count = 1;
};
// That of the client at this position of its group.
[[nodiscard]] std::string SourceAddress(const SourceRange& range, std::size_t position);

struct ClientGroup {
  std::string name = "client";
  std::size_t count = 1;
  double every_ms = 0;                      // between the starts of two clients of this group
  std::optional<std::string> start_signal;  // counted from when it is given, not from "go"
  std::optional<SourceRange> source;
  Io io = Io::kBlocking;
  Script script;  // lowered for the first client of the group; an agent lowers it for each
};

// One client in the order of its start, which is its number in every observation.
struct ScheduledClient {
  std::size_t group = 0;     // index into Case::clients
  std::size_t position = 0;  // within its group
  double start_ms = 0;       // after "go"
};

// One point of the scenario's parameter matrix.
struct Case {
  nlohmann::json parameters;  // object: name -> value, every parameter of the scenario
  // The scenario's servers and clients with every parameter but `index` replaced and `io` filled
  // in: what an agent is sent. Keys "server" or "servers", and "clients", as in the language.
  nlohmann::json document;
  double window_ms = 5000;
  std::vector<ServerSpec> servers;  // at least one; clients who name none mean the first
  std::vector<ClientGroup> clients;
};

// What the agent of one server is sent.
[[nodiscard]] const nlohmann::json& ServerDocument(const Case& a_case, std::size_t server);

// The server that an endpoint means, by its name or as the first; nothing when it means somebody
// else: a socket of the script, or an address of its own.
[[nodiscard]] std::optional<std::size_t> ServerOf(const Case& a_case, const Endpoint& endpoint);

// Clients of a case by start time; ties go by group, then by position. The index is the client's
// number.
[[nodiscard]] std::vector<ScheduledClient> Schedule(const Case& a_case);

// Whether a client of it sends the runner's standard input.
[[nodiscard]] bool SendsStdin(const Case& a_case);

struct Scenario {
  std::string name;
  std::string summary;
  std::vector<std::string> source;
  std::string file;         // as it was named on the command line
  nlohmann::json document;  // as parsed, before any parameter was replaced
  // What --set and the answers to prompts replaced: with them the same scenario is loaded again.
  std::vector<std::pair<std::string, std::string>> assignments;
  std::uint32_t trials = 20;
  bool sensitive = false;  // nothing else may run beside a trial
  bool local_errors_are_data = false;
  std::vector<Case> cases;
  std::vector<Expectation> expectations;
};
// Then it has one case and one trial.
[[nodiscard]] bool SendsStdin(const Scenario& scenario);

// What its author would type: the examples of the steps that send standard input, one after the
// other; empty where there is none.
[[nodiscard]] std::string InputExample(const Scenario& scenario);

}  // namespace tcplab
