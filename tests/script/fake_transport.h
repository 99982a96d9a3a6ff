// A transport whose answers a test writes beforehand, and an actor that runs a script on it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/scenario/loader.h"
#include "core/script/actor.h"
#include "core/script/transport.h"

namespace tcplab {

// Answers "ok" (to send: all of it; to recv: EAGAIN) unless a test queued something else. Keeps a
// list of the calls that were made: "connect", "send 5", "recv 4096".
class FakeTransport final : public Transport {
 public:
  bool blocks = true;
  bool waits_for_recv = false;
  std::vector<std::string> calls;
  std::vector<MessageMode> modes;  // of every send and recv
  std::string sent;
  std::string option_text;           // what GetOption finds
  Address local;                     // what LocalAddress finds
  std::function<void()> on_connect;  // called within Connect

  // The next answer to a call of this name that has none yet.
  FakeTransport& Answer(const std::string& call, std::int64_t value) {
    answers_[call].push_back({value, ErrorCode::kNone});
    return *this;
  }
  FakeTransport& Fail(const std::string& call, std::string_view error) {
    answers_[call].push_back({-1, ErrorCodeOf(error)});
    return *this;
  }
  // The next recv that is answered with bytes; an empty piece is the end of the stream.
  FakeTransport& Piece(std::string bytes) {
    Answer("recv", static_cast<std::int64_t>(bytes.size()));
    pieces_.push_back(std::move(bytes));
    return *this;
  }
  FakeTransport& Pieces(const std::vector<std::string>& pieces) {
    for (const std::string& piece : pieces) Piece(piece);
    return *this;
  }
  FakeTransport& Adopted() {
    open_ = true;
    return *this;
  }

  [[nodiscard]] bool is_open() const override { return open_; }
  [[nodiscard]] bool blocking() const override { return blocks; }
  [[nodiscard]] bool waits_before_recv() const override { return waits_for_recv; }

  CallResult Open(const EventContext&, bool) override {
    const CallResult result = Next("open", 3);
    open_ = result.ok();
    return result;
  }
  CallResult Connect(const EventContext&, const Address&, bool bounded) override {
    if (on_connect) on_connect();
    return Next("connect", 0, bounded ? "connect bounded" : "connect");
  }
  CallResult ConcludeConnect(const EventContext&) override { return Next("conclude", 0); }
  void Established(const EventContext&) override { calls.emplace_back("established"); }
  CallResult Bind(const EventContext&, const Address& address) override {
    return Next("bind", 0, "bind " + address.ToString());
  }
  CallResult Listen(const EventContext&, int backlog) override {
    return Next("listen", 0, "listen " + std::to_string(backlog));
  }
  CallResult Accept(const EventContext&, Transport& into, std::uint32_t number) override {
    const CallResult result = Next("accept", 7, "accept " + std::to_string(number));
    if (result.ok()) into.Adopt(static_cast<NativeSocket>(result.value));
    return result;
  }
  CallResult LocalAddress(const EventContext&, Address& address) override {
    address = local;
    return Next("local", 0);
  }
  void Adopt(NativeSocket) override { open_ = true; }
  CallResult Recv(const EventContext&, std::span<char> buffer, const MessageMode& mode) override {
    modes.push_back(mode);
    const CallResult result = Next("recv", std::nullopt, "recv " + std::to_string(buffer.size()));
    if (!result.ok()) return result;
    std::string& piece = pieces_.front();
    const std::size_t size = std::min(buffer.size(), piece.size());
    std::copy_n(piece.begin(), size, buffer.begin());
    piece.erase(0, size);
    if (piece.empty()) {
      pieces_.pop_front();
    } else {
      answers_["recv"].push_front({static_cast<std::int64_t>(piece.size()), ErrorCode::kNone});
    }
    return {static_cast<std::int64_t>(size), ErrorCode::kNone};
  }
  CallResult Send(const EventContext&, std::string_view bytes, const MessageMode& mode) override {
    modes.push_back(mode);
    const CallResult result = Next("send", static_cast<std::int64_t>(bytes.size()),
                                   "send " + std::to_string(bytes.size()));
    if (result.ok()) sent += bytes.substr(0, static_cast<std::size_t>(result.value));
    return result;
  }
  CallResult Shutdown(const EventContext&, ShutdownSide side) override {
    return Next("shutdown", 0, "shutdown " + std::to_string(static_cast<int>(side)));
  }
  CallResult Close(const EventContext&) override {
    open_ = false;
    return Next("close", 0);
  }
  CallResult LingerZero(const EventContext&) override { return Next("linger", 0); }
  Result<CallResult> SetOption(const EventContext&, std::string_view name,
                               std::int64_t value) override {
    const std::string call = "set " + std::string(name) + " " + std::to_string(value);
    if (name == "SO_NOSIGPIPE") {
      calls.push_back(call);
      return tcplab::Fail(ErrorKind::kUnsupported, "this platform has no such option");
    }
    return Next("set", 0, call);
  }
  Result<CallResult> SetTextOption(const EventContext&, std::string_view name,
                                   std::string_view text) override {
    return Next("set", 0, "set " + std::string(name) + " " + std::string(text));
  }
  Result<OptionValue> GetOption(const EventContext&, std::string_view name) override {
    return OptionValue{Next("get", 0, "get " + std::string(name)), option_text};
  }
  Result<CallResult> Sample(const EventContext&, std::string_view field) override {
    return Next("sample", 0, "sample " + std::string(field));
  }
  CallResult WaitReady(const EventContext&, Ready, std::int64_t) override { return {1, {}}; }
  void Arm(Ready) override {}
  void Disarm() override {}

 private:
  CallResult Next(const std::string& call, std::optional<std::int64_t> otherwise,
                  const std::string& said = {}) {
    calls.push_back(said.empty() ? call : said);
    std::deque<CallResult>& queued = answers_[call];
    if (queued.empty()) {
      return otherwise ? CallResult{*otherwise, ErrorCode::kNone} : CallResult{-1, errors::kAgain};
    }
    const CallResult result = queued.front();
    queued.pop_front();
    return result;
  }

  bool open_ = false;
  std::map<std::string, std::deque<CallResult>> answers_;
  std::deque<std::string> pieces_;
};

// Steps as the language writes them: R"([{"connect": {}}, {"send": "x"}])".
inline Script ScriptOf(std::string_view steps, ScriptRole role = ScriptRole::kClient) {
  Result<Script> script = LowerScript(nlohmann::json::parse(steps), role, 0);
  EXPECT_TRUE(script) << script.error().message;
  return script ? std::move(*script) : Script{};
}

// "step:outcome" of every step that is recorded, in order: "0:ok", "1:ok 5".
inline std::vector<std::string> StepWords(const RecorderTrace& trace) {
  std::vector<std::string> words;
  for (const Event& event : trace.events) {
    if (event.op != Op::kStep) continue;
    Outcome outcome;
    outcome.kind = static_cast<Outcome::Kind>(event.argument);
    if (outcome.kind == Outcome::Kind::kError) {
      outcome.error = event.error();
    } else {
      outcome.value = event.result;  // of an option it may be negative
    }
    words.push_back(std::to_string(event.step) + ":" + outcome.Word());
  }
  return words;
}

// An actor on a fake transport. Its signals, recorder, view and freeze are at hand.
class Stage {
  static Sockets FakeSockets(std::size_t count) {
    Sockets sockets;
    for (std::size_t i = 0; i < count; ++i) sockets.push_back(std::make_unique<FakeTransport>());
    return sockets;
  }

  Program program_;
  Sockets sockets_;

 public:
  explicit Stage(std::string_view steps)
      : program_(ScriptOf(steps)), sockets_(FakeSockets(program_.socket_count())) {}

  FakeTransport& Socket(std::size_t i) { return static_cast<FakeTransport&>(*sockets_.at(i)); }
  std::vector<std::string> given;  // signals that the actor gave
  SignalBoard signals{[this](const std::string& name) { given.push_back(name); }};
  // Standard input: each piece comes as soon as it is asked for; without one it is waited for.
  std::deque<std::string> input_pieces;
  int input_asked = 0;
  LiveInput input{[this] {
    ++input_asked;
    if (input_pieces.empty()) return;
    input.Deliver(input_pieces.front());
    input_pieces.pop_front();
  }};
  Recorder recorder{{.events = 4096, .addresses = 8, .payload = 0}};
  ActorView view{program_.socket_count()};
  std::atomic<bool> frozen{false};
  FakeTransport& transport = Socket(0);  // of the main socket

  Wait Resume(Wake wake = Wake::kStart) {
    if (actor_ == nullptr) {
      Actor::Setup setup;
      setup.number = 6;
      setup.program = &program_;
      setup.targets = &targets_;
      setup.sockets = &sockets_;
      setup.signals = &signals;
      setup.input = &input;
      setup.recorder = &recorder;
      setup.view = &view;
      setup.frozen = &frozen;
      actor_ = std::make_unique<Actor>(setup);
    }
    return actor_->Resume(wake);
  }
  // Runs a script that never has to wait, and returns its outcomes.
  std::vector<std::string> Run() {
    const Wait wait = Resume();
    EXPECT_EQ(wait.what, Wait::For::kDone);
    return Steps();
  }
  [[nodiscard]] std::vector<std::string> Steps() const { return StepWords(recorder.Take()); }
  [[nodiscard]] std::vector<Event> EventsOf(Op op) const {
    std::vector<Event> events;
    for (const Event& event : recorder.Take().events) {
      if (event.op == op) events.push_back(event);
    }
    return events;
  }

 private:
  Targets targets_{{{"server", *Address::Parse("127.0.0.1", 9)}}};
  std::unique_ptr<Actor> actor_;
};

}  // namespace tcplab
