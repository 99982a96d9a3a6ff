// Servers, client groups, and the cases that parameters make of them.
#include <string>
#include <vector>

#include "tests/scenario/fixture.h"

namespace tcplab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Endpoints, EverythingNotSaidHasItsDefault) {
  const Scenario scenario =
      Draft().Set("/server", "{}").Set("/clients", R"([{"script": [{"connect": {}}]}])").Get();
  ASSERT_EQ(scenario.cases.size(), 1U);
  const Case& a_case = scenario.cases[0];
  EXPECT_EQ(scenario.trials, 20U);
  EXPECT_FALSE(scenario.sensitive);
  EXPECT_FALSE(scenario.local_errors_are_data);
  EXPECT_EQ(a_case.window_ms, 5000);
  EXPECT_EQ(a_case.servers.front().name, "server");
  EXPECT_EQ(a_case.servers.front().listen.address, "127.0.0.1");
  EXPECT_EQ(a_case.servers.front().listen.port, 0);
  EXPECT_EQ(a_case.servers.front().listen.backlog, 128);
  EXPECT_EQ(a_case.servers.front().listen.mode, ListenMode::kListen);
  EXPECT_EQ(a_case.servers.front().accept.model, AcceptModel::kIterative);
  EXPECT_TRUE(a_case.servers.front().script.empty());
  EXPECT_EQ(a_case.clients.at(0).name, "client");
  EXPECT_EQ(a_case.clients.at(0).count, 1U);
  EXPECT_EQ(a_case.clients.at(0).every_ms, 0);
}

TEST(Endpoints, EverythingSaidArrives) {
  const Scenario scenario =
      Draft()
          .Set("/summary", R"("s")")
          .Set("/source", R"x(["RFC 9293", "listen(2)"])x")
          .Set("/trials", "7")
          .Set("/timing", R"("sensitive")")
          .Set("/local_errors", R"("data")")
          .Set("/window_ms", "1500.5")
          .Set("/server/name", R"("srv")")
          .Set("/server/listen", R"({"address": "::1", "port": 8080, "backlog": -1,
                                     "mode": "bound", "close_after_ms": 12.5})")
          .Set("/server/accept", R"({"model": "never", "after_ms": 500})")
          .Set("/clients/0/every_ms", "50")
          .Get();
  EXPECT_EQ(scenario.name, "minimal");
  EXPECT_EQ(scenario.summary, "s");
  EXPECT_EQ(scenario.source, (std::vector<std::string>{"RFC 9293", "listen(2)"}));
  EXPECT_EQ(scenario.file, "draft.json");
  EXPECT_EQ(scenario.trials, 7U);
  EXPECT_TRUE(scenario.sensitive);
  EXPECT_TRUE(scenario.local_errors_are_data);
  const Case& a_case = scenario.cases.at(0);
  EXPECT_EQ(a_case.window_ms, 1500.5);
  EXPECT_EQ(a_case.servers.front().name, "srv");
  EXPECT_EQ(a_case.servers.front().listen.address, "::1");
  EXPECT_EQ(a_case.servers.front().listen.port, 8080);
  EXPECT_EQ(a_case.servers.front().listen.backlog, -1);
  EXPECT_EQ(a_case.servers.front().listen.mode, ListenMode::kBound);
  EXPECT_EQ(a_case.servers.front().listen.close_after_ms, 12.5);
  EXPECT_EQ(a_case.servers.front().accept.model, AcceptModel::kNever);
  EXPECT_EQ(a_case.servers.front().accept.after_ms, 500);
  EXPECT_EQ(a_case.clients.at(0).every_ms, 50);
}

TEST(Endpoints, ListenAddressIsLiteralAndLocal) {
  EXPECT_THAT(Draft().Set("/server/listen/address", R"("localhost")").Errors(),
              ElementsAre(HasSubstr("expected a literal IPv4 or IPv6 address")));
  for (const char* const address : {R"("0.0.0.0")", R"("192.0.2.1")", R"("::")"}) {
    Draft draft;
    draft.Set("/server/listen/address", address);
    EXPECT_THAT(draft.Errors(), ElementsAre(AllOf(HasSubstr("/server/listen/address"),
                                                  HasSubstr("--allow-remote"))));
    draft.options().allow_remote = true;
    EXPECT_THAT(draft.Errors(), IsEmpty()) << address;
  }
  EXPECT_THAT(Draft().Set("/server/listen/address", R"("127.9.9.9")").Errors(), IsEmpty());
}

TEST(Endpoints, GroupsNeedNamesOfTheirOwn) {
  EXPECT_THAT(Draft().Set("/clients", R"([{"name": "a"}, {"name": "a"}])").Errors(),
              ElementsAre("/clients/1/name: two client groups have the name \"a\"; results could "
                          "not tell them apart"));
  EXPECT_THAT(Draft().Set("/clients", R"([{}, {}])").Errors(),
              ElementsAre(HasSubstr("/clients/1: ")));
}

TEST(Endpoints, ClientsOfAllGroupsAreBoundedTogether) {
  EXPECT_THAT(
      Draft()
          .Set("/clients", R"([{"name": "a", "count": 600000}, {"name": "b", "count": 600000}])")
          .Errors(),
      ElementsAre(HasSubstr("found 1200000 clients")));
  EXPECT_THAT(Draft().Set("/clients/0/count", "-1").Errors(),
              ElementsAre("/clients/0/count: found -1, expected a whole number from 0 to 1000000"));
}

TEST(Io, ServerThatLoopsPollsAndOthersBlock) {
  EXPECT_EQ(Draft().Get().cases.at(0).servers.front().io, Io::kBlocking);
  EXPECT_EQ(
      Draft().Set("/server/accept/model", R"("event_loop")").Get().cases.at(0).servers.front().io,
      Io::kPoll);
}

TEST(Io, EventLoopCannotBlock) {
  EXPECT_THAT(Draft()
                  .Set("/server/accept/model", R"("event_loop")")
                  .Set("/server/io", R"("blocking")")
                  .Errors(),
              ElementsAre(HasSubstr("/server/io: found \"blocking\"")));
  EXPECT_THAT(Draft()
                  .Set("/server/accept/model", R"("event_loop")")
                  .Set("/server/io", R"("libuv")")
                  .Errors(),
              IsEmpty());
}

TEST(Io, ClientsPollWhenTheLargestCaseHasMoreThan64) {
  Draft draft;
  draft.Set("/parameters", R"({"n": [1, 64]})").Set("/clients/0/count", R"("$n")");
  for (const Case& a_case : draft.Get().cases) EXPECT_EQ(a_case.clients[0].io, Io::kBlocking);
  draft.Set("/parameters", R"({"n": [1, 65]})");
  for (const Case& a_case : draft.Get().cases) EXPECT_EQ(a_case.clients[0].io, Io::kPoll);
}

TEST(Io, AllGroupsCountTogether) {
  const Scenario scenario =
      Draft().Set("/clients", R"([{"name": "a", "count": 40}, {"name": "b", "count": 40}])").Get();
  EXPECT_EQ(scenario.cases.at(0).clients.at(0).io, Io::kPoll);
}

TEST(Io, ChosenIoIsWrittenIntoTheDocumentAndAGivenOneStays) {
  const Scenario scenario = Draft()
                                .Set("/server/io", R"("poll")")
                                .Set("/clients", R"([{"name": "a"}, {"name": "b", "io": "poll"}])")
                                .Get();
  const nlohmann::json& document = scenario.cases.at(0).document;
  EXPECT_EQ(document["server"]["io"], "poll");
  EXPECT_EQ(document["clients"][0]["io"], "blocking");
  EXPECT_EQ(document["clients"][1]["io"], "poll");
  EXPECT_EQ(scenario.cases[0].servers.front().io, Io::kPoll);
  EXPECT_EQ(scenario.cases[0].clients[1].io, Io::kPoll);
}

TEST(Io, FilteringCasesDoesNotChangeIt) {
  Draft draft;
  draft.Set("/parameters", R"({"n": [1, 65]})")
      .Set("/clients/0/count", R"("$n")")
      .OnlyCase("n", "1");
  const Scenario scenario = draft.Get();
  ASSERT_EQ(scenario.cases.size(), 1U);
  EXPECT_EQ(scenario.cases[0].clients[0].io, Io::kPoll);
}

TEST(Io, LibuvStreamsHaveNoFlagsAndDoNotListenByHand) {
  for (const char* const script :
       {R"([{"recv": {"flags": "MSG_PEEK"}}])",
        R"([{"send": {"text": "x", "flags": ["MSG_OOB"]}}])", R"([{"listen": {"socket": "l"}}])"}) {
    EXPECT_THAT(Draft().Set("/clients/0/io", R"("libuv")").ClientScript(script).Errors(),
                ElementsAre(HasSubstr("do not offer them")))
        << script;
    EXPECT_THAT(Draft().Set("/clients/0/io", R"("poll")").ClientScript(script).Errors(), IsEmpty());
  }
}

TEST(Timing, ClientsThatStartTogetherMakeAScenarioSensitive) {
  EXPECT_TRUE(Draft().Set("/clients/0/count", "2").Get().sensitive);
  EXPECT_TRUE(
      Draft().Set("/clients/0/count", "2").Set("/clients/0/every_ms", "4.9").Get().sensitive);
  EXPECT_FALSE(
      Draft().Set("/clients/0/count", "2").Set("/clients/0/every_ms", "5").Get().sensitive);
  EXPECT_FALSE(Draft().Set("/clients/0/count", "1").Get().sensitive);
  EXPECT_TRUE(Draft().Set("/clients", R"([{"name": "a"}, {"name": "b"}])").Get().sensitive);
  EXPECT_FALSE(
      Draft().Set("/clients", R"([{"name": "a"}, {"name": "b", "count": 0}])").Get().sensitive);
}

TEST(Timing, OneSuchCaseIsEnoughAndTheDocumentMaySayOtherwise) {
  Draft draft;
  draft.Set("/parameters", R"({"pause": [50, 1]})")
      .Set("/clients/0/count", "2")
      .Set("/clients/0/every_ms", R"("$pause")");
  EXPECT_TRUE(draft.Get().sensitive);
  EXPECT_FALSE(draft.Set("/timing", R"("insensitive")").Get().sensitive);
}

TEST(Schedule, ClientsAreNumberedByStartThenGroupThenPosition) {
  const Scenario scenario =
      Draft()
          .Set(
              "/clients",
              R"([{"name": "a", "count": 3, "every_ms": 10}, {"name": "b", "count": 2, "every_ms": 20},
                               {"name": "c", "count": 2}])")
          .Get();
  std::vector<std::string> order;
  for (const ScheduledClient& client : Schedule(scenario.cases.at(0))) {
    order.push_back(scenario.cases[0].clients[client.group].name + std::to_string(client.position) +
                    "@" + std::to_string(static_cast<int>(client.start_ms)));
  }
  EXPECT_THAT(order, ElementsAre("a0@0", "b0@0", "c0@0", "c1@0", "a1@10", "a2@20", "b1@20"));
}

TEST(Schedule, ScriptOfAGroupIsLoweredForItsFirstClient) {
  const Scenario scenario =
      Draft()
          .Set(
              "/clients",
              R"([{"name": "a", "count": 3}, {"name": "b", "count": 2, "every_ms": 9, "script": [{"send": "${index}"}]},
                               {"name": "c", "script": [{"send": "${index}"}]}])")
          .Get();
  EXPECT_EQ(StepAt<SendStep>(scenario.cases.at(0).clients.at(1).script, 0).text, "3");
  EXPECT_EQ(StepAt<SendStep>(scenario.cases.at(0).clients.at(2).script, 0).text, "4");
}

TEST(Schedule, ScriptIsCheckedForTheLastClientToo) {
  Draft draft;
  draft.Set("/clients/0/count", "70000").ClientScript(R"([{"set": {"SO_LINGER": "$index"}}])");
  EXPECT_THAT(draft.Errors(),
              ElementsAre(HasSubstr("found 69999, expected a whole number from -1 to 65535")));
}

TEST(Schedule, ScriptIsCheckedForNumberZeroInEveryGroup) {
  Draft draft;
  draft.Set("/clients/1", R"({"name": "b", "script": [{"recv": "$index"}]})");
  EXPECT_THAT(draft.Errors(), ElementsAre(HasSubstr("/clients/1/script/0/recv: found 0")));
}

TEST(Lowering, ResolvedDocumentGivesTheSameStructuresAgain) {
  const Scenario scenario = Draft()
                                .Set("/parameters", R"({"b": [3], "text": "$x${index}"})")
                                .Set("/server/listen/backlog", R"("$b")")
                                .Set("/clients/0/count", "2")
                                .ServerScript(R"([{"recv": "$text"}, {"send": "$$"}])")
                                .ClientScript(R"([{"send": "${text}-${index}"}])")
                                .Get();
  const Case& a_case = scenario.cases.at(0);
  const Result<ServerSpec> server = LowerServer(a_case.document["server"]);
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_EQ(server->listen.backlog, 3);
  EXPECT_EQ(server->io, a_case.servers.front().io);
  EXPECT_EQ(StepAt<RecvStep>(server->script, 0).until.delimiter, "$x${index}");
  EXPECT_EQ(StepAt<SendStep>(server->script, 1).text, "$");
  const Result<ClientGroup> group = LowerClientGroup(a_case.document["clients"][0]);
  ASSERT_TRUE(group) << group.error().message;
  EXPECT_EQ(group->count, 2U);
  EXPECT_EQ(StepAt<SendStep>(group->script, 0).text, "$x${index}-0");
  EXPECT_EQ(StepAt<SendStep>(a_case.clients[0].script, 0).text, "$x${index}-0");
}

TEST(Lowering, NothingButIndexIsLeftToReplace) {
  const Scenario scenario = Draft()
                                .Set("/parameters", R"({"n": 2})")
                                .Set("/clients/0/count", R"("$n")")
                                .ClientScript(R"([{"send": "${n}${index}"}])")
                                .Get();
  EXPECT_EQ(scenario.cases.at(0).document["clients"][0]["script"],
            nlohmann::json::parse(R"([{"send": "2${index}"}])"));
  EXPECT_EQ(scenario.cases[0].document["clients"][0]["count"], 2);
  EXPECT_EQ(scenario.document["clients"][0]["count"], "$n");
}

TEST(Lowering, WrongServerOrGroupIsAFaultOfTheHarness) {
  EXPECT_FALSE(LowerServer(nlohmann::json::parse(R"({"listen": {"backlog": "x"}})")));
  EXPECT_FALSE(LowerServer(nlohmann::json::array()));
  const auto group = LowerClientGroup(nlohmann::json::parse(R"({"count": -1})"));
  ASSERT_FALSE(group);
  EXPECT_EQ(group.error().kind, ErrorKind::kHarness);
}

TEST(Names, OfTheLanguagesWords) {
  EXPECT_EQ(IoName(Io::kBlocking), "blocking");
  EXPECT_EQ(IoName(Io::kPoll), "poll");
  EXPECT_EQ(IoName(Io::kLibuv), "libuv");
  EXPECT_EQ(AcceptModelName(AcceptModel::kNever), "never");
  EXPECT_EQ(AcceptModelName(AcceptModel::kIterative), "iterative");
  EXPECT_EQ(AcceptModelName(AcceptModel::kEventLoop), "event_loop");
}

// --- standard input, of which there is one

Draft Live() { return Draft().ClientScript(R"([{"connect": {}}, {"send": {"from": "stdin"}}])"); }

TEST(StandardInput, MakesOneTrialOfOneCase) {
  const Scenario scenario = Live().Get();
  EXPECT_EQ(scenario.trials, 1U);
  EXPECT_TRUE(SendsStdin(scenario));
  EXPECT_FALSE(SendsStdin(Draft().Get()));
  EXPECT_EQ(Live().Set("/trials", "1").Get().trials, 1U);
}

TEST(StandardInput, IsRefusedForSeveralTrials) {
  EXPECT_THAT(Live().Set("/trials", "5").Errors(),
              ElementsAre("/trials: found 5 trials, expected 1: the scenario sends standard input, "
                          "which can be read only once"));
  Draft draft = Live();
  draft.options().trials = 5;
  EXPECT_THAT(draft.Errors(), ElementsAre(": --trials 5: expected 1: the scenario sends standard "
                                          "input, which can be read only once"));
  draft.options().trials = 1;
  EXPECT_EQ(draft.Get().trials, 1U);
}

TEST(StandardInput, IsRefusedForSeveralCasesUnlessOneIsPicked) {
  Draft draft = Live();
  draft.Set("/parameters", R"({"b": [1, 2, 3]})").Set("/server/listen/backlog", R"("$b")");
  EXPECT_THAT(draft.Errors(),
              ElementsAre(AllOf(HasSubstr("/parameters: found 3 cases, expected one"),
                                HasSubstr("can be read only once"))));
  EXPECT_EQ(Draft(draft).Override("b", "2").Get().trials, 1U);
  EXPECT_EQ(Draft(draft).OnlyCase("b", "2").Get().cases.size(), 1U);
}

TEST(StandardInput, IsRefusedForSeveralClients) {
  EXPECT_THAT(Live().Set("/clients/0/count", "3").Errors(),
              ElementsAre("/clients/0/script: found 3 clients that send standard input, expected "
                          "one: it can be read only once"));
  EXPECT_THAT(Live()
                  .Set("/clients/1", R"({"name": "b", "script": [{"connect": {}},
                      {"send": {"from": "stdin"}}]})")
                  .Errors(),
              ElementsAre(HasSubstr("found 2 clients that send standard input")));
  // Others may be there beside it, and a group of nobody reads nothing.
  EXPECT_EQ(Live().Set("/clients/1", R"({"name": "b", "count": 9})").Get().trials, 1U);
  EXPECT_EQ(Live().Set("/clients/0/count", "0").Get().trials, 20U);
}

TEST(StandardInput, IsRefusedInAServersScript) {
  EXPECT_THAT(Draft().ServerScript(R"([{"recv": {}}, {"send": {"from": "stdin"}}])").Errors(),
              ElementsAre(AllOf(HasSubstr("/server/script/1/send/from: "),
                                HasSubstr("only a client's script can send it"))));
}

}  // namespace
}  // namespace tcplab
