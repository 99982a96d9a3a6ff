#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/runner/run_binary.h"
#include "tests/support/made_up_result.h"

namespace tcplab {
namespace {

using nlohmann::json;

const json kQueued = {"accepted", "queued", "pending"};
const json kRefused = {"accepted", "queued", "refused"};

// A deterministic observation, one that scatters, and a case of each of two backlogs.
MadeUpResult Backlog(const std::string& environment = "linux-6.1-x86_64",
                     const std::string& started = "2025-01-31T09:00:00Z",
                     const json& outcomes = kQueued) {
  TrialValues sizes;
  for (int i = 0; i < 20; ++i) sizes.push_back(json{{"1", 3 + i % 4}, {"98", 1}});
  MadeUpResult result(environment, started);
  for (const int backlog : {1, 2}) {
    result.Case({{"backlog", backlog}})
        .Saw("connect_outcomes", "set", Times(20, outcomes))
        .Saw("recv_histogram", "distribution", sizes)
        .Saw("connect_ms", "timing", Times(20, json{0.1, 0.2, nullptr}));
  }
  return result;
}

class Diff : public testing::Test {
 protected:
  std::string Write(const std::string& name, const MadeUpResult& result) {
    return folder_.Write(name, result.document().dump(2));
  }
  Finished Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "diff");
    return RunRunner(folder_, arguments);
  }
  TempFolder folder_;
};

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t LongestLine(const std::string& text) {
  std::size_t longest = 0;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    longest = std::max(longest, end - begin);
    begin = end + 1;
  }
  return longest;
}

TEST_F(Diff, AResultAndItselfAreTheSame) {
  Write("a.json", Backlog());
  const Finished done = Run({"a.json", "a.json"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_TRUE(Has(done.out, "same: 0 different, 0 inconclusive, 6 the same")) << done.out;
  EXPECT_TRUE(Has(done.out, "environment: no facet differs")) << done.out;
  EXPECT_TRUE(Has(done.out, "6 facts: trial by trial, since both are of one run")) << done.out;
}

TEST_F(Diff, TheSameSaysWhatItsTrialsLeaveRoomFor) {
  Write("a.json", Backlog());
  Write("b.json", Backlog("linux-6.1-x86_64", "2025-02-01T09:00:00Z"));
  const Finished done = Run({"a.json", "b.json"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_TRUE(Has(done.out, "same: 0 different, 0 inconclusive, 4 the same")) << done.out;
  EXPECT_TRUE(Has(done.out, "20 equal trials a side leave room for an outcome of 14%")) << done.out;
  EXPECT_TRUE(Has(done.out, "Timing is reported, not judged")) << done.out;
}

TEST_F(Diff, OneEditedTrialOfADeterministicObservationIsNamed) {
  Write("a.json", Backlog());
  MadeUpResult edited = Backlog();
  TrialValues trials = Times(20, kQueued);
  trials[12] = kRefused;
  edited.Saw("connect_outcomes", "set", trials);  // of the last case: backlog 2
  Write("b.json", edited);
  for (const auto& order : {std::vector<std::string>{"a.json", "b.json"}, {"b.json", "a.json"}}) {
    const Finished done = Run(order);
    EXPECT_EQ(done.exit_code, 1) << done.err;
    EXPECT_TRUE(Has(done.out, "1 fact differs\nbacklog=2: connect_outcomes\n")) << done.out;
    EXPECT_TRUE(Has(done.out, "trial 12 of the same run")) << done.out;
    EXPECT_TRUE(Has(done.out, "2 refused")) << done.out;
  }
}

TEST_F(Diff, FacetsStandAboveFactsAndFactsThatDifferAboveAllOthers) {
  Write("a.json", Backlog());
  Write("b.json", Backlog("freebsd-14-x86_64", "2025-02-01T09:00:00Z", kRefused)
                      .With("/environment/facets/somaxconn", 128));
  const Finished done = Run({"a.json", "b.json"});
  EXPECT_EQ(done.exit_code, 1);
  const std::size_t facet = done.out.find("somaxconn");
  const std::size_t fact = done.out.find("2 facts differ");
  const std::size_t same = done.out.find("2 facts are the same");
  ASSERT_NE(same, std::string::npos) << done.out;
  EXPECT_LT(facet, fact);
  EXPECT_LT(fact, same);
  EXPECT_TRUE(Has(done.out, "20 of 20")) << done.out;
  EXPECT_LE(LongestLine(done.out), 120U);
}

TEST_F(Diff, TheSameInputsGiveTheSameBytesInEveryFormat) {
  Write("a.json", Backlog());
  Write("b.json", Backlog("linux-6.1-x86_64", "2025-02-01T09:00:00Z", kRefused));
  for (const std::string format : {"text", "json", "markdown", "html"}) {
    const Finished one = Run({"a.json", "b.json", "--format", format});
    EXPECT_EQ(one.exit_code, 1) << format << one.err;
    EXPECT_EQ(one.out, Run({"a.json", "b.json", "--format", format}).out);
  }
}

TEST_F(Diff, TheOrderOfFilesChangesLabelsAndNothingElse) {
  TrialValues mixed = Then(Times(12, kQueued), Times(8, kRefused));
  Write("a.json", Backlog());
  Write("b.json",
        Backlog("linux-6.1-x86_64", "2025-02-01T09:00:00Z").Saw("connect_outcomes", "set", mixed));
  const json one = json::parse(Run({"a.json", "b.json", "--format", "json"}).out);
  const json other = json::parse(Run({"b.json", "a.json", "--format", "json"}).out);
  ASSERT_EQ(one["facts"].size(), other["facts"].size());
  for (std::size_t i = 0; i < one["facts"].size(); ++i) {
    EXPECT_EQ(one["facts"][i]["pairs"], other["facts"][i]["pairs"]);
  }
}

TEST_F(Diff, StrictTakesInconclusiveForAnswerFour) {
  Write("a.json", Backlog());
  Write("b.json",
        Backlog("linux-6.1-x86_64", "2025-02-01T09:00:00Z")
            .Saw("connect_outcomes", "set", Then(Times(18, kQueued), Times(2, kRefused))));
  EXPECT_EQ(Run({"a.json", "b.json"}).exit_code, 0);
  const Finished strict = Run({"a.json", "b.json", "--strict"});
  EXPECT_EQ(strict.exit_code, 4);
  EXPECT_TRUE(Has(strict.out, "; about 47 more trials a side")) << strict.out;
  EXPECT_EQ(Run({"a.json", "b.json", "--strict", "--ignore", "connect_outcomes"}).exit_code, 0);
  EXPECT_EQ(Run({"a.json", "b.json", "--strict", "--case", "backlog=1"}).exit_code, 0);
}

TEST_F(Diff, AMatrixOfFiveEnvironmentsFitsATerminal) {
  const std::vector<std::string> environments = {"linux-6.18-x86_64", "freebsd-14.1-amd64",
                                                 "macos-15.2-arm64", "windows-10.0-x86_64",
                                                 "gvisor-4.4-x86_64"};
  std::vector<std::string> files;
  for (const std::string& environment : environments) {
    const bool unix_like = environment.starts_with("linux") || environment.starts_with("gvisor");
    files.push_back(environment + ".json");
    Write(files.back(), Backlog(environment, environment, unix_like ? kQueued : kRefused));
  }
  const Finished done = Run(files);
  EXPECT_EQ(done.exit_code, 1) << done.err;
  EXPECT_LE(LongestLine(done.out), 120U) << done.out;
  EXPECT_TRUE(Has(done.out, "= A")) << done.out;
  EXPECT_TRUE(Has(done.out, "= B")) << done.out;

  files.insert(files.end(), {"--format", "markdown"});
  const std::string markdown = Run(files).out;
  // GitHub shows a table only where every row has as many cells as the head.
  std::size_t rows = 0;
  for (std::size_t at = markdown.find("| fact |"); at < markdown.size() && markdown[at] == '|';) {
    const std::size_t end = markdown.find('\n', at);
    const std::string row = markdown.substr(at, end - at);
    EXPECT_EQ(std::count(row.begin(), row.end(), '|'), 7) << row;
    at = end + 1;
    ++rows;
  }
  EXPECT_EQ(rows, 4U) << markdown;  // the head, the line under it, two facts
}

TEST_F(Diff, NothingInAResultIsMarkup) {
  const json evil = {"<script>alert(1)</script>|`x`", "a\x1b[31mred"};
  Write("a.json", Backlog());
  Write("b.json", Backlog("linux-6.1-x86_64", "<b>2025</b>", evil));
  const std::string html = Run({"a.json", "b.json", "--format", "html"}).out;
  EXPECT_FALSE(Has(html, "<script>alert")) << html;
  EXPECT_TRUE(Has(html, "&lt;script&gt;")) << html;
  EXPECT_FALSE(Has(html, "http"));  // self-contained
  const std::string markdown = Run({"a.json", "b.json", "--format", "markdown"}).out;
  EXPECT_FALSE(Has(markdown, "<script>"));
  EXPECT_FALSE(Has(markdown, ")|"));
  EXPECT_FALSE(Has(Run({"a.json", "b.json"}).out, "\x1b"));
}

TEST_F(Diff, FoldersAreMatchedByPath) {
  Write("one/backlog.json", Backlog());
  Write("one/lecture/backlog.json", Backlog());
  Write("one/.local/scratch.json", Backlog("linux", "x", kRefused));
  Write("two/backlog.json", Backlog("linux-6.1-x86_64", "2025-02-01T09:00:00Z"));
  Write("two/more.json", Backlog());
  const Finished done = Run({"one", "two"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_TRUE(Has(done.out, "only in A: lecture/backlog.json")) << done.out;
  EXPECT_TRUE(Has(done.out, "only in B: more.json")) << done.out;
  EXPECT_FALSE(Has(done.out, "scratch"));
  EXPECT_EQ(Run({"one", "two", "--strict"}).exit_code, 4);
}

// As a shell expands `results/*`.
TEST_F(Diff, MarkdownBesideFoldersIsNoResult) {
  const std::string readme = folder_.Write("README.md", "# Results\n");
  Write("one/backlog.json", Backlog());
  Write("two/backlog.json", Backlog("linux-6.1-x86_64", "2025-02-01T09:00:00Z"));
  const Finished both = Run({readme, "one", "two"});
  EXPECT_EQ(both.exit_code, 0) << both.err << both.out;
  const Finished one = Run({readme, "one"});
  EXPECT_EQ(one.exit_code, 2);
  EXPECT_TRUE(Has(one.err, "expected two results or more")) << one.err;
  EXPECT_EQ(Run({readme, readme}).exit_code, 2) << "without folders it is a file as any other";
}

TEST_F(Diff, WithoutACaseInCommonNothingIsCalledTheSame) {
  const MadeUpResult a =
      MadeUpResult().Case({{"pause_ms", 0}}).Saw("replies", "exact", Times(20, json{"a"}));
  const MadeUpResult b = MadeUpResult("linux-6.1-x86_64", "later")
                             .Case({{"pause_ms", 1}})
                             .Saw("replies", "exact", Times(20, json{"a"}));
  Write("a.json", a);
  Write("b.json", b);
  const Finished done = Run({"a.json", "b.json"});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_TRUE(Has(done.err, "--across pause_ms")) << done.err;
  EXPECT_EQ(Run({"a.json", "b.json", "--across", "pause_ms"}).exit_code, 0);
}

TEST_F(Diff, UsageAndFilesThatAreNotResultsEndWithTwo) {
  const std::string text = Backlog().document().dump(2);
  folder_.Write("a.json", text);
  EXPECT_EQ(Run({"a.json"}).exit_code, 2);
  EXPECT_EQ(Run({"a.json", "none.json"}).exit_code, 2);
  EXPECT_TRUE(
      Has(Run({"a.json", "a.json", "--only", "acept_order"}).err, "did you mean accept_order?"));
  EXPECT_TRUE(Has(Run({"a.json", "a.json", "--case", "baklog=1"}).err, "did you mean backlog?"));

  folder_.Write("cut.json", text.substr(0, text.size() / 2));
  const Finished cut = Run({"a.json", "cut.json"});
  EXPECT_EQ(cut.exit_code, 2);
  EXPECT_TRUE(Has(cut.err, "cut.json:")) << cut.err;

  Write("newer.json", Backlog().With("/format", "tcplab-result/2"));
  const Finished newer = Run({"newer.json", "a.json"});
  EXPECT_EQ(newer.exit_code, 2);
  EXPECT_TRUE(Has(newer.err, "tcplab-result/2")) << newer.err;

  Write("edited.json",
        Backlog().With("/cases/1/observations/connect_outcomes/values/0/trials", 19));
  const Finished edited = Run({"a.json", "edited.json"});
  EXPECT_EQ(edited.exit_code, 2);
  EXPECT_TRUE(Has(edited.err,
                  "at /cases/1/observations/connect_outcomes/values/0/trials: says 19 "
                  "trials, and the sequence has 20"))
      << edited.err;
  EXPECT_EQ(edited.err.find("runner: edited.json:"), 0U) << edited.err;
}

// Real runs: the shipped scenario, cut to what a test has time for.
TEST_F(Diff, RealRunsOfSegmentationAreNotCalledDifferentAndItsPausesAre) {
  const std::string scenario = std::string(TCPLAB_SOURCE_DIR) + "/scenarios/segmentation.json";
  for (const char* out : {"one", "two"}) {
    const Finished run = RunRunner(folder_, {scenario, "--trials", "12", "--case", "pause_ms=0",
                                             "--case", "pause_ms=1", "--out", out, "--quiet"});
    ASSERT_TRUE(run.exit_code == 0 || run.exit_code == 1) << run.err;
  }
  const Finished done = Run({"one", "two"});
  EXPECT_EQ(done.exit_code, 0) << done.out;
  const Finished across =
      Run({"one/segmentation.json", "--across", "pause_ms", "--case", "nodelay=false"});
  EXPECT_EQ(across.exit_code, 1) << across.out;
  EXPECT_TRUE(Has(across.out, "nodelay=false: recv_histogram")) << across.out;
}

}  // namespace
}  // namespace tcplab
