// Which sockets a script may name, and what may be done with them.
#include <string>
#include <vector>

#include "tests/scenario/fixture.h"

namespace tcplab {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(SocketNames, AreNumberedAsTheyComeAfterTheMainOne) {
  const Script script = LoweredClientScript(
      R"([{"bind": {"socket": "b"}}, {"listen": {"socket": "b"}}, {"connect": {}},
          {"accept": {"as": "a", "socket": "b"}}, {"send": {"text": "x", "socket": "a"}},
          {"close": {"socket": "main"}}])");
  EXPECT_EQ(script.at(0).socket, 1);
  EXPECT_EQ(script.at(2).socket, kMainSocket);
  EXPECT_EQ(script.at(3).socket, 1);
  EXPECT_EQ(StepAt<AcceptStep>(script, 3).as, 2);
  EXPECT_EQ(script.at(4).socket, 2);
  EXPECT_EQ(script.at(5).socket, kMainSocket);
  EXPECT_EQ(SocketCount(script), 3U);
}

TEST(SocketNames, ThatNoStepMakesAreAnError) {
  EXPECT_THAT(Draft()
                  .ClientScript(R"([{"connect": {"socket": "left"}},
                                    {"send": {"text": "x", "socket": "lefd"}}])")
                  .Errors(),
              ElementsAre(HasSubstr("no step of this script makes the socket \"lefd\" (connect, "
                                    "bind, listen, accept or set does); did you mean \"left\"?")));
  EXPECT_THAT(Draft().ClientScript(R"([{"connect": {"to": {"socket": "l"}}}])").Errors(),
              Contains(HasSubstr("makes the socket \"l\"")));
  EXPECT_THAT(Draft().ServerScript(R"([{"recv": {}}, {"recv": {"socket": "other"}}])").Errors(),
              Contains(HasSubstr("makes the socket \"other\"")));
}

TEST(SocketNames, OfWhatAnyStepMakesAreRight) {
  for (const char* const make :
       {R"({"connect": {"socket": "s"}})", R"({"bind": {"socket": "s"}})",
        R"({"listen": {"socket": "s"}})", R"({"set": {"TCP_NODELAY": true, "socket": "s"}})"}) {
    EXPECT_THAT(
        Draft().ClientScript("[" + std::string(make) + R"(, {"close": {"socket": "s"}}])").Errors(),
        IsEmpty())
        << make;
  }
}

TEST(SocketNames, AConnectionIsNeitherMadeAgainNorListenedOn) {
  for (const char* const step :
       {R"({"connect": {}})", R"({"bind": {}})", R"({"listen": 1})", R"({"accept": "s"})"}) {
    EXPECT_THAT(Draft().ServerScript("[" + std::string(step) + "]").Errors(),
                Contains(HasSubstr("a server's script cannot ")))
        << step;
  }
  EXPECT_THAT(Draft()
                  .ServerScript(R"([{"listen": {"socket": "l"}},
                                    {"connect": {"to": {"socket": "l"}, "socket": "c"}},
                                    {"accept": {"as": "s", "socket": "l"}}])")
                  .Errors(),
              IsEmpty());
}

TEST(SocketNames, AConnectionIsNotItsListener) {
  for (const char* const accept : {R"({"accept": "main"})", R"({"accept": {"as": "main"}})",
                                   R"({"accept": {"as": "l", "socket": "l"}})"}) {
    EXPECT_THAT(Draft()
                    .ClientScript(R"([{"listen": true}, {"listen": {"socket": "l"}}, )" +
                                  std::string(accept) + "]")
                    .Errors(),
                ElementsAre(HasSubstr("cannot be the listening socket itself")))
        << accept;
  }
}

}  // namespace
}  // namespace tcplab
