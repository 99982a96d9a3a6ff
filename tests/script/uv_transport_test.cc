// A server's connection on libuv's own streams.
#include "core/script/uv_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "core/script/loop_host.h"
#include "tests/script/fake_transport.h"
#include "tests/support/loopback.h"

namespace tcplab {
namespace {

using testing::ElementsAre;

// A libuv listener whose first connection is served by one script; a test plays the client.
class UvTransportTest : public testing::Test {
 protected:
  UvTransportTest() {
    uv_tcp_init(loop_.get(), listener_.get());
    listener_.set_open();
    listener_.set_owner(this);
    sockaddr_storage storage{};
    Loopback().ToSockaddr(storage);
    EXPECT_EQ(uv_tcp_bind(listener_.get(), reinterpret_cast<sockaddr*>(&storage), 0), 0);
    EXPECT_EQ(uv_listen(reinterpret_cast<uv_stream_t*>(listener_.get()), 8,
                        [](uv_stream_t* handle, int status) {
                          EXPECT_EQ(status, 0);
                          static_cast<UvTransportTest*>(handle->data)->OnConnection();
                        }),
              0);
    int length = sizeof storage;
    EXPECT_EQ(uv_tcp_getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&storage), &length),
              0);
    address_ = Address::FromSockaddr(storage);
  }

  // Serves one connection with `steps` while `client` plays the other side on its own thread.
  std::vector<std::string> Serve(std::string_view steps,
                                 const std::function<void(TestSocket&)>& client,
                                 std::size_t buffer = 4096) {
    program_ = std::make_unique<Program>(ScriptOf(steps, ScriptRole::kHandler));
    buffer_ = buffer;
    std::thread peer([&] {
      TestSocket socket = ConnectTo(address_);
      client(socket);
    });
    loop_.Run();
    peer.join();
    return StepWords(recorder_.Take());
  }

  [[nodiscard]] std::int64_t SumOf(Op op) const {
    std::int64_t sum = 0;
    for (const Event& event : recorder_.Take().events) {
      if (event.op == op && event.result > 0) sum += event.result;
    }
    return sum;
  }

  Loop loop_;
  SignalBoard signals_{[](const std::string&) {}};
  LoopHost host_{loop_, signals_};
  Recorder recorder_{{.events = 4096, .addresses = 8, .payload = 1 << 16}};
  RecordedCalls calls_{recorder_};
  Address address_;

 private:
  void OnConnection() {
    auto transport = std::make_unique<UvTransport>(loop_, calls_, buffer_);
    ASSERT_TRUE(transport->AcceptFrom(listener_.get(), 4).ok());
    Actor::Setup setup;
    setup.number = 4;
    setup.is_handler = true;
    setup.program = program_.get();
    sockets_.push_back(std::move(transport));
    setup.sockets = &sockets_;
    setup.signals = &signals_;
    setup.recorder = &recorder_;
    setup.view = &view_;
    setup.frozen = &frozen_;
    actor_ = std::make_unique<LoopActor>(host_, setup, [this] {
      CloseAll(sockets_, 4);
      loop_.Stop();
    });
    actor_->Start();
  }

  Handle<uv_tcp_t> listener_;
  std::size_t buffer_ = 4096;
  std::unique_ptr<Program> program_;
  ActorView view_;
  std::atomic<bool> frozen_{false};
  Sockets sockets_;
  std::unique_ptr<LoopActor> actor_;
};

TEST_F(UvTransportTest, AcceptIsRecordedWithThePeersAddress) {
  Address client_address;
  Serve("[]", [&](TestSocket& client) { SysGetSockName(client.get(), client_address); });
  const RecorderTrace trace = recorder_.Take();
  const Event& accept = trace.events.at(0);
  EXPECT_EQ(accept.op, Op::kAccept);
  EXPECT_EQ(accept.argument, 4U);
  EXPECT_EQ(accept.actor, kListenerActor);
  EXPECT_EQ(Address::Decode(trace.Data(accept)), client_address);
}

TEST_F(UvTransportTest, AnswersAMessage) {
  std::string answer;
  const auto steps =
      Serve(R"([{"recv": {"until": "\n"}}, {"reply": "uppercase"}])", [&](TestSocket& client) {
        WriteBytes(client.get(), "ciao\n");
        answer = ReadBytes(client.get(), SIZE_MAX);
      });
  EXPECT_THAT(steps, ElementsAre("0:ok 5", "1:ok 5"));
  EXPECT_EQ(answer, "CIAO\n");
}

TEST_F(UvTransportTest, WhatOneCallbackBroughtServesSeveralSteps) {
  const auto steps =
      Serve(R"([{"recv": {"until": "\n"}}, {"recv": {"until": "\n"}}, {"recv": {"until": "eof"}},
                {"recv": {}}])",
            [](TestSocket& client) { WriteBytes(client.get(), "a\nbb\nccc"); });
  EXPECT_THAT(steps, ElementsAre("0:ok 2", "1:ok 3", "2:ok 3", "3:eof"));
}

TEST_F(UvTransportTest, ResetIsItsError) {
  const auto steps =
      Serve(R"([{"recv": {"until": 1}}, {"send": "k"}, {"recv": {}}])", [](TestSocket& client) {
        WriteBytes(client.get(), "x");
        EXPECT_EQ(ReadBytes(client.get(), 1), "k");
        client.Abort();
      });
  EXPECT_EQ(steps.back(), "2:ECONNRESET");
}

// uv_try_write takes what fits; the rest goes by uv_write, whose end is a callback.
TEST_F(UvTransportTest, PayloadLargerThanTheBuffersIsSentAndRecordedWhole) {
  constexpr std::size_t kBytes = 8'000'000;
  std::size_t got = 0;
  const auto steps = Serve(R"([{"send": {"bytes": 8000000}}])", [&](TestSocket& client) {
    got = ReadBytes(client.get(), SIZE_MAX).size();
  });
  EXPECT_THAT(steps, ElementsAre("0:ok 8000000"));
  EXPECT_EQ(got, kBytes);
  EXPECT_EQ(SumOf(Op::kSend), static_cast<std::int64_t>(kBytes)) << "or bytes are not conserved";
}

TEST_F(UvTransportTest, ShutdownEndsTheStreamForThePeer) {
  const auto steps =
      Serve(R"([{"shutdown": "write"}, {"recv": {"until": "eof"}}])", [](TestSocket& client) {
        EXPECT_EQ(ReadBytes(client.get(), 1), "");
        WriteBytes(client.get(), "late");
      });
  EXPECT_THAT(steps, ElementsAre("0:ok", "1:ok 4"));
}

TEST_F(UvTransportTest, OnlyTheWriteSideCanBeShutDown) {
  const auto steps = Serve(R"([{"shutdown": "both"}])", [](TestSocket&) {});
  EXPECT_THAT(steps, ElementsAre("0:ENOTSUP"));
}

TEST_F(UvTransportTest, StepsAfterACloseAreSkipped) {
  const auto steps = Serve(R"([{"close": {}}, {"send": "x"}, {"recv": {}}, {"shutdown": {}},
                               {"set": {"TCP_NODELAY": true}}])",
                           [](TestSocket&) {});
  EXPECT_THAT(steps, ElementsAre("0:ok", "1:skipped", "2:skipped", "3:skipped", "4:skipped"));
}

TEST_F(UvTransportTest, OptionsAreSetOnItsSocket) {
  const auto steps =
      Serve(R"([{"set": {"TCP_NODELAY": true}}, {"set": {"SO_NOSIGPIPE": true}}, {"abort": {}}])",
            [](TestSocket&) {});
  EXPECT_THAT(steps, ElementsAre("0:ok", "1:unsupported", "2:ok"));
}

// libuv reads on by itself; what no step has asked for yet is kept.
TEST_F(UvTransportTest, WhatComesDuringAPauseIsThereAfterIt) {
  const auto steps = Serve(R"([{"recv": {"until": 1}}, {"sleep": 3}, {"recv": {"until": 6}}])",
                           [](TestSocket& client) {
                             WriteBytes(client.get(), "a");
                             WriteBytes(client.get(), "bcdefg");
                             ReadBytes(client.get(), 1);
                           });
  EXPECT_THAT(steps, ElementsAre("0:ok 1", "1:ok", "2:ok 6"));
  EXPECT_EQ(SumOf(Op::kRecv), 7);
}

// The transport may be gone before libuv is through with its requests.
TEST_F(UvTransportTest, MayGoWhileLibuvStillHoldsARequest) {
  TestSocket client;
  {
    UvTransport transport(loop_, calls_, 4096);
    Handle<uv_tcp_t> listener;
    uv_tcp_init(loop_.get(), listener.get());
    listener.set_open();
    sockaddr_storage storage{};
    Loopback().ToSockaddr(storage);
    uv_tcp_bind(listener.get(), reinterpret_cast<sockaddr*>(&storage), 0);
    struct Waiting {
      UvTransport& transport;
      Loop& loop;
      Handle<uv_tcp_t>& listener;
    } waiting{transport, loop_, listener};
    listener.set_owner(&waiting);
    ASSERT_EQ(uv_listen(reinterpret_cast<uv_stream_t*>(listener.get()), 8,
                        [](uv_stream_t* handle, int) {
                          auto& with = *static_cast<Waiting*>(handle->data);
                          EXPECT_TRUE(with.transport.AcceptFrom(with.listener.get(), 0).ok());
                          with.loop.Stop();
                        }),
              0);
    int length = sizeof storage;
    uv_tcp_getsockname(listener.get(), reinterpret_cast<sockaddr*>(&storage), &length);
    client = ConnectTo(Address::FromSockaddr(storage));
    loop_.Run();
    const std::string much(8'000'000, 'x');
    while (transport.Send({}, much, {Op::kSend}).ok()) {  // until libuv has to keep the rest
    }
    EXPECT_TRUE(transport.Shutdown({}, ShutdownSide::kWrite).ok());
    EXPECT_TRUE(transport.Close({}).ok());
  }
  client.Close();
  AsyncWake last(loop_, [this] { loop_.Stop(); });
  last.Send();
  loop_.Run();  // libuv gives the requests back
}

}  // namespace
}  // namespace tcplab
