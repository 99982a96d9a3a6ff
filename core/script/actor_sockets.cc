// What an actor's steps make of sockets: opening, naming, connecting, accepting, ending, options.
#include <utility>

#include "core/script/actor.h"

namespace tcplab {
namespace {

const Address& AnyLoopbackPort() {
  static const Address kAddress = Address::Parse("127.0.0.1", 0).value_or(Address());
  return kAddress;
}

}  // namespace

CallResult Actor::OpenSocket(bool ipv6) {
  state().bound = false;
  return transport().Open(context(), ipv6);
}

// What is not given stays as `otherwise` has it; nothing when the address cannot be known: no such
// server here, or a socket that is not open.
std::optional<Address> Actor::Resolve(const Endpoint& endpoint, const Address* otherwise) {
  std::optional<Address> address;
  if (!endpoint.whose) {
    if (otherwise != nullptr) address = *otherwise;
  } else if (endpoint.whose->socket) {
    Transport& owner = transport(*endpoint.whose->socket);
    Address local;
    const EventContext at{setup_.number, static_cast<std::uint16_t>(pc_), *endpoint.whose->socket};
    if (owner.is_open() && owner.LocalAddress(at, local).ok()) address = local;
  } else if (setup_.targets != nullptr) {
    const Address* const server = setup_.targets->Find(endpoint.whose->server);
    if (server != nullptr) address = *server;
  }
  const bool lacks_address = !address && !endpoint.address;
  if (lacks_address) return std::nullopt;
  const std::uint16_t port = endpoint.port.value_or(address ? address->port() : 0);
  if (!endpoint.address) {
    address->set_port(port);
    return address;
  }
  const Result<Address> parsed = Address::Parse(*endpoint.address, port);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

Actor::Progress Actor::Do(const ConnectStep& step) {
  if (!waiting_) return BeginConnect(step);
  if (wake_ == Wake::kDeadline) {
    // Left open, the connection would be made later by itself, after the script has gone on.
    transport().Close(context());
    state().connect_failed = true;
    return Outcome::Of(Outcome::Kind::kTimeout);
  }
  return EndConnect(transport().ConcludeConnect(context()));
}

// A client that has an address of its own binds to it, to no port yet where the system can leave
// that to connect(2): the same port can then be used for several targets (ip(7),
// IP_BIND_ADDRESS_NO_PORT).
CallResult Actor::BindToSource() {
  const Result<CallResult> later = transport().SetOption(context(), "IP_BIND_ADDRESS_NO_PORT", 1);
  static_cast<void>(later);  // without it the port is chosen by bind, which is as good
  const CallResult result = transport().Bind(context(), setup_.source);
  state().bound = result.ok();
  return result;
}

Actor::Progress Actor::BeginConnect(const ConnectStep& step) {
  const Address* const first = setup_.targets == nullptr ? nullptr : setup_.targets->Find({});
  const std::optional<Address> target = Resolve(step.to, first);
  if (!target) return Outcome::Of(Outcome::Kind::kSkipped);
  if (!transport().is_open()) {
    const CallResult opened = OpenSocket(target->is_ipv6());
    if (!opened.ok()) return EndConnect(opened);
  }
  if (setup_.source.valid() && !state().bound) {
    const CallResult bound = BindToSource();
    if (!bound.ok()) return EndConnect(bound);
  }
  ActorView& view = *setup_.view;
  if (!view.connecting.load(std::memory_order_relaxed)) view.primary.store(socket_);
  const bool had_connected = view.connecting.exchange(true, std::memory_order_seq_cst);
  if (setup_.frozen->load(std::memory_order_seq_cst)) {
    view.connecting.store(had_connected, std::memory_order_seq_cst);
    return Wait{Wait::For::kHalted};
  }
  const CallResult result = transport().Connect(context(), *target, step.timeout_ms.has_value());
  if (result.error == errors::kInProgress || result.error == errors::kInterrupted) {
    return Until(Wait::For::kWritable, DeadlineOf(step.timeout_ms));
  }
  return EndConnect(result);
}

Actor::Progress Actor::EndConnect(const CallResult& result) {
  state().connect_failed = !result.ok();
  if (result.ok()) {
    transport().Established(context());
    if (IsPrimary()) {
      setup_.view->unheard_since_ns.store(setup_.recorder->last_end_ns(),
                                          std::memory_order_relaxed);
    }
  }
  return FromCall(result);
}

bool Actor::IsPrimary() const {
  return setup_.view->primary.load(std::memory_order_relaxed) == socket_;
}

// --- listening sockets of a script
// -------------------------------------------------------------------------------------

Actor::Progress Actor::Do(const BindStep& step) {
  const std::optional<Address> address = Resolve(step.to, &AnyLoopbackPort());
  if (!address) return Outcome::Of(Outcome::Kind::kSkipped);
  if (!transport().is_open()) {
    const CallResult opened = OpenSocket(address->is_ipv6());
    if (!opened.ok()) return Outcome::Failed(opened.error);
  }
  const CallResult result = transport().Bind(context(), *address);
  state().bound = state().bound || result.ok();
  return FromCall(result);
}

Actor::Progress Actor::Do(const ListenStep& step) {
  if (!state().bound) {
    // Unbound, it would listen on every address of the machine.
    if (!transport().is_open()) {
      const CallResult opened = OpenSocket(false);
      if (!opened.ok()) return Outcome::Failed(opened.error);
    }
    const CallResult bound = transport().Bind(context(), AnyLoopbackPort());
    if (!bound.ok()) return Outcome::Failed(bound.error);
    state().bound = true;
  }
  return FromCall(transport().Listen(context(), step.backlog));
}

Actor::Progress Actor::Do(const AcceptStep& step) {
  if (!transport().is_open()) return Outcome::Of(Outcome::Kind::kSkipped);
  Transport& into = transport(step.as);
  if (!waiting_ && into.is_open()) {
    into.Close({setup_.number, static_cast<std::uint16_t>(pc_), step.as});
  }
  for (;;) {
    const std::int64_t deadline_ns = DeadlineOf(step.timeout_ms);
    if (wake_ == Wake::kDeadline) return Outcome::Of(Outcome::Kind::kTimeout);
    const bool wait_first = !transport().blocking() || deadline_ns != 0;
    if (wait_first && wake_ != Wake::kReady) return Until(Wait::For::kReadable, deadline_ns);
    wake_ = Wake::kStart;
    const CallResult result = transport().Accept(context(), into, step.as);
    if (result.error == errors::kInterrupted || result.error == errors::kAgain) continue;
    if (!result.ok()) return Outcome::Failed(result.error);
    states_[step.as] = {};
    states_[step.as].bound = true;
    return Outcome::Ok();
  }
}

Actor::Progress Actor::Do(const ShutdownStep& step) {
  if (!HasConnection()) return Outcome::Of(Outcome::Kind::kSkipped);
  const ShutdownSide side = step.how == ShutdownHow::kRead    ? ShutdownSide::kRead
                            : step.how == ShutdownHow::kWrite ? ShutdownSide::kWrite
                                                              : ShutdownSide::kBoth;
  return FromCall(transport().Shutdown(context(), side));
}

Actor::Progress Actor::Do(const CloseStep& /*step*/) {
  if (!transport().is_open()) return Outcome::Of(Outcome::Kind::kSkipped);
  ForgetConnection();  // the next connect makes a new socket
  return FromCall(transport().Close(context()));
}

Actor::Progress Actor::Do(const AbortStep& /*step*/) {
  if (!transport().is_open()) return Outcome::Of(Outcome::Kind::kSkipped);
  ForgetConnection();
  const CallResult lingering = transport().LingerZero(context());
  const CallResult closed = transport().Close(context());
  return FromCall(lingering.ok() ? closed : lingering);
}

// Of which family the socket will have to be: that of the next connect or bind of the script on it.
bool Actor::WillBeIpv6() {
  const Address* const first = setup_.targets == nullptr ? nullptr : setup_.targets->Find({});
  for (std::size_t pc = pc_ + 1; pc < setup_.program->size(); ++pc) {
    const Step& step = setup_.program->step(pc);
    if (step.socket != socket_) continue;
    const auto* const connect = std::get_if<ConnectStep>(&step.action);
    const auto* const bind = std::get_if<BindStep>(&step.action);
    if (connect == nullptr && bind == nullptr) continue;
    const std::optional<Address> address =
        connect != nullptr ? Resolve(connect->to, first) : Resolve(bind->to, nullptr);
    return address && address->is_ipv6();
  }
  return first != nullptr && first->is_ipv6();
}

Actor::Progress Actor::Do(const SetStep& step) {
  if (state().connect_failed) return Outcome::Of(Outcome::Kind::kSkipped);
  if (!transport().is_open()) {
    // An option comes before connect or bind; a handler that has closed has nothing to set.
    if (setup_.is_handler && socket_ == kMainSocket) return Outcome::Of(Outcome::Kind::kSkipped);
    const CallResult opened = OpenSocket(WillBeIpv6());
    if (!opened.ok()) return Outcome::Failed(opened.error);
  }
  for (const SetStep::Option& option : step.options) {
    const Result<CallResult> result =
        option.text.empty() ? transport().SetOption(context(), option.name, option.value)
                            : transport().SetTextOption(context(), option.name, option.text);
    if (!result) return Outcome::Of(Outcome::Kind::kUnsupported);
    if (!result->ok()) return Outcome::Failed(result->error);
  }
  return Outcome::Ok();
}

Actor::Progress Actor::Do(const GetStep& step) {
  if (!transport().is_open()) return Outcome::Of(Outcome::Kind::kSkipped);
  Result<OptionValue> got = transport().GetOption(context(), step.name);
  if (!got) return Outcome::Of(Outcome::Kind::kUnsupported);
  if (!got->call.ok()) return Outcome::Failed(got->call.error);
  text_ = std::move(got->text);
  return text_.empty() ? Outcome::Bytes(got->call.value) : Outcome::Of(Outcome::Kind::kText);
}

Actor::Progress Actor::Do(const SampleStep& step) {
  if (!transport().is_open()) return Outcome::Of(Outcome::Kind::kSkipped);
  const Result<CallResult> result = transport().Sample(context(), step.field);
  if (!result) return Outcome::Of(Outcome::Kind::kUnsupported);
  if (!result->ok()) return Outcome::Failed(result->error);
  Outcome outcome = Outcome::Bytes(result->value);
  if (step.field == "state") outcome.kind = Outcome::Kind::kTcpState;
  return outcome;
}

}  // namespace tcplab
