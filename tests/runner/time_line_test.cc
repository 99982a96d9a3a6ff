// One trial as a list of rows, from traces made by hand.
#include "runner/time_line.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "runner/actor_calls.h"
#include "tests/support/trace_builder.h"

namespace tcplab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string Shown(const TimeLineRow& row) {
  std::string fold = row.more == 0 ? "" : fmt::format(" x{} until {:.2f}", row.more, row.until_ms);
  if (row.longest_ns > 0) fold += " up to " + DurationInWords(row.longest_ns);
  return fmt::format("{:.2f} {}: {}{}", row.ms, row.who, row.what, fold);
}

std::vector<std::string> Shown(const std::vector<TimeLineRow>& rows) {
  std::vector<std::string> shown;
  for (const TimeLineRow& row : rows) shown.push_back(Shown(row));
  return shown;
}

std::vector<std::string> RowsOf(const TraceBuilder& trial, const Case& a_case,
                                bool every_event = false) {
  return Shown(BuildTimeLine(a_case, trial.Build(), every_event).rows);
}

std::vector<std::string> LastRowsOf(const TraceBuilder& trial, const Case& a_case) {
  return Shown(BuildTimeLine(a_case, trial.Build(), false).last_rows);
}

// Rows of a trial with one client, whose script is `script`.
std::vector<std::string> RowsOf(const TraceBuilder& trial, std::string_view script = "[]") {
  return RowsOf(trial, CaseOf(1, script));
}

TEST(TimeLine, TellsBothSidesInTheOrderOfTime) {
  TraceBuilder trial(2);
  trial.Client(0).At(1).Connects(5000).Sends(5).At(3).Receives("CIAO\n");
  trial.Client(1).At(2).ConnectFails("ECONNREFUSED");
  trial.Connection(0).At(1.5).Accepts(5000).Receives("ciao\n").Sends(5).At(4).ReadsEof();
  const TimeLine line = BuildTimeLine(CaseOf(2), trial.Build(), false);
  EXPECT_THAT(Shown(line.rows),
              ElementsAre("1.00 client 0: connect -> ok (0.010 ms)", "1.02 client 0: send 5 -> 5",
                          "1.51 server: accept -> connection 0 (client 0)",
                          R"(1.52 conn 0: recv 4096 -> 5 "ciao\n")", "1.52 conn 0: send 5 -> 5",
                          "2.00 client 1: connect -> ECONNREFUSED (0.010 ms)",
                          R"(3.01 client 0: recv 4096 -> 5 "CIAO\n" )"
                          "(waited 1.98 ms)",
                          "4.01 conn 0: recv 4096 -> eof (waited 2.48 ms)"));
  EXPECT_EQ(line.rows.front().side, TimeLineRow::Side::kClients);
  EXPECT_EQ(line.rows[2].side, TimeLineRow::Side::kServer);
  EXPECT_EQ(line.rows[3].side, TimeLineRow::Side::kServer);
}

TEST(TimeLine, SaysOfACallThatBlockedWhatItWaited) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).Connects(5000).Lasting(20).Sends(65536).Lasting(500.1).RecvFails(
      "ECONNRESET");
  // What began something stands where it began too: the peer may have seen it long before it ended.
  EXPECT_THAT(RowsOf(trial), ElementsAre("1.00 client 0: connect -> ok (0.010 ms)",
                                         "1.02 client 0: send 65536 ...",
                                         "21.02 client 0: send 65536 -> 65536 (waited 20.00 ms)",
                                         "521.12 client 0: recv 4096 -> ECONNRESET (waited 500.1 "
                                         "ms)"));
}

TEST(TimeLine, PutsTheCallsOfAConnectTogether) {
  TraceBuilder trial(1);
  trial.Client(0)
      .At(1)
      .Call(Op::kSocket, 0, 7)
      .BeginsToConnect(5000)
      .Lasting(1000)
      .Call(Op::kPoll, 1, 1)
      .ConcludesConnect();
  EXPECT_THAT(RowsOf(trial), ElementsAre("1.01 client 0: connect ...",
                                         "1001.04 client 0: connect -> ok (waited 1000.0 ms)"));
}

TEST(TimeLine, ConcludesANonBlockingConnectByItsError) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).BeginsToConnect(5000).ConcludesConnect("ECONNREFUSED");
  EXPECT_THAT(RowsOf(trial), ElementsAre("1.00 client 0: connect -> ECONNREFUSED (0.030 ms)"));
}

TEST(TimeLine, SaysThatAConnectPassedItsDeadline) {
  TraceBuilder trial(1);
  trial.Client(0)
      .At(1)
      .BeginsToConnect(5000)
      .Lasting(99)
      .Call(Op::kPoll, 1, 0)
      .Call(Op::kClose, 0, 0)
      .Step(0, Outcome::Of(Outcome::Kind::kTimeout));
  EXPECT_THAT(RowsOf(trial, R"([{"connect": {"timeout_ms": 99}}])"),
              ElementsAre("1.00 client 0: connect ...",
                          "100.02 client 0: connect -> timeout (waited 99.02 ms)",
                          "100.02 client 0: close -> ok"));
}

TEST(TimeLine, KnowsTheDeadlineOfALoopByTheClose) {
  TraceBuilder trial(1);
  trial.Client(0)
      .At(1)
      .BeginsToConnect(5000)
      .At(100)
      .Call(Op::kClose, 0, 0)
      .Step(0, Outcome::Of(Outcome::Kind::kTimeout));
  EXPECT_THAT(RowsOf(trial, R"([{"connect": {"timeout_ms": 99}}])"),
              ElementsAre("1.00 client 0: connect ...",
                          "100.00 client 0: connect -> timeout (waited 99.00 ms)",
                          "100.00 client 0: close -> ok"));
}

TEST(TimeLine, CountsWhatAPollWaitedToItsRecv) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).Connects(5000).Lasting(300).Call(Op::kPoll, 0, 1).Receives("ciao\n");
  EXPECT_THAT(RowsOf(trial), ElementsAre("1.00 client 0: connect -> ok (0.010 ms)",
                                         R"(301.03 client 0: recv 4096 -> 5 "ciao\n" )"
                                         "(waited 300.0 ms)"));
}

TEST(TimeLine, TellsOfARecvThatGaveUp) {
  TraceBuilder trial(1);
  trial.Client(0)
      .At(1)
      .Connects(5000)
      .Of(1)
      .Lasting(1000)
      .Call(Op::kPoll, 0, 0)
      .Lasting(0)
      .Step(1, Outcome::Of(Outcome::Kind::kTimeout));
  // The step's event spans what the step took.
  TrialTrace trace = trial.Build();
  for (Event& event : trace.fleets[0].recorders[1].events) {
    if (event.op == Op::kStep) event.begin_ns = StampAt(1.02);
  }
  const Case a_case = CaseOf(1, R"([{"connect": {}}, {"recv": {"timeout_ms": 1000}}])");
  EXPECT_THAT(Shown(BuildTimeLine(a_case, trace, false).rows),
              ElementsAre("1.00 client 0: connect -> ok (0.010 ms)",
                          "1001.02 client 0: recv -> timeout (waited 1000.0 ms)"));
}

TEST(TimeLine, TellsOfStepsThatMadeNoCall) {
  TraceBuilder trial(1);
  trial.Client(0)
      .At(1)
      .ConnectFails("ECONNREFUSED")
      .Step(0, Outcome::Failed(ErrorCodeOf("ECONNREFUSED")))
      .Step(1, Outcome::Of(Outcome::Kind::kSkipped))
      .Step(2, Outcome::Of(Outcome::Kind::kUnsupported));
  EXPECT_THAT(
      RowsOf(trial, R"([{"connect": {}}, {"send": {"text": "a"}}, {"set": {"TCP_CORK": 1}}])"),
      ElementsAre("1.00 client 0: connect -> ECONNREFUSED (0.010 ms)",
                  "1.03 client 0: send skipped: not connected",
                  "1.04 client 0: set: unsupported here"));
}

TEST(TimeLine, NamesOptionsAndTheReset) {
  TraceBuilder trial(1);
  trial.Client(0)
      .At(1)
      .Of(0)
      .Call(Op::kSetOption, 4096, 0)
      .Call(Op::kSetOption, 1, 0)
      .Connects(5000)
      .Of(2)
      .Call(Op::kSetOption, 0, 0)
      .Call(Op::kClose, 0, 0);
  EXPECT_THAT(
      RowsOf(
          trial,
          R"([{"set": {"SO_RCVBUF": 4096, "TCP_NODELAY": true}}, {"connect": {}}, {"abort": {}}])"),
      ElementsAre("1.00 client 0: setsockopt SO_RCVBUF 4096 -> ok",
                  "1.01 client 0: setsockopt TCP_NODELAY 1 -> ok",
                  "1.02 client 0: connect -> ok (0.010 ms)",
                  "1.04 client 0: setsockopt SO_LINGER {1, 0} -> ok",
                  "1.05 client 0: close -> ok"));
}

TEST(TimeLine, SaysWhatAScriptWaitedForByName) {
  constexpr std::string_view kScript =
      R"([{"sleep": 5}, {"await": {"signal": "go ${index}"}}, {"signal": "done"},
          {"await": {"signal": "never", "timeout_ms": 50}}])";
  Case a_case = CaseOf(2, kScript);
  a_case.document = {{"clients", {{{"script", nlohmann::json::parse(kScript)}}}}};
  TraceBuilder trial(2);
  trial.Client(1)
      .At(1)
      .Of(0)
      .Sleeps(5, 5.07)
      .Of(1)
      .Lasting(12)
      .Call(Op::kAwait, 1, 1)
      .Of(2)
      .Call(Op::kSignal, 0, 0)
      .Of(3)
      .Lasting(50)
      .Call(Op::kAwait, 1, 0);
  EXPECT_THAT(
      RowsOf(trial, a_case),
      ElementsAre("6.07 client 1: slept 5.07 ms", "18.07 client 1: awaited signal go 1 (12.00 ms)",
                  "18.07 client 1: gave signal done",
                  "68.08 client 1: awaited signal never -> timeout (50.00 ms)"));
}

TEST(TimeLine, NamesASocketThatIsNotTheFirst) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).Sends(5).Sends(6);
  TrialTrace trace = trial.Build();
  trace.fleets[0].recorders[1].events[1].socket = 1;
  EXPECT_THAT(Shown(BuildTimeLine(CaseOf(1), trace, false).rows),
              ElementsAre("1.00 client 0: send 5 -> 5", "1.01 client 0: [socket 1] send 6 -> 6"));
}

TEST(TimeLine, ShowsPayloadSoThatATerminalIsSafe) {
  TraceBuilder trial(1);
  trial.Client(0)
      .At(1)
      .Receives("\x1b[2J\xC3\xA8\xC3")
      .ReceivesUnkept(70)
      .Receives(std::string(100, 'a'));
  EXPECT_THAT(RowsOf(trial),
              ElementsAre("1.01 client 0: recv 4096 -> 7 \"\\x1b[2J\xC3\xA8\\xc3\"",
                          "1.02 client 0: recv 1048576 -> 70",
                          "1.03 client 0: recv 4096 -> 100 \"aaaaaaaaaaaaaaaaaaaaaaaa\"..."));
}

// --- folds

TEST(TimeLineFolds, ManyLikeCallsIntoOne) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).Connects(5000);
  for (int i = 0; i < 100; ++i) trial.Client(0).Sends(1);
  trial.Client(0).Call(Op::kShutdown, 1, 0);
  EXPECT_THAT(RowsOf(trial), ElementsAre("1.00 client 0: connect -> ok (0.010 ms)",
                                         "1.02 client 0: send 1 -> 1 x99 until 2.01",
                                         "2.02 client 0: shutdown write -> ok"));
}

TEST(TimeLineFolds, CallsThatTakeTurns) {
  TraceBuilder trial(1);
  for (int i = 0; i < 50; ++i) trial.Client(0).At(10 * (i + 1)).Sends(1).Sleeps(5, 5.0 + i * 0.01);
  trial.Client(0).Sends(2);
  EXPECT_THAT(RowsOf(trial),
              ElementsAre("10.00 client 0: send 1 -> 1 x49 until 500.00",
                          "15.01 client 0: slept 5.00 ms x49 until 505.50 up to 5.49 ms",
                          "505.50 client 0: send 2 -> 2"));
}

TEST(TimeLineFolds, NeverWhatDiffersOrComesTwiceOnly) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).Sends(1).Sends(1).Sends(2).Sends(3).Sends(4).SendFails("EPIPE");
  EXPECT_EQ(RowsOf(trial).size(), 6U);
}

TEST(TimeLineFolds, NeverCallsOfDifferentActors) {
  TraceBuilder trial(4);
  for (std::size_t i = 0; i < 4; ++i) trial.Client(i).At(1).Sends(1);
  EXPECT_EQ(RowsOf(trial, CaseOf(4)).size(), 4U);
}

TEST(TimeLineFolds, NothingWhereEveryEventIsWanted) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).BeginsToConnect(5000).Call(Op::kPoll, 1, 1).ConcludesConnect();
  for (int i = 0; i < 3; ++i) trial.Client(0).Sends(1);
  trial.Client(0).Step(1, Outcome::Bytes(3));
  EXPECT_THAT(
      RowsOf(trial, CaseOf(1, R"([{"connect": {}}, {"send": {"bytes": 3, "each": 1}}])"), true),
      ElementsAre("1.00 client 0: connect -> EINPROGRESS (0.010 ms)",
                  "1.01 client 0: getsockname -> 127.0.0.1:5000",
                  "1.03 client 0: poll writable -> ready",
                  "1.03 client 0: getsockopt SO_ERROR -> ok", "1.04 client 0: send 1 -> 1",
                  "1.05 client 0: send 1 -> 1", "1.06 client 0: send 1 -> 1",
                  "1.08 client 0: step send: ok 3"));
}

// --- the end

TEST(TimeLineEnd, TellsWhoWasInWhichCallAndWhatTheQueueHeld) {
  TraceBuilder trial(3);
  trial.Client(0)
      .At(1)
      .Connects(5000)
      .InFlight(Op::kRecv, 4096)
      .Stands(SocketState::kEstablished, 1, 5000, 1);
  trial.Client(1).At(50).Connects(5001).Stands(SocketState::kEstablished, 1, 5001);
  trial.Client(2).At(100).InFlight(Op::kConnect).Stands(SocketState::kConnecting, 2, 5002, 0);
  trial.Connection(0).At(2).Accepts(5000).InFlight(Op::kRecv, 1024);
  trial.FreezeAt(1500).QueueHolds(1, 1).Drains(5001).Drains(5009);
  const Case a_case = CaseOf(3, R"([{"connect": {}}, {"recv": {}}])", R"([{"recv": {}}])");
  const TimeLine line = BuildTimeLine(a_case, trial.Build(), false);
  EXPECT_THAT(Shown(line.last_rows),
              ElementsAre("1500.00 client 0: ... still in recv (1499.0 ms)",
                          "1500.00 client 2: ... still in connect (1400.0 ms)",
                          "1500.00 conn 0: ... still in recv (1498.0 ms)",
                          "1500.01 server: accept queue holds 1 (backlog 1)",
                          "1500.06 server: in the queue: client 1",
                          "1500.11 server: in the queue: a stranger, 127.0.0.1:5009"));
  EXPECT_THAT(Shown(line.rows).back(), "100.00 client 2: connect ...");
  EXPECT_DOUBLE_EQ(line.end_ms, 1500);
}

TEST(TimeLineEnd, TellsOfAClientThatConnectedMeanwhile) {
  TraceBuilder trial(1);
  trial.Client(0).At(1).BeginsToConnect(5000).Stands(SocketState::kConnecting, 2, 5000, 0);
  trial.FreezeAt(1500).Drains(5000);
  const Case a_case = CaseOf(1, R"([{"connect": {}}])");
  EXPECT_THAT(LastRowsOf(trial, a_case),
              ElementsAre("1500.00 client 0: ... still in connect (1499.0 ms)",
                          "1500.06 server: in the queue: client 0, only just there"));
}

TEST(TimeLineEnd, TellsByItsStepWhatALoopWasWaitingFor) {
  TraceBuilder trial(2);
  trial.Client(0).At(1).Connects(5000).Stands(SocketState::kEstablished, 1, 5000, 1);
  trial.Client(1).At(2).Connects(5001).Stands(SocketState::kEstablished, 1, 5001);
  const Case a_case = CaseOf(2, R"([{"connect": {}}, {"await": {"signal": "bell"}}])");
  EXPECT_THAT(LastRowsOf(trial, a_case),
              ElementsAre("1500.00 client 0: ... still in await signal bell (1499.0 ms)"));
}

TEST(TimeLineEnd, TellsThatTheServerWasInAccept) {
  TraceBuilder trial(1);
  TrialTrace trace = trial.Build();
  Event accept;
  accept.op = Op::kAccept;
  accept.actor = kListenerActor;
  accept.begin_ns = StampAt(-3);  // before "go", since when it is counted
  RecorderTrace acceptor;
  acceptor.events = {accept};
  acceptor.recorded = 1;
  trace.servers.front().recorders.push_back(acceptor);
  const TimeLine unfinished = BuildTimeLine(CaseOf(1), trace, false);
  EXPECT_THAT(Shown(unfinished.last_rows),
              ElementsAre("1500.00 server: ... still in accept (1500.0 ms)"));
  EXPECT_THAT(unfinished.rows, IsEmpty());

  // The listener's end wakes it.
  trace.servers.front().recorders.back().events[0].end_ns = StampAt(1501);
  trace.servers.front().recorders.back().events[0].result =
      -static_cast<std::int64_t>(ErrorCodeOf("EINVAL"));
  EXPECT_THAT(Shown(BuildTimeLine(CaseOf(1), trace, false).last_rows),
              ElementsAre("1500.00 server: ... still in accept (1500.0 ms)"));
}

TEST(TimeLineEnd, SaysWhyTheTrialEnded) {
  TraceBuilder trial(1);
  trial.FreezeAt(1500);
  Case a_case = CaseOf(1);
  a_case.window_ms = 1500;
  EXPECT_EQ(BuildTimeLine(a_case, trial.Build(), false).why_it_ended, "window of 1500 ms");
  a_case.window_ms = 5000;
  EXPECT_EQ(BuildTimeLine(a_case, trial.Build(), false).why_it_ended, "all scripts have ended");
}

TEST(TimeLineEnd, HasALineForEachClient) {
  TraceBuilder trial(4);
  trial.Client(0).At(1).Connects(5000).Stands(SocketState::kEstablished, 1, 5000);
  trial.Client(1).At(50).InFlight(Op::kConnect).Stands(SocketState::kConnecting, 2, 5001, 0);
  trial.Client(2).At(60).ConnectFails("ECONNREFUSED").Stands(SocketState::kNotConnected, 7);
  trial.Client(3).Stands(SocketState::kNotStarted);
  trial.Connection(0).At(2).Accepts(5000);
  std::vector<std::string> shown;
  for (const ClientLine& client : BuildTimeLine(CaseOf(4), trial.Build(), false).clients) {
    shown.push_back(fmt::format("{} {} | {}", client.number, client.outcome, client.stood));
  }
  EXPECT_THAT(shown,
              ElementsAre("0 accepted as connection 0 | established; its script ended at 1.020 ms",
                          "1 pending | connecting; still in connect",
                          "2 refused | not connected; its script ended at 60.010 ms",
                          "3 not_started | its turn had not come"));
}

TEST(TimeLine, TellsOfEverythingInASampleTrial) {
  for (const bool every_event : {false, true}) {
    const TimeLine line = BuildTimeLine(CaseOf(3), SampleTrace(), every_event);
    EXPECT_EQ(line.clients.size(), 3U);
    EXPECT_THAT(Shown(line.rows).front(), HasSubstr("client 0: connect -> ok"));
    EXPECT_FALSE(line.last_rows.empty());
  }
}

}  // namespace
}  // namespace tcplab
