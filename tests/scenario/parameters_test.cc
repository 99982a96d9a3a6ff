// Parameters, the matrix, --set and --case.
#include <string>
#include <vector>

#include "tests/scenario/fixture.h"

namespace tcplab {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A scenario with these parameters, all of them used.
Draft With(std::string_view parameters) {
  Draft draft;
  draft.Set("/parameters", parameters);
  std::string text;
  for (const auto& [name, unused] : draft.document()["parameters"].items())
    text += "${" + name + "}";
  return draft.ClientScript(R"([{"connect": {}}, {"send": ")" + text + R"("}])");
}

std::vector<std::string> CasesOf(const Draft& draft) {
  std::vector<std::string> cases;
  for (const Case& a_case : draft.Get().cases) cases.push_back(a_case.parameters.dump());
  return cases;
}

std::string SentIn(const Draft& draft) {
  return StepAt<SendStep>(draft.Get().cases.at(0).clients.at(0).script, 1).text;
}

TEST(Parameters, MatrixVariesTheLastNameFastest) {
  EXPECT_THAT(CasesOf(With(R"({"b": [1, 2], "a": ["x", "y"], "c": true})")),
              ElementsAre(R"({"a":"x","b":1,"c":true})", R"({"a":"x","b":2,"c":true})",
                          R"({"a":"y","b":1,"c":true})", R"({"a":"y","b":2,"c":true})"));
}

TEST(Parameters, ScenarioWithoutThemHasOneCase) {
  EXPECT_THAT(CasesOf(Draft()), ElementsAre("{}"));
}

TEST(Parameters, NumbersAreInterpolatedAsJsonWritesThem) {
  EXPECT_EQ(SentIn(With(R"({"a": 1, "b": 0.5, "c": false, "d": "x y"})")), "10.5falsex y");
}

TEST(Parameters, OneThatIsNeverUsedIsRefused) {
  Draft draft = With(R"({"a": 1})");
  draft.Set("/parameters/unused", "[1, 2]");
  EXPECT_THAT(draft.Errors(),
              ElementsAre(HasSubstr("/parameters/unused: the parameter \"unused\" is never used")));
}

TEST(Parameters, UseInAnExpectationDoesNotCount) {
  Draft draft;
  draft.Set("/parameters", R"({"a": 1})")
      .Set("/expect", R"([{"observation": "recv_sizes", "equals": "$a"}])");
  EXPECT_THAT(draft.Errors(), ElementsAre(HasSubstr("never used")));
}

TEST(Parameters, OneThatIsNotDefinedIsRefusedWithTheNearestName) {
  Draft draft = With(R"({"backlog": 1})");
  EXPECT_THAT(draft.Set("/server/listen/backlog", R"("$baklog")").Errors(),
              ElementsAre("/server/listen/backlog: the parameter \"baklog\" is not defined; did "
                          "you mean \"backlog\"?"));
}

TEST(Parameters, OneThatWasProbablyMeantIsNotCalledUnused) {
  Draft draft;
  draft.Set("/parameters", R"({"backlog": 1})").Set("/server/listen/backlog", R"("$baklog")");
  EXPECT_THAT(draft.Errors(), ElementsAre(HasSubstr("is not defined")));
}

TEST(Parameters, IndexBelongsToTheClientsScripts) {
  EXPECT_THAT(With(R"({"index": 1})").Errors(),
              ElementsAre(HasSubstr("/parameters/index: \"index\" is the client's number")));
  EXPECT_THAT(Draft().ServerScript(R"([{"send": "${index}"}])").Errors(),
              ElementsAre(HasSubstr("only a client's script knows it")));
  EXPECT_THAT(Draft().Set("/clients/0/count", R"("$index")").Errors(),
              ElementsAre(HasSubstr("only a client's script knows it")));
}

TEST(Parameters, ValuesAreScalarsOrListsOfThem) {
  EXPECT_THAT(With(R"({"a": []})").Errors(),
              ElementsAre(HasSubstr("/parameters/a: found an empty list")));
  EXPECT_THAT(With(R"({"a": [1, [2]]})").Errors(),
              ElementsAre(HasSubstr("/parameters/a/1: found a list")));
  EXPECT_THAT(With(R"({"a": null})").Errors(), ElementsAre(HasSubstr("found null")));
  EXPECT_THAT(With(R"({"a": {"b": 1}})").Errors(),
              ElementsAre(HasSubstr("lacks the key \"prompt\""), HasSubstr("has no key \"b\"")));
  EXPECT_THAT(With(R"({"a-b": 1})").Errors(),
              testing::Contains(HasSubstr("is no name of a parameter")));
}

TEST(Parameters, AxisWithTheSameValueTwiceIsRefused) {
  EXPECT_THAT(With(R"({"a": [1, 2, 1]})").Errors(),
              ElementsAre(HasSubstr("/parameters/a/2: 1 stands twice")));
  EXPECT_THAT(With(R"({"a": [1, 1.0]})").Errors(), ElementsAre(HasSubstr("stands twice")));
  EXPECT_THAT(With(R"({"a": [1, "1", true]})").Errors(), IsEmpty());
}

TEST(Parameters, MatrixOfMillionsIsRefusedWithTheNumber) {
  std::string axis = "[0";
  for (int i = 1; i < 100; ++i) axis += "," + std::to_string(i);
  axis += "]";
  EXPECT_THAT(With(R"({"a": )" + axis + R"(, "b": )" + axis + "}").Load().diagnostics, IsEmpty());
  EXPECT_THAT(With(R"({"a": )" + axis + R"(, "b": )" + axis + R"(, "c": [1, 2]})").Errors(),
              ElementsAre("/parameters: found a matrix of 20000 cases, expected at most 10000"));
  std::string many = R"({"a0": )" + axis;
  for (int i = 1; i < 40; ++i) many += ", \"a" + std::to_string(i) + "\": " + axis;
  EXPECT_THAT(With(many + "}").Errors(), ElementsAre(HasSubstr("found a matrix of 1e+80 cases")));
}

TEST(Parameters, CasesThatTogetherGrowTooLargeAreRefused) {
  std::string axis = "[0";
  for (int i = 1; i < 500; ++i) axis += "," + std::to_string(i);
  Draft draft;
  draft.Set("/parameters",
            R"({"a": )" + axis + R"(], "text": ")" + std::string(1'000'000, 'x') + "\"}");
  draft.ClientScript(R"([{"connect": {}}, {"send": "${a}${text}"}])");
  EXPECT_THAT(draft.Errors(), ElementsAre(HasSubstr("the 500 cases are larger than 256 MiB")));
}

TEST(Parameters, MoreThanAHundredAreRefused) {
  std::string many = R"({"a0": 0)";
  for (int i = 1; i < 101; ++i) many += ", \"a" + std::to_string(i) + "\": 0";
  EXPECT_THAT(With(many + "}").Errors(),
              Contains(HasSubstr("/parameters: found 101 parameters, expected at most 100")));
}

TEST(Parameters, PromptWithoutAValueAsksForSet) {
  Draft draft = With(R"({"word": {"prompt": "Insert letters:"}})");
  EXPECT_THAT(draft.Errors(),
              ElementsAre(AllOf(HasSubstr("--set word=..."), HasSubstr("Insert letters:"))));
  EXPECT_EQ(SentIn(draft.Override("word", "5")), "5");
}

constexpr const char* kNumberPrompt = R"({"n": {"prompt": "Number:", "type": "number"}})";

TEST(Parameters, PromptForANumberTakesNothingElse) {
  EXPECT_EQ(CasesOf(With(kNumberPrompt).Override("n", "-7")).at(0), R"({"n":-7})");
  EXPECT_EQ(CasesOf(With(kNumberPrompt).Override("n", "0.5")).at(0), R"({"n":0.5})");
  for (const char* const wrong : {"abc", "", "true", "\"5\"", "5 6", "0x10", "1e999", "nan"}) {
    EXPECT_THAT(With(kNumberPrompt).Override("n", wrong).Errors(),
                Contains(HasSubstr("expected a number")))
        << wrong;
  }
  EXPECT_THAT(With(R"({"n": {"prompt": "?", "type": "digits"}})").Errors(),
              Contains("/parameters/n/type: found the string \"digits\", expected \"string\" or "
                       "\"number\""));
}

TEST(Parameters, NumberKeepsTheDigitsThatWereGiven) {
  for (const char* const exact :
       {"9223372036854775783", "9223372036854775808", "18446744073709551615",
        "-9223372036854775808", "9007199254740993", "0.123456789012345", "0"}) {
    const Draft draft = With(kNumberPrompt).Override("n", exact);
    EXPECT_EQ(CasesOf(draft).at(0), std::string(R"({"n":)") + exact + "}");
    EXPECT_EQ(SentIn(draft), exact);
  }
  for (const char* const changed : {"18446744073709551616", "-9223372036854775809",
                                    "0.12345678901234567", "100000000000000000000", "1e-999"}) {
    EXPECT_THAT(With(kNumberPrompt).Override("n", changed).Errors(),
                Contains(HasSubstr("of at most 64 bits")))
        << changed;
  }
}

// Answers one after the other, and notes what was asked.
struct Person {
  std::vector<std::string> answers;
  std::vector<Question> asked;

  Result<std::string> Answer(const Question& question) {
    asked.push_back(question);
    if (asked.size() > answers.size()) return Invalid("nobody is here");
    return answers[asked.size() - 1];
  }
};

Draft& Ask(Draft& draft, Person& person) {
  draft.options().ask = [&person](const Question& question) { return person.Answer(question); };
  return draft;
}

TEST(Asker, IsAskedForWhatHasNoValueAndItsAnswerCanBeSetNextTime) {
  Draft draft = With(R"({"a": 1, "b": {"prompt": "B?"}, "c": {"prompt": "C?"}})");
  Person person{{"answer"}, {}};
  const Scenario scenario = Ask(draft.Override("b", "set"), person).Get();
  ASSERT_EQ(person.asked.size(), 1U);
  EXPECT_EQ(person.asked[0].parameter, "c");
  EXPECT_EQ(person.asked[0].prompt, "C?");
  EXPECT_EQ(scenario.cases.at(0).parameters.dump(), R"({"a":1,"b":"set","c":"answer"})");
  EXPECT_EQ(scenario.assignments,
            (std::vector<std::pair<std::string, std::string>>{{"b", "set"}, {"c", "answer"}}));
}

TEST(Asker, IsToldWhyAnAnswerWasRefusedAndAskedThreeTimesInAll) {
  Draft draft = With(kNumberPrompt);
  Person person{{"x", "\xFF", "5"}, {}};
  EXPECT_THAT(CasesOf(Ask(draft, person)), ElementsAre(R"({"n":5})"));
  ASSERT_EQ(person.asked.size(), 3U);
  EXPECT_EQ(person.asked[0].complaint, "");
  EXPECT_TRUE(person.asked[0].is_number);
  EXPECT_EQ(person.asked[1].complaint, R"(found "x", expected a number)");
  EXPECT_THAT(person.asked[2].complaint, HasSubstr("not UTF-8"));

  Person stubborn{{"x", "y", "z", "5"}, {}};
  EXPECT_THAT(
      Ask(draft, stubborn).Errors(),
      ElementsAre(R"(/parameters/n: the parameter has no value: found "z", expected a number; )"
                  "give one with --set n=..."));
  EXPECT_EQ(stubborn.asked.size(), 3U);
}

TEST(Asker, WhoGoesAwayIsNotAskedForTheRest) {
  Draft draft = With(R"({"a": {"prompt": "A?"}, "b": {"prompt": "B?"}})");
  Person person;
  EXPECT_THAT(Ask(draft, person).Errors(),
              ElementsAre(HasSubstr("/parameters/a: the parameter has no value: nobody is here"),
                          HasSubstr("/parameters/b: the parameter has no value; give")));
  EXPECT_EQ(person.asked.size(), 1U);
}

TEST(Asker, IsToldTheExampleWhichIsOfTheParametersType) {
  Person person{{"5", "x"}, {}};
  Draft draft = With(R"({"n": {"prompt": "N?", "example": 7, "type": "number"},
                         "s": {"prompt": "S?", "example": "yes"}})");
  EXPECT_TRUE(Ask(draft, person).Errors().empty());
  ASSERT_EQ(person.asked.size(), 2U);
  EXPECT_EQ(person.asked[0].example, "7");
  EXPECT_EQ(person.asked[1].example, "yes");
  EXPECT_THAT(With(R"({"n": {"prompt": "N?", "type": "number", "example": "7"}})").Errors(),
              Contains("/parameters/n/example: found the string \"7\", expected a number, as the "
                       "parameter is one"));
  EXPECT_THAT(With(R"({"s": {"prompt": "S?", "example": 7}})").Errors(),
              Contains("/parameters/s/example: found 7, expected a string, as the parameter is "
                       "one"));
}

TEST(Asker, IsLeftAloneWhileSomethingElseIsWrong) {
  Draft draft = With(R"({"a": {"prompt": "A?"}})");
  Person person{{"x"}, {}};
  EXPECT_EQ(Ask(draft.Set("/trials", "0"), person).Errors().size(), 1U);
  EXPECT_THAT(person.asked, IsEmpty());
}

TEST(Parameters, ErrorThatAParameterBringsNamesItsCase) {
  Draft draft;
  draft.Set("/parameters", R"({"n": [1, -2]})").Set("/clients/0/count", R"("$n")");
  EXPECT_THAT(draft.Errors(),
              ElementsAre("/clients/0/count: found -2, expected a whole number from 0 to 1000000 "
                          "(\"$n\" in the case n=-2)"));
}

TEST(Parameters, WindowMayBeOneAndTrialsMayNot) {
  Draft draft;
  draft.Set("/parameters", R"({"w": [1500, 2500]})").Set("/window_ms", R"("$w")");
  EXPECT_EQ(draft.Get().cases.at(1).window_ms, 2500);
  EXPECT_THAT(draft.Set("/trials", R"("$w")").Errors(),
              ElementsAre(HasSubstr("all cases have the same number of trials")));
}

TEST(Set, ReplacesAParameterAndAnAxis) {
  Draft draft = With(R"({"a": [1, 2], "b": [3, 4]})");
  EXPECT_THAT(CasesOf(draft.Override("a", "9")),
              ElementsAre(R"({"a":9,"b":3})", R"({"a":9,"b":4})"));
  EXPECT_THAT(CasesOf(draft.Override("a", "8").Override("b", "0.5")),
              ElementsAre(R"({"a":8,"b":0.5})"));
}

TEST(Set, ValueIsOfTheDeclaredKind) {
  EXPECT_THAT(CasesOf(With(R"({"a": "x"})").Override("a", "5")), ElementsAre(R"({"a":"5"})"));
  EXPECT_THAT(CasesOf(With(R"({"a": [true]})").Override("a", "false")),
              ElementsAre(R"({"a":false})"));
  EXPECT_THAT(CasesOf(With(R"({"a": [1, "auto"]})").Override("a", "off")),
              ElementsAre(R"({"a":"off"})"));
  EXPECT_THAT(CasesOf(With(R"({"a": [1, "auto"]})").Override("a", "7")), ElementsAre(R"({"a":7})"));
  EXPECT_THAT(With(R"({"a": 1})").Override("a", "x").Errors(),
              ElementsAre(": --set \"a=x\": found \"x\", expected a number"));
  EXPECT_THAT(With(R"({"a": 1})").Override("a", "true").Errors(),
              ElementsAre(HasSubstr("expected a number")));
  EXPECT_THAT(With(R"({"a": [true, false]})").Override("a", "1").Errors(),
              ElementsAre(HasSubstr("expected true or false")));
}

TEST(Set, UnknownNameIsRefusedWithTheNearestOne) {
  EXPECT_THAT(
      With(R"({"backlog": 1})").Override("backlgo", "1").Errors(),
      ElementsAre(AllOf(HasSubstr("--set \"backlgo=1\""), HasSubstr("did you mean \"backlog\"?"))));
  EXPECT_THAT(Draft().Override("x", "1").Errors(), ElementsAre(HasSubstr("has no parameters")));
  EXPECT_THAT(With(R"({"a": 1})").Override("index", "1").Errors(),
              ElementsAre(HasSubstr("cannot be set")));
  EXPECT_THAT(With(R"({"a": "x"})").Override("a", "\xFF").Errors(),
              ElementsAre(HasSubstr("not UTF-8")));
}

TEST(Set, ValueStillHasToFitWhereItGoes) {
  Draft draft;
  draft.Set("/parameters", R"({"n": 1})").Set("/clients/0/count", R"("$n")").Override("n", "-3");
  EXPECT_THAT(draft.Errors(), ElementsAre(HasSubstr("found -3")));
}

TEST(CaseFilter, KeepsTheCasesThatAreNamed) {
  Draft draft = With(R"({"a": [1, 2, 3], "b": ["x", "y"]})");
  EXPECT_THAT(CasesOf(draft.OnlyCase("a", "2")),
              ElementsAre(R"({"a":2,"b":"x"})", R"({"a":2,"b":"y"})"));
  EXPECT_THAT(CasesOf(draft.OnlyCase("b", "y")), ElementsAre(R"({"a":2,"b":"y"})"));
  EXPECT_THAT(CasesOf(draft.OnlyCase("a", "3.0")),
              ElementsAre(R"({"a":2,"b":"y"})", R"({"a":3,"b":"y"})"));
}

TEST(CaseFilter, ValueThatNoCaseHasIsRefusedWithThoseThereAre) {
  EXPECT_THAT(With(R"({"a": [1, 2]})").OnlyCase("a", "3").Errors(),
              ElementsAre(": --case \"a=3\": no case has this value; there are 1, 2"));
  EXPECT_THAT(With(R"({"a": [1, 2]})").OnlyCase("aa", "1").Errors(),
              ElementsAre(HasSubstr("did you mean \"a\"?")));
}

TEST(Trials, AreReplacedByTheOption) {
  Draft draft;
  draft.options().trials = 3;
  EXPECT_EQ(draft.Get().trials, 3U);
  draft.options().trials = 0;
  EXPECT_THAT(draft.Errors(), ElementsAre(HasSubstr("--trials 0")));
}

}  // namespace
}  // namespace tcplab
