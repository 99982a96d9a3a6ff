// What each step of the language becomes, and what no step may be.
#include <cstdint>
#include <string>
#include <vector>

#include "tests/scenario/fixture.h"

namespace tcplab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> ClientErrors(std::string_view steps) {
  return Draft().ClientScript(steps).Errors();
}

TEST(ScriptLanguage, ConnectTakesADeadline) {
  const Script script = LoweredClientScript(
      R"([{"connect": {}}, {"connect": {"timeout_ms": 1400}}, {"connect": 2.5}])");
  EXPECT_FALSE(StepAt<ConnectStep>(script, 0).timeout_ms);
  EXPECT_EQ(StepAt<ConnectStep>(script, 1).timeout_ms, 1400);
  EXPECT_EQ(StepAt<ConnectStep>(script, 2).timeout_ms, 2.5);
}

TEST(ScriptLanguage, SendTakesATextOrANumberOfBytes) {
  const Script script = LoweredClientScript(
      R"([{"send": {"text": "abc", "each": 2}}, {"send": "abc"}, {"send": {"bytes": 100, "each": 1}}, {"send": 7}])");
  EXPECT_EQ(StepAt<SendStep>(script, 0).text, "abc");
  EXPECT_TRUE(StepAt<SendStep>(script, 0).is_text);
  EXPECT_EQ(StepAt<SendStep>(script, 0).each, 2U);
  EXPECT_EQ(StepAt<SendStep>(script, 1).text, "abc");
  EXPECT_EQ(StepAt<SendStep>(script, 1).each, 0U);
  EXPECT_FALSE(StepAt<SendStep>(script, 2).is_text);
  EXPECT_EQ(StepAt<SendStep>(script, 2).bytes, 100U);
  EXPECT_EQ(StepAt<SendStep>(script, 2).each, 1U);
  EXPECT_EQ(StepAt<SendStep>(script, 3).bytes, 7U);
}

TEST(ScriptLanguage, SendNeedsExactlyOnePayload) {
  EXPECT_THAT(
      ClientErrors(R"([{"send": {"text": "a", "bytes": 1}}])"),
      ElementsAre("/clients/0/script/0/send: the step needs exactly one of \"text\", \"bytes\" and "
                  "\"from\""));
  EXPECT_THAT(ClientErrors(R"([{"send": {"each": 1}}])"), ElementsAre(HasSubstr("exactly one of")));
}

TEST(ScriptLanguage, SendOfStandardInputIsPlain) {
  const Script script = LoweredClientScript(R"([{"send": {"from": "stdin", "label": "input"}}])");
  EXPECT_TRUE(StepAt<SendStep>(script, 0).from_stdin);
  EXPECT_THAT(ClientErrors(R"([{"send": {"from": "stdin", "text": "a"}}])"),
              ElementsAre(HasSubstr("exactly one of")));
  EXPECT_THAT(ClientErrors(R"([{"send": {"from": "stdin", "each": 1}}])"),
              ElementsAre("/clients/0/script/0/send/each: standard input is sent as it comes, a "
                          "plain send a read: expected no \"each\""));
  EXPECT_THAT(ClientErrors(R"([{"send": {"from": "stdin", "flags": "MSG_MORE"}}])"),
              ElementsAre(HasSubstr("expected no \"flags\"")));
  EXPECT_THAT(ClientErrors(R"([{"send": {"text": "x", "example": "a"}}])"),
              ElementsAre("/clients/0/script/0/send/example: an example stands for standard input: "
                          "expected it beside \"from\": \"stdin\""));
  EXPECT_THAT(ClientErrors(R"([{"send": {"from": "stdinn"}}])"),
              ElementsAre(HasSubstr("did you mean \"stdin\"?")));
  EXPECT_THAT(
      ClientErrors(R"([{"repeat": {"until": "eof", "steps": [{"send": {"from": "stdin"}}]}}])"),
      ElementsAre(HasSubstr("nothing in this loop can end it")))
      << "after its end nothing is sent any more";
}

TEST(ScriptLanguage, RecvEndsAfterOneCallADelimiterACountOrEof) {
  const Script script = LoweredClientScript(
      R"([{"recv": {}}, {"recv": "\r\n"}, {"recv": 100}, {"recv": "eof"}, {"recv": {"until": "\n", "buffer": 7, "timeout_ms": 50}}])");
  EXPECT_EQ(StepAt<RecvStep>(script, 0).until.kind, RecvUntil::Kind::kOneCall);
  EXPECT_EQ(StepAt<RecvStep>(script, 1).until.kind, RecvUntil::Kind::kDelimiter);
  EXPECT_EQ(StepAt<RecvStep>(script, 1).until.delimiter, "\r\n");
  EXPECT_EQ(StepAt<RecvStep>(script, 2).until.kind, RecvUntil::Kind::kBytes);
  EXPECT_EQ(StepAt<RecvStep>(script, 2).until.bytes, 100U);
  EXPECT_EQ(StepAt<RecvStep>(script, 3).until.kind, RecvUntil::Kind::kEof);
  EXPECT_EQ(StepAt<RecvStep>(script, 4).buffer, 7U);
  EXPECT_EQ(StepAt<RecvStep>(script, 4).timeout_ms, 50);
}

TEST(ScriptLanguage, ReplyAndShutdownTakeAWord) {
  const Script script = LoweredClientScript(
      R"([{"reply": {"transform": "uppercase"}}, {"reply": "echo"}, {"shutdown": {"how": "read"}}, {"shutdown": "both"}, {"shutdown": {}}])");
  EXPECT_EQ(StepAt<ReplyStep>(script, 0).transform, Transform::kUppercase);
  EXPECT_EQ(StepAt<ReplyStep>(script, 1).transform, Transform::kEcho);
  EXPECT_EQ(StepAt<ShutdownStep>(script, 2).how, ShutdownHow::kRead);
  EXPECT_EQ(StepAt<ShutdownStep>(script, 3).how, ShutdownHow::kBoth);
  EXPECT_EQ(StepAt<ShutdownStep>(script, 4).how, ShutdownHow::kWrite);
}

TEST(ScriptLanguage, TrueIsShortForNoSettings) {
  const Script script = LoweredClientScript(R"([{"close": true}, {"abort": true}, {"close": {}}])");
  EXPECT_TRUE(std::holds_alternative<CloseStep>(script.at(0).action));
  EXPECT_TRUE(std::holds_alternative<AbortStep>(script.at(1).action));
  EXPECT_THAT(ClientErrors(R"([{"close": false}])"), ElementsAre(HasSubstr("found false")));
  EXPECT_THAT(ClientErrors(R"([{"sleep": true}])"), ElementsAre(HasSubstr("found true")));
}

TEST(ScriptLanguage, SleepTakesMilliseconds) {
  const Script script = LoweredClientScript(R"([{"sleep": 0.5}, {"sleep": {"ms": 3}}])");
  EXPECT_EQ(StepAt<SleepStep>(script, 0).ms, 0.5);
  EXPECT_EQ(StepAt<SleepStep>(script, 1).ms, 3);
  EXPECT_THAT(ClientErrors(R"([{"sleep": {}}])"), ElementsAre(HasSubstr("lacks the key \"ms\"")));
  EXPECT_THAT(
      ClientErrors(R"([{"sleep": -1}])"),
      ElementsAre("/clients/0/script/0/sleep: found -1, expected a number from 0 to 3600000"));
}

TEST(ScriptLanguage, SignalsAreGivenAndAwaitedByName) {
  const Script script = LoweredClientScript(
      R"([{"signal": "go"}, {"signal": {"name": "go"}}, {"await": "go"}, {"await": {"signal": "go", "count": 2, "timeout_ms": 9}}])");
  EXPECT_EQ(StepAt<SignalStep>(script, 0).signal, "go");
  EXPECT_EQ(StepAt<SignalStep>(script, 1).signal, "go");
  EXPECT_EQ(StepAt<AwaitStep>(script, 2).count, 1U);
  EXPECT_EQ(StepAt<AwaitStep>(script, 3).signal, "go");
  EXPECT_EQ(StepAt<AwaitStep>(script, 3).count, 2U);
  EXPECT_EQ(StepAt<AwaitStep>(script, 3).timeout_ms, 9);
}

TEST(ScriptLanguage, SignalThatNobodyGivesCannotBeAwaited) {
  EXPECT_THAT(ClientErrors(R"([{"signal": "ready"}, {"await": "raedy"}])"),
              ElementsAre("/clients/0/script: the signal \"raedy\" is awaited here, and no script "
                          "gives it; did you mean \"ready\"?"));
  EXPECT_THAT(Draft()
                  .ServerScript(R"([{"signal": "served"}])")
                  .ClientScript(R"([{"await": "served"}])")
                  .Errors(),
              IsEmpty());
}

TEST(ScriptLanguage, SignalNamesMayDependOnTheClient) {
  Draft draft;
  draft.Set("/clients/0/count", "3").ClientScript(R"([{"signal": "turn${index}"}])");
  EXPECT_THAT(draft.ServerScript(R"([{"await": "turn1"}])").Errors(), IsEmpty());
}

TEST(ScriptLanguage, SetTakesOptionsByTheirNames) {
  const Script script = LoweredClientScript(
      R"([{"set": {"TCP_NODELAY": true, "SO_RCVBUF": 4096, "SO_LINGER": -1, "SO_KEEPALIVE": false, "label": "options"}}])");
  const auto& options = StepAt<SetStep>(script, 0).options;
  ASSERT_EQ(options.size(), 4U);
  EXPECT_EQ(options[0].name, "SO_KEEPALIVE");  // in the order of their names
  EXPECT_EQ(options[0].value, 0);
  EXPECT_EQ(options[1].name, "SO_LINGER");
  EXPECT_EQ(options[1].value, -1);
  EXPECT_EQ(options[2].value, 4096);
  EXPECT_EQ(options[3].name, "TCP_NODELAY");
  EXPECT_EQ(options[3].value, 1);
  EXPECT_EQ(script[0].label, "options");
}

TEST(ScriptLanguage, UnknownSocketOptionIsRefusedWithTheNearestOne) {
  EXPECT_THAT(
      ClientErrors(R"([{"set": {"TCP_NODELY": 1}}])"),
      ElementsAre(AllOf(HasSubstr("/set/TCP_NODELY"), HasSubstr("did you mean \"TCP_NODELAY\"?"))));
  EXPECT_THAT(ClientErrors(R"([{"set": {"label": "x"}}])"), ElementsAre(HasSubstr("at least one")));
  EXPECT_THAT(ClientErrors(R"([{"set": {"TCP_NODELAY": "on"}}])"),
              ElementsAre(HasSubstr("expected a number, true or false")));
  EXPECT_THAT(ClientErrors(R"([{"set": {"SO_RCVBUF": 4294967296}}])"),
              ElementsAre(HasSubstr("from")));
}

TEST(ScriptLanguage, RepeatBecomesABeginAndAnEndThatKnowEachOther) {
  const Script script = LoweredClientScript(
      R"([{"repeat": {"times": 3, "steps": [{"send": "a"}, {"repeat": {"until": {"message": "."}, "steps": [{"recv": "\n"}]}}]}}, {"close": {}}])");
  ASSERT_EQ(script.size(), 7U);
  EXPECT_EQ(StepAt<RepeatBegin>(script, 0).times, 3U);
  EXPECT_EQ(StepAt<RepeatBegin>(script, 0).end, 5U);
  EXPECT_EQ(StepAt<RepeatBegin>(script, 2).until_message, ".");
  EXPECT_FALSE(StepAt<RepeatBegin>(script, 2).times);
  EXPECT_EQ(StepAt<RepeatBegin>(script, 2).end, 4U);
  EXPECT_EQ(StepAt<RepeatEnd>(script, 4).begin, 2U);
  EXPECT_EQ(StepAt<RepeatEnd>(script, 5).begin, 0U);
}

TEST(ScriptLanguage, RepeatUntilEofHasNoOtherLimit) {
  const Script script =
      LoweredClientScript(R"([{"repeat": {"until": "eof", "steps": [{"recv": {}}]}}])");
  EXPECT_FALSE(StepAt<RepeatBegin>(script, 0).until_message);
  EXPECT_FALSE(StepAt<RepeatBegin>(script, 0).times);
}

TEST(ScriptLanguage, RepeatNeedsALimitAndTakesNoLabel) {
  EXPECT_THAT(ClientErrors(R"([{"repeat": {"steps": [{"recv": {}}]}}])"),
              ElementsAre(HasSubstr("needs \"times\" or \"until\"")));
  EXPECT_THAT(ClientErrors(R"([{"repeat": {"times": 2, "label": "x", "steps": []}}])"),
              ElementsAre(HasSubstr("no outcome to label")));
  EXPECT_THAT(ClientErrors(R"([{"repeat": {"until": "EOF", "steps": [{"recv": {}}]}}])"),
              ElementsAre(HasSubstr("expected \"eof\", {")));
}

TEST(ScriptLanguage, LoopThatNothingCanEndIsRefused) {
  for (const char* const steps :
       {R"([])", R"([{"sleep": 0}])", R"([{"sleep": 10}, {"signal": "s"}])", R"([{"send": ""}])",
        R"([{"repeat": {"times": 0, "steps": [{"recv": {}}]}}])", R"([{"reply": "echo"}])",
        R"([{"repeat": {"times": 5, "steps": [{"sleep": 0}]}}])"}) {
    const std::string script =
        R"([{"repeat": {"until": "eof", "steps": )" + std::string(steps) + "}}]";
    EXPECT_THAT(ClientErrors(script), ElementsAre(HasSubstr("nothing in this loop can end it")))
        << steps;
  }
  for (const char* const steps : {R"([{"recv": {}}])", R"([{"send": "x"}])",
                                  R"([{"repeat": {"times": 2, "steps": [{"recv": {}}]}}])"}) {
    const std::string script =
        R"([{"repeat": {"until": "eof", "steps": )" + std::string(steps) + "}}]";
    EXPECT_THAT(ClientErrors(script), IsEmpty()) << steps;
  }
}

TEST(ScriptLanguage, EveryOtherStepTakesALabel) {
  const Script script = LoweredClientScript(R"([
      {"connect": {"label": "l"}}, {"send": {"text": "", "label": "l"}}, {"recv": {"label": "l"}},
      {"reply": {"label": "l"}}, {"shutdown": {"label": "l"}}, {"close": {"label": "l"}},
      {"abort": {"label": "l"}}, {"sleep": {"ms": 0, "label": "l"}}, {"signal": {"name": "s", "label": "l"}},
      {"await": {"signal": "s", "label": "l"}}, {"set": {"TCP_NODELAY": 1, "label": "l"}}])");
  EXPECT_EQ(script.size(), 11U);
  for (const Step& step : script) EXPECT_EQ(step.label, "l");
}

TEST(ScriptLanguage, LabelWithADotIsRefused) {
  EXPECT_THAT(ClientErrors(R"([{"recv": {"label": "a.b"}}])"),
              ElementsAre(HasSubstr("without dots")));
  EXPECT_THAT(ClientErrors(R"([{"recv": {"label": ""}}])"),
              ElementsAre(HasSubstr("1 to 64 bytes")));
}

TEST(ScriptLanguage, UnknownStepIsRefusedWithTheNearestOne) {
  EXPECT_THAT(ClientErrors(R"([{"conect": {}}])"),
              ElementsAre(AllOf(HasSubstr("/script/0/conect: there is no step \"conect\""),
                                HasSubstr("did you mean \"connect\"?"))));
  EXPECT_THAT(
      ClientErrors(R"([{"recv": {"bufer": 1}}])"),
      ElementsAre(AllOf(HasSubstr("has no key \"bufer\""), HasSubstr("did you mean \"buffer\"?"))));
}

TEST(ScriptLanguage, StepIsAnObjectWithOneKey) {
  EXPECT_THAT(ClientErrors(R"([{"send": "a", "recv": {}}])"),
              ElementsAre(HasSubstr("found 2 keys in one step")));
  EXPECT_THAT(ClientErrors(R"([{}])"), ElementsAre(HasSubstr("found an empty object")));
  EXPECT_THAT(ClientErrors(R"(["close"])"), ElementsAre(HasSubstr("found the string \"close\"")));
  EXPECT_THAT(ClientErrors(R"({"close": {}})"), ElementsAre(HasSubstr("expected a list of steps")));
}

TEST(ScriptLanguage, ServersCannotConnect) {
  EXPECT_THAT(Draft().ServerScript(R"([{"connect": {}}])").Errors(),
              ElementsAre(HasSubstr("a server's script cannot connect")));
}

TEST(ScriptLanguage, PayloadsAreBounded) {
  EXPECT_THAT(ClientErrors(R"([{"send": {"bytes": 67108864}}])"), IsEmpty());
  EXPECT_THAT(ClientErrors(R"([{"send": {"bytes": 67108865}}])"),
              ElementsAre(HasSubstr("67108864")));
  const std::string five =
      R"([{"send": 67108864}, {"send": 67108864}, {"send": 67108864}, {"send": 67108864}, {"send": 1}])";
  EXPECT_THAT(ClientErrors(five), ElementsAre(HasSubstr("268435457 bytes together")));
}

TEST(ScriptLanguage, WholeNumbersMayBeWrittenWithAnExponent) {
  EXPECT_EQ(StepAt<SendStep>(LoweredClientScript(R"([{"send": 1e3}])"), 0).bytes, 1000U);
  EXPECT_THAT(ClientErrors(R"([{"send": 1.5}])"), ElementsAre(HasSubstr("a whole number")));
  EXPECT_THAT(ClientErrors(R"([{"send": 1e300}])"), ElementsAre(HasSubstr("a whole number")));
}

TEST(ScriptLanguage, DeeplyNestedLoopsAreLowered) {
  std::string steps = R"([{"recv": {}}])";
  for (int i = 0; i < 18; ++i) {
    steps = R"([{"repeat": {"times": 1, "steps": )" + steps + "}}]";  // three levels each
  }
  EXPECT_EQ(LoweredClientScript(steps).size(), 2U * 18 + 1);
}

TEST(LowerScript, IndexIsPutInForEachClient) {
  const auto steps = nlohmann::json::parse(
      R"([{"send": "ciao ${index}\n"}, {"sleep": "$index"}, {"send": "$$${index}"}])");
  const Result<Script> script = LowerScript(steps, ScriptRole::kClient, 7);
  ASSERT_TRUE(script) << script.error().message;
  EXPECT_EQ(StepAt<SendStep>(*script, 0).text, "ciao 7\n");
  EXPECT_EQ(StepAt<SleepStep>(*script, 1).ms, 7);
  EXPECT_EQ(StepAt<SendStep>(*script, 2).text, "$7");
}

TEST(LowerScript, WrongDocumentIsAFaultOfTheHarness) {
  const Result<Script> script =
      LowerScript(nlohmann::json::parse(R"([{"recv": {}}, {"sleep": "x"}])"), ScriptRole::kHandler,
                  std::nullopt);
  ASSERT_FALSE(script);
  EXPECT_EQ(script.error().kind, ErrorKind::kHarness);
  EXPECT_THAT(script.error().message, HasSubstr("at /1/sleep: found the string \"x\""));
}

}  // namespace
}  // namespace tcplab
