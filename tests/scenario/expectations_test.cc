// The list under `expect`.
#include <string>
#include <vector>

#include "tests/scenario/fixture.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Draft Expecting(std::string_view expectation) {
  Draft draft;
  draft.Set("/parameters", R"({"backlog": [0, 1, 5], "mode": "listen"})")
      .Set("/server/listen", R"({"backlog": "$backlog", "mode": "$mode"})")
      .ClientScript(R"([{"connect": {"label": "open"}}, {"recv": {"label": "reply"}}])");
  return draft.Set("/expect", "[" + std::string(expectation) + "]");
}

std::vector<std::string> ErrorsOf(std::string_view expectation) {
  return Expecting(expectation).Errors();
}

Expectation Read(std::string_view expectation) {
  const Scenario scenario = Expecting(expectation).Get();
  return scenario.expectations.empty() ? Expectation{} : scenario.expectations[0];
}

template <typename T>
T MatcherOf(std::string_view expectation) {
  const Expectation read = Read(expectation);
  const T* const matcher = std::get_if<T>(&read.matcher);
  EXPECT_NE(matcher, nullptr) << expectation;
  return matcher != nullptr ? *matcher : T{};
}

TEST(Expectations, ObservationIsANameAndAPathIntoItsValue) {
  const Expectation plain = Read(R"({"observation": "accept_order", "equals": [0]})");
  EXPECT_EQ(plain.observation, "accept_order");
  EXPECT_THAT(plain.path, IsEmpty());
  const Expectation deep = Read(R"({"observation": "bytes.0.to_server.1", "equals": 100})");
  EXPECT_EQ(deep.observation, "bytes");
  EXPECT_THAT(deep.path, ElementsAre("0", "to_server", "1"));
}

TEST(Expectations, EveryMatcherIsRead) {
  EXPECT_EQ(MatcherOf<EqualsMatcher>(R"({"observation": "accept_order", "equals": [0, 1]})").value,
            nlohmann::json({0, 1}));
  EXPECT_THAT(
      MatcherOf<OneOfMatcher>(R"({"observation": "recv_calls.0", "one_of": [1, 2]})").values,
      ElementsAre(1, 2));
  EXPECT_EQ(
      MatcherOf<NoneMatcher>(R"({"observation": "connect_outcomes", "none": "phantom"})").value,
      "phantom");
  const auto between =
      MatcherOf<BetweenMatcher>(R"({"observation": "connect_ms", "between": [0, 2.5]})");
  EXPECT_EQ(between.low, 0);
  EXPECT_EQ(between.high, 2.5);
  const auto exactly = MatcherOf<CountMatcher>(
      R"({"observation": "connect_outcomes", "count": {"of": "queued", "equals": 2}})");
  EXPECT_EQ(exactly.value, "queued");
  EXPECT_EQ(exactly.low, 2U);
  EXPECT_EQ(exactly.high, 2U);
  const auto range = MatcherOf<CountMatcher>(
      R"({"observation": "connect_outcomes", "count": {"of": "queued", "between": [1, 3]}})");
  EXPECT_EQ(range.low, 1U);
  EXPECT_EQ(range.high, 3U);
}

TEST(Expectations, ExactlyOneMatcherIsNeeded) {
  EXPECT_THAT(ErrorsOf(R"({"observation": "accept_order"})"),
              ElementsAre(HasSubstr("/expect/0: found 0 matchers")));
  EXPECT_THAT(ErrorsOf(R"({"observation": "accept_order", "equals": 1, "none": 2})"),
              ElementsAre(HasSubstr("found 2 matchers")));
}

TEST(Expectations, EmptyOrReversedRangesAreRefused) {
  EXPECT_THAT(ErrorsOf(R"({"observation": "connect_ms", "between": [2, 1]})"),
              ElementsAre(HasSubstr("the range is empty")));
  EXPECT_THAT(ErrorsOf(R"({"observation": "connect_ms", "between": [1]})"),
              ElementsAre(HasSubstr("[lowest, highest]")));
  EXPECT_THAT(ErrorsOf(R"({"observation": "connect_ms", "one_of": []})"),
              ElementsAre(HasSubstr("at least one value")));
  EXPECT_THAT(ErrorsOf(R"({"observation": "recv_sizes", "count": {"of": 1}})"),
              ElementsAre(HasSubstr("exactly one of")));
  EXPECT_THAT(ErrorsOf(R"({"observation": "recv_sizes", "count": {"equals": 1}})"),
              ElementsAre(HasSubstr("lacks the key \"of\"")));
  EXPECT_THAT(ErrorsOf(R"({"observation": "recv_sizes", "count": {"of": 1, "equals": -1}})"),
              ElementsAre(HasSubstr("found -1")));
}

TEST(Expectations, UnknownObservationIsRefusedWithTheNearestOne) {
  EXPECT_THAT(ErrorsOf(R"({"observation": "acept_order", "equals": 1})"),
              ElementsAre(AllOf(HasSubstr("/expect/0/observation"),
                                HasSubstr("did you mean \"accept_order\"?"))));
  EXPECT_THAT(ErrorsOf(R"({"observation": "outcome_counts.refsued", "equals": 0})"),
              ElementsAre(HasSubstr("did you mean \"refused\"?")));
  EXPECT_THAT(ErrorsOf(R"({"observation": "outcome_counts.failed:EMFILE", "equals": 0})"),
              IsEmpty());
  EXPECT_THAT(ErrorsOf(R"({"observation": "steps.replay", "equals": 0})"),
              ElementsAre(HasSubstr("did you mean \"reply\"?")));
  EXPECT_THAT(ErrorsOf(R"({"observation": "steps.open.0", "equals": 0})"), IsEmpty());
  EXPECT_THAT(ErrorsOf(R"({"observation": "stream_end.cleint", "equals": 0})"),
              ElementsAre(HasSubstr("did you mean \"client\"?")));
  EXPECT_THAT(ErrorsOf(R"({"observation": "replies.first", "equals": 0})"),
              ElementsAre(HasSubstr("expected a number")));
  EXPECT_THAT(ErrorsOf(R"({"observation": "bytes.0.", "equals": 0})"),
              ElementsAre(HasSubstr("between the dots")));
}

TEST(Expectations, LabelsOfAScriptThatIsWrongAreNotMissed) {
  Draft draft = Expecting(R"({"observation": "steps.reply", "equals": 0})");
  draft.ClientScript(R"([{"connect": {}}, {"recv": {"label": "reply", "bufer": 1}}, {"slep": 1}])");
  EXPECT_THAT(draft.Errors(), ElementsAre(HasSubstr("bufer"), HasSubstr("slep")));
}

TEST(Expectations, ShareIsOneUnlessLessIsAskedFor) {
  EXPECT_EQ(Read(R"({"observation": "accept_order", "equals": 1})").share, 1);
  EXPECT_EQ(Read(R"({"observation": "accept_order", "equals": 1, "in_at_least": 0.9})").share, 0.9);
  EXPECT_EQ(Read(R"({"observation": "accept_order", "equals": 1, "in_at_least": 1})").share, 1);
}

TEST(Expectations, NumberOfTrialsIsOutOfTheScenariosOwn) {
  Draft draft = Expecting(R"({"observation": "accept_order", "equals": 1, "in_at_least": 19})");
  EXPECT_EQ(draft.Get().expectations.at(0).share, 0.95);
  draft.options().trials = 5;
  EXPECT_EQ(draft.Get().expectations.at(0).share, 0.95);
  EXPECT_THAT(ErrorsOf(R"({"observation": "accept_order", "equals": 1, "in_at_least": 21})"),
              ElementsAre(HasSubstr("from 2 to the scenario's 20")));
  for (const char* const wrong : {"0", "-1", "1.5", "2.5", "\"all\""}) {
    EXPECT_EQ(ErrorsOf(R"({"observation": "accept_order", "equals": 1, "in_at_least": )" +
                       std::string(wrong) + "}")
                  .size(),
              1U)
        << wrong;
  }
}

TEST(Expectations, CaseNamesParametersAndTheirValues) {
  EXPECT_TRUE(Read(R"({"observation": "accept_order", "equals": 1})").cases.is_null());
  EXPECT_EQ(
      Read(
          R"({"observation": "accept_order", "equals": 1, "case": {"backlog": [0, 5], "mode": "listen"}})")
          .cases,
      nlohmann::json::parse(R"({"backlog": [0, 5], "mode": "listen"})"));
  EXPECT_THAT(ErrorsOf(R"({"observation": "accept_order", "equals": 1, "case": {"baklog": 0}})"),
              ElementsAre(HasSubstr("did you mean \"backlog\"?")));
  EXPECT_THAT(ErrorsOf(R"({"observation": "accept_order", "equals": 1, "case": {"backlog": 2}})"),
              ElementsAre("/expect/0/case/backlog: found 2, expected 0, 1, 5"));
  EXPECT_THAT(
      ErrorsOf(R"({"observation": "accept_order", "equals": 1, "case": {"backlog": [0, 3]}})"),
      ElementsAre(HasSubstr("/backlog/1: found 3")));
  EXPECT_THAT(ErrorsOf(R"({"observation": "accept_order", "equals": 1, "case": {}})"),
              ElementsAre(HasSubstr("an empty object")));
}

TEST(Expectations, SetDoesNotMakeThemWrong) {
  Draft draft =
      Expecting(R"({"observation": "accept_order", "equals": 1, "case": {"backlog": 0}})");
  EXPECT_THAT(draft.Override("backlog", "7").Errors(), IsEmpty());
}

std::string When(const std::string& condition) {
  return R"({"observation": "accept_order", "equals": 1, "when": )" + condition + "}";
}

TEST(Expectations, WhenNamesSystemsStacksKernelsAndFacets) {
  EXPECT_THAT(Read(When(R"({"os": "linux"})")).when.os, ElementsAre("linux"));
  EXPECT_THAT(Read(When(R"({"os": ["macos", "freebsd"]})")).when.os,
              ElementsAre("macos", "freebsd"));
  EXPECT_THAT(Read(When(R"({"stack": ["gvisor", "wine-on-linux"]})")).when.stack,
              ElementsAre("gvisor", "wine-on-linux"));
  const auto kernel = Read(When(R"({"kernel": [">=6.5", "<7", "=6"]})")).when.kernel;
  ASSERT_EQ(kernel.size(), 3U);
  EXPECT_EQ(kernel[0].relation, VersionBound::Relation::kAtLeast);
  EXPECT_THAT(kernel[0].version, ElementsAre(6U, 5U));
  EXPECT_EQ(kernel[1].relation, VersionBound::Relation::kLess);
  EXPECT_EQ(kernel[2].relation, VersionBound::Relation::kEqual);
  const json facets = {{"tcp_syncookies", {1, 2}}, {"congestion_control", "cubic"}};
  EXPECT_EQ(Read(When(R"({"facets": )" + facets.dump() + "}")).when.facets, facets);
}

TEST(Expectations, WhenThatCannotBeMeantIsRefused) {
  const std::vector<std::pair<const char*, const char*>> rows = {
      {R"({"os": "linx"})", "did you mean \"linux\"?"},
      {"{}", "at least one of"},
      {"[]", "\"when\": an object"},
      {R"({"os": []})", "at least one system"},
      {R"({"stack": "a b"})", "a stack's name"},
      {R"({"kernel": "6.5"})", "expected a bound on the kernel's version such as \">=6.5\""},
      {R"({"kernel": ">=6."})", "expected a bound"},
      {R"({"kernel": ">= 6"})", "expected a bound"},
      {R"({"kernel": ">=6.9999999999"})", "expected a bound"},
      {R"({"kernel": 6.5})", "expected a bound"},
      {R"({"kernel": []})", "at least one version"},
      {R"({"facets": {}})", "an object of facets"},
      {R"({"facets": {"tcp_syncokies": 1}})", "did you mean \"tcp_syncookies\"?"},
      {R"({"facets": {"vm": []}})", "a value, or a list of at least one"},
      {R"({"facets": {"vm": null}})", "a value, or a list of at least one"},
  };
  for (const auto& [condition, message] : rows) {
    EXPECT_THAT(ErrorsOf(When(condition)), ElementsAre(HasSubstr(message))) << condition;
  }
}

TEST(Expectations, AuthorsWordsAreKeptForTheResult) {
  const std::string text =
      R"({"observation": "accept_order", "equals": ["$x", 1], "in_at_least": 19})";
  EXPECT_EQ(Read(text).document, nlohmann::json::parse(text));
  EXPECT_EQ(MatcherOf<EqualsMatcher>(text).value, nlohmann::json::parse(R"(["$x", 1])"));
}

}  // namespace
}  // namespace tcplab
