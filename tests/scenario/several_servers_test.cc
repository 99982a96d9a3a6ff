// "servers": a list in place of one "server".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/fixture.h"

namespace tcplab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// The minimal document with these servers in place of its one.
Draft WithServers(std::string_view servers) {
  Draft draft;
  draft.Remove("server").Set("/servers", servers);
  return draft;
}

TEST(Servers, AreReadInTheirOrderEachWithItsOwn) {
  const Scenario scenario =
      WithServers(R"([{"name": "a", "listen": {"backlog": 1}, "script": [{"recv": "\n"}]},
                      {"name": "b", "accept": {"model": "event_loop"}},
                      {"listen": {"address": "::1"}}])")
          .Get();
  const std::vector<ServerSpec>& servers = scenario.cases.at(0).servers;
  ASSERT_EQ(servers.size(), 3U);
  EXPECT_EQ(servers[0].name, "a");
  EXPECT_EQ(servers[0].listen.backlog, 1);
  EXPECT_EQ(servers[0].script.size(), 1U);
  EXPECT_EQ(servers[1].accept.model, AcceptModel::kEventLoop);
  EXPECT_EQ(servers[2].name, "server");
  EXPECT_EQ(servers[2].listen.address, "::1");
}

TEST(Servers, EachHasAnIoOfItsOwnChosenFromItsModelInAnyCase) {
  const Scenario scenario =
      WithServers(R"([{"name": "a", "accept": {"model": "$model"}}, {"name": "b"},
                      {"name": "c", "io": "libuv"}])")
          .Set("/parameters", R"({"model": ["iterative", "event_loop"]})")
          .Get();
  ASSERT_EQ(scenario.cases.size(), 2U);
  for (const Case& a_case : scenario.cases) {
    EXPECT_EQ(a_case.servers[0].io, Io::kPoll);
    EXPECT_EQ(a_case.servers[1].io, Io::kBlocking);
    EXPECT_EQ(a_case.servers[2].io, Io::kLibuv);
    EXPECT_EQ(ServerDocument(a_case, 0)["io"], "poll");
    EXPECT_EQ(ServerDocument(a_case, 1)["io"], "blocking");
  }
}

TEST(Servers, ParametersArePutIntoEach) {
  const Scenario scenario =
      WithServers(R"([{"name": "a", "listen": {"backlog": "$n"}}, {"name": "${text}"}])")
          .Set("/parameters", R"({"n": [3, 4], "text": "b"})")
          .Get();
  EXPECT_EQ(scenario.cases.at(1).servers[0].listen.backlog, 4);
  EXPECT_EQ(scenario.cases.at(1).servers[1].name, "b");
  EXPECT_EQ(ServerDocument(scenario.cases.at(1), 0)["listen"]["backlog"], 4);
}

TEST(Servers, ScriptsMayNameAnyOfThem) {
  EXPECT_THAT(
      WithServers(R"([{"name": "front", "script": [{"connect": {"to": "back", "socket": "up"}}]},
                              {"name": "back"}])")
          .ClientScript(R"([{"connect": "front"}])")
          .Errors(),
      ElementsAre());
  EXPECT_THAT(WithServers(R"([{"name": "front"}, {"name": "back"}])")
                  .ClientScript(R"([{"connect": "bakc"}])")
                  .Errors(),
              ElementsAre(HasSubstr("there is no server \"bakc\"; did you mean \"back\"?")));
}

TEST(Servers, FaultsHaveTheirPlaces) {
  EXPECT_THAT(WithServers(R"([{"name": "a"}, {"name": "a"}])").Errors(),
              ElementsAre(HasSubstr("/servers/1/name: two servers have the name \"a\"")));
  EXPECT_THAT(WithServers(R"([{}, {}])").Errors(),
              ElementsAre(HasSubstr("(\"server\" is the name of those without one)")));
  EXPECT_THAT(WithServers("[]").Errors(),
              ElementsAre(HasSubstr("/servers: found an empty list, expected at least one")));
  EXPECT_THAT(WithServers("{}").Errors(), ElementsAre(HasSubstr("expected a list of servers")));
  EXPECT_THAT(WithServers(R"([{"listen": {"backlog": "x"}}])").Errors(),
              ElementsAre(HasSubstr("/servers/0/listen/backlog: found the string \"x\"")));
  EXPECT_THAT(WithServers(R"([{"listen": {"address": "10.0.0.1"}}])").Errors(),
              ElementsAre(HasSubstr("/servers/0/listen/address: ")));
  std::string many = "[{}";
  for (int i = 0; i < 16; ++i) many += R"(,{"name": ")" + std::to_string(i) + R"("})";
  EXPECT_THAT(WithServers(many + "]").Errors(),
              ElementsAre(HasSubstr("found 17 servers, expected at most 16")));
}

TEST(Servers, ThereIsOneOrAListAndNotBoth) {
  Draft both;
  both.Set("/servers", "[{}]");
  EXPECT_THAT(both.Errors(), ElementsAre(HasSubstr(R"(found "server" and "servers")")));
  Draft neither;
  neither.Remove("server");
  EXPECT_THAT(neither.Errors(), ElementsAre(HasSubstr(R"(lacks the key "server")")));
}

TEST(Servers, ScriptThatNeverRunsIsWarnedOfByItsPlace) {
  Draft draft = WithServers(R"([{"name": "a", "script": [{"recv": "\n"}]},
                                {"name": "b", "accept": {"model": "never"}, "script": [{"recv": "\n"}]}])");
  EXPECT_THAT(draft.Warnings(), ElementsAre(HasSubstr("/servers/1/script: the script never runs")));
}

}  // namespace
}  // namespace tcplab
