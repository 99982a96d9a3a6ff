// A script made ready to run: payloads built and touched, nothing left to parse or allocate for a
// send.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/net/recorded_calls.h"
#include "core/scenario/step.h"

namespace tcplab {

// Immutable after it is made; shared by all actors that run the same script.
class Program {
 public:
  explicit Program(Script script);

  [[nodiscard]] std::size_t size() const { return script_.size(); }
  [[nodiscard]] const Step& step(std::size_t pc) const { return script_[pc]; }
  // The bytes that the send step at `pc` sends; empty for other steps.
  [[nodiscard]] std::string_view payload(std::size_t pc) const { return payloads_[pc]; }
  // How the send or recv step at `pc` makes its calls; nothing where the platform lacks one of its
  // flags.
  struct Mode {
    MessageMode call;
    bool dont_wait = false;  // MSG_DONTWAIT: EAGAIN is what the step came to
  };
  [[nodiscard]] const std::optional<Mode>& mode(std::size_t pc) const { return modes_[pc]; }
  // How many sockets the script names.
  [[nodiscard]] std::size_t socket_count() const { return socket_count_; }
  // The largest buffer of any recv step, in bytes.
  [[nodiscard]] std::size_t recv_buffer() const { return recv_buffer_; }

 private:
  Script script_;
  std::vector<std::string> payloads_;
  std::vector<std::optional<Mode>> modes_;
  std::size_t socket_count_;
  std::size_t recv_buffer_ = 0;
};

// What the actors of a script may record at the most, so that a recorder is made large enough
// beforehand. Counts saturate; a loop without a number of rounds counts as long as its steps can
// still receive.
struct TraceBound {
  std::size_t events = 0;
  std::size_t addresses = 0;
  std::size_t connections = 0;  // connects, each of which may become a connection at the server
  std::size_t sent_bytes = 0;
  std::size_t reply_bytes = 0;  // by which its replies are longer than what they answer
  std::size_t received_bytes =
      0;  // what came in, and what it sent from one of its sockets to another
};
// `incoming_bytes`: how many bytes may reach the actor at the most; each may be a recv of its own.
[[nodiscard]] TraceBound BoundOf(const Script& script, std::size_t incoming_bytes);

}  // namespace tcplab
