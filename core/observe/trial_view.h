// A trace sorted by who did what: the step between raw events and observations.
//
// Everything is cut at the freeze: an event that ended later is in flight, or never was. Client and
// connection are joined by address, port and n-th use of that port.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/scenario/scenario.h"
#include "core/trace/trial_trace.h"

namespace tcplab {

// An event and the recorder that keeps its data. Points into the trace.
struct EventRef {
  const Event* event = nullptr;
  const RecorderTrace* recorder = nullptr;
  [[nodiscard]] std::string_view data() const { return recorder->Data(*event); }
  const Event* operator->() const { return event; }
};

// One connect of a client, and the life of what it made.
struct Attempt {
  std::int64_t begin_ns = 0;
  std::optional<std::int64_t> established_ns;  // when the client knew
  ErrorCode error = ErrorCode::kNone;          // why it failed
  bool by_kernels_word = false;                // established, and the client did not know yet
  bool deadline_passed = false;                // the script's own
  std::string local;                           // encoded address; empty: not known
  std::uint8_t socket = 0;                     // of the client's
  // Which server it went to; nothing: to a socket of a script, or an address of its own.
  std::optional<std::size_t> server = 0;
  std::vector<EventRef> events;           // of that socket, from the connect to the next one
  std::optional<std::size_t> connection;  // into TrialView::connections
};

struct ClientFacts {
  std::vector<EventRef> events;        // finished by the freeze, in order
  std::optional<EventRef> open;        // in flight at the freeze
  std::optional<EventRef> later_step;  // the first step that ended after the freeze
  std::optional<EventRef> state;       // where it stood: a kState event
  std::vector<Attempt> attempts;
  std::optional<std::int64_t> first_begin_ns;  // of anything it did

  // The last connect of the socket that connected first: the client's, where one is meant. Null
  // before there is any.
  [[nodiscard]] const Attempt* last_attempt() const;

  [[nodiscard]] SocketState socket_state() const {
    return state ? static_cast<SocketState>((*state)->result) : SocketState::kNotStarted;
  }
};

struct ConnectionFacts {
  std::size_t server = 0;  // whose it is: its place among the case's servers
  std::int64_t accepted_ns = 0;
  bool before_freeze = false;  // accepted for a script, and not found at the drain
  std::string peer;            // encoded address
  std::vector<EventRef> events;
  std::vector<EventRef> stream;  // those of them that are of the connection's own socket
  std::optional<EventRef> open;
  std::optional<EventRef> later_step;
  std::optional<EventRef> state;
  bool ours = false;  // a client of ours has its address, though no connect that counts
  std::optional<std::size_t> client;   // of ours
  std::optional<std::size_t> attempt;  // of that client's
};

// The accept queues of a server's listeners together, by the kernel's word, before the drain.
struct AcceptQueues {
  std::int64_t at_ns = 0;  // when the first was read
  std::int64_t length = 0;
  std::int64_t limit = 0;
};

struct ServerFacts {
  std::optional<std::int64_t> first_accept_ns;  // when the first accept was called
  std::optional<std::int64_t> closed_ns;        // when the listener was closed by the scenario
  std::optional<AcceptQueues> queue;
};

struct TrialView {
  std::int64_t go_ns = 0;
  std::int64_t freeze_ns = 0;
  bool foreign_server = false;  // somebody else's: what it saw is not known
  std::int64_t drained_ns = 0;  // when the last accept of the drain ended
  std::vector<ClientFacts> clients;
  std::vector<ServerFacts> servers;
  // Of all servers, in the order of accept. The first `accepted` of them were accepted for a
  // script.
  std::vector<ConnectionFacts> connections;
  std::size_t accepted = 0;
};

// Whether the trace is of so many servers as the case has; a view needs that.
[[nodiscard]] Status CheckServers(const Case& a_case, const TrialTrace& trace);

// `trace` must outlive the view, and have been verified.
[[nodiscard]] TrialView BuildTrialView(const Case& a_case, const TrialTrace& trace);

}  // namespace tcplab
