// The lecture's programs as scenarios, with the real binary: their own expectations hold, and their
// answers are right for what a person may type.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/runner/run_binary.h"

namespace tcplab {
namespace {

using nlohmann::json;

const std::string& LectureFolder() {
  static const std::string kFolder = [] {
    const char* const dir = std::getenv("TCPLAB_SOURCE_DIR");
    return std::string(dir != nullptr ? dir : TCPLAB_SOURCE_DIR) + "/scenarios/lecture/";
  }();
  return kFolder;
}

// What was expected, and what was seen instead.
std::string Verdicts(const json& document) {
  std::string verdicts;
  for (const json& a_case : document.at("cases")) {
    verdicts += a_case.value("expectations", json::array()).dump(2);
  }
  return verdicts;
}

class Lecture : public testing::Test {
 protected:
  Finished Run(const std::string& file, const std::vector<std::string>& set, int trials) {
    std::vector<std::string> arguments{file, "--trials", std::to_string(trials), "--format",
                                       "json"};
    for (const std::string& assignment : set) {
      arguments.emplace_back("--set");
      arguments.push_back(assignment);
    }
    return RunRunner(folder_, arguments);
  }

  // The result of a scenario whose expectations were all met.
  json Met(const std::string& file, const std::vector<std::string>& set = {}, int trials = 2) {
    const Finished run = Run(file, set, trials);
    const json document = json::parse(run.out, nullptr, false);
    EXPECT_TRUE(document.is_object()) << run.out;
    EXPECT_EQ(run.exit_code, 0) << run.err << (document.is_object() ? Verdicts(document) : "");
    return document;
  }
  json Ship(const std::string& name, const std::vector<std::string>& set = {}, int trials = 2) {
    return Met(LectureFolder() + name, set, trials);
  }

  TempFolder folder_;
};

// What was observed in all trials of a case.
json Seen(const json& document, const std::string& observation, std::size_t a_case = 0) {
  const json& values = document.at("cases").at(a_case).at("observations").at(observation)["values"];
  EXPECT_EQ(values.size(), 1U) << observation << " differs from trial to trial: " << values;
  return values.at(0).at("value");
}

json Replies(const json& document, std::size_t a_case = 0) {
  return Seen(document, "replies", a_case);
}

json OnlyReply(const std::string& reply) { return json::array({json::array({reply})}); }

// --- uppercase

TEST_F(Lecture, UppercaseServesSeveralClientsInTurn) {
  const json document = Ship("uppercase.json", {"text=ciao Mondo"});
  EXPECT_EQ(Replies(document),
            json::parse(R"([["CIAO MONDO\n"],["CIAO MONDO\n"],["CIAO MONDO\n"]])"));
  EXPECT_EQ(Seen(document, "accept_order"), json::parse("[0,1,2]"));
}

TEST_F(Lecture, UppercaseAnswersAnEmptyLineAndLeavesOtherLettersAlone) {
  EXPECT_EQ(Replies(Ship("uppercase.json", {"text=", "clients=1"})), OnlyReply("\n"));
  EXPECT_EQ(Replies(Ship("uppercase.json", {"text=perché", "clients=1"})), OnlyReply("PERCHé\n"));
}

// The server has one recv of 1024 bytes: it answers those, and closes with the rest unread.
TEST_F(Lecture, UppercaseAnswersTheBeginningOfALineThatIsLongerThanItsBuffer) {
  const json document = Ship("uppercase.json", {"text=" + std::string(3000, 'a')});
  EXPECT_EQ(Replies(document).at(2), json::array({std::string(1024, 'A')}));
  EXPECT_EQ(Seen(document, "steps").at("end").at(0), json::array({"ECONNRESET"}));
}

// --- consonants

TEST_F(Lecture, ConsonantsAreCountedInUpperAndLowerCase) {
  EXPECT_EQ(Replies(Ship("consonants.json", {"text=Programmazione"})), OnlyReply("8"));
  EXPECT_EQ(Replies(Ship("consonants.json", {"text=BbC dD?"})), OnlyReply("5"));
}

TEST_F(Lecture, ConsonantsOfAnEmptyStringAreNone) {
  EXPECT_EQ(Replies(Ship("consonants.json", {"text="})), OnlyReply("0"));
}

TEST_F(Lecture, ConsonantsOfPiecesThatSplitACharacterAreThoseOfTheWhole) {
  const json document = Ship("consonants.json", {"text=perché così", "buffer=1"});
  EXPECT_EQ(Replies(document), OnlyReply("6"));
  // 11 characters, two of them of two bytes, and the line's end.
  EXPECT_EQ(Seen(document, "recv_histogram"), json::parse(R"({"1": 14})"));
}

TEST_F(Lecture, ConsonantsOfALineLongerThanTheBufferAreAllCounted) {
  EXPECT_EQ(Replies(Ship("consonants.json", {"text=" + std::string(5000, 'B'), "buffer=16"})),
            OnlyReply("5000"));
}

TEST_F(Lecture, ClientThatWaitedLongEnoughHasATimeoutAndNoAnswer) {
  const json document = Ship("consonants.json", {"text=Programmazione", "think_ms=2500"}, 1);
  EXPECT_EQ(Seen(document, "steps").at("answer"), json::parse(R"([["timeout"]])"));
  EXPECT_EQ(Replies(document), json::parse("[[]]"));
}

// The server answers the first two only when both have passed their deadlines: one has closed, the
// other has stayed. Those that come later get their own answers.
TEST_F(Lecture, LateAnswerDisturbsNobody) {
  const std::string file = folder_.Write("late.json", R"({
    "name": "late", "parameters": {"loop": ["iterative", "event_loop"]},
    "server": {"accept": {"model": "$loop"}, "script": [
      {"recv": "\n"}, {"await": {"signal": "gave up", "count": 2, "timeout_ms": 4000}},
      {"reply": "consonants"}]},
    "clients": [
      {"name": "leaves", "script": [
        {"connect": {}}, {"send": "Programmazione\n"}, {"recv": {"timeout_ms": 30, "label": "answer"}},
        {"close": true}, {"signal": "gave up"}]},
      {"name": "stays", "script": [{"sleep": 40},
        {"connect": {}}, {"send": "bb\n"}, {"recv": {"timeout_ms": 30, "label": "answer"}},
        {"signal": "gave up"}, {"recv": {"label": "answer"}}]},
      {"name": "later", "count": 2, "every_ms": 200, "start": {"signal": "gave up"}, "script": [
        {"sleep": 60}, {"connect": {}}, {"send": "ccc\n"}, {"recv": {"label": "answer"}}]}]})");
  const json document = Met(file);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(Seen(document, "steps", i).at("answer"),
              json::parse(R"([["timeout"],["timeout","ok 1"],["ok 1"],["ok 1"]])"));
    EXPECT_EQ(Replies(document, i), json::parse(R"([[],["2"],["3"],["3"]])"));
  }
}

// --- prime

TEST_F(Lecture, PrimeAnswersAnyIntegerAndWhatIsNone) {
  const std::vector<std::pair<std::string, std::string>> kAnswers = {
      {"0", "not prime"},
      {"1", "not prime"},
      {"2", "prime"},
      {"97", "prime"},
      {"100", "not prime"},
      {"-7", "not prime"},
      {"2147483647", "prime"},
      {"9223372036854775783", "prime"},
      {"9223372036854775807", "not prime"},
      {"9223372036854775808", "not prime"},
      {"9223372036854775809", "too large"},
      {"abc", "not a number"},
      {"", "not a number"},
      {"3.5", "not a number"},
  };
  for (const auto& [number, answer] : kAnswers) {
    SCOPED_TRACE(number);
    EXPECT_EQ(Replies(Ship("prime.json", {"number=" + number}, 1)), OnlyReply(answer));
  }
}

TEST_F(Lecture, NumberThatNobodyGaveIsAskedForByName) {
  const Finished run = Run(LectureFolder() + "prime.json", {}, 1);
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, testing::HasSubstr("--set number="));
}

// --- persistent

// A thousand different lines, and what is answered.
struct Lines {
  std::string sent;
  std::string answered;
};

Lines Thousand() {
  Lines lines;
  for (int i = 0; i < 1000; ++i) {
    lines.sent += (i == 0 ? "ciao " : "\nciao ") + std::to_string(i);
    lines.answered += "CIAO " + std::to_string(i) + "\n";
  }
  return lines;
}

TEST_F(Lecture, PersistentAnswersAThousandMessagesInOneSendOrByteByByte) {
  const Lines lines = Thousand();
  const json document = Ship("persistent.json", {"text=" + lines.sent}, 1);
  ASSERT_EQ(document.at("cases").size(), 2U);
  const std::string bytes = std::to_string(lines.sent.size() + 3);
  EXPECT_EQ(Seen(document, "send_results", 0), json::array({{{"ok 1", lines.sent.size() + 3}}}));
  EXPECT_EQ(Replies(document, 0), OnlyReply(lines.answered));
  EXPECT_EQ(Seen(document, "send_results", 1), json::array({{{"ok " + bytes, 1}}}));
  EXPECT_EQ(Replies(document, 1), OnlyReply(lines.answered));
}

TEST_F(Lecture, PersistentAnswersEmptyLinesAndLinesLongerThanItsBuffer) {
  const std::string length(5000, 'x');
  const json document = Ship("persistent.json", {"text=\n" + length + "\n"}, 1);
  const std::string upper(5000, 'X');
  EXPECT_EQ(Replies(document, 0), OnlyReply("\n" + upper + "\n\n"));
  EXPECT_EQ(Replies(document, 1), OnlyReply("\n" + upper + "\n\n"));
}

TEST_F(Lecture, PersistentAsItShips) { Ship("persistent.json"); }

// --- backlog and segmentation

TEST_F(Lecture, BacklogShowsWhoWaitsForWhom) {
  const json document = Ship("backlog.json", {}, 5);
  const json& stays = document.at("cases").at(0).at("expectations");
  const json& ends = document.at("cases").at(1).at("expectations");
  EXPECT_GE(stays.size(), 4U);
  EXPECT_GE(ends.size(), 7U);
}

TEST_F(Lecture, SegmentationIsNotWhatWasSentAtOnce) { Ship("segmentation.json", {}, 5); }

// --- streams

// The result of streams.json when standard input holds these bytes.
json Streamed(const TempFolder& folder, const std::string& input) {
  RunnerProcess::Options options;
  options.in_descriptor = open(folder.Write("input", input).c_str(), O_RDONLY | O_CLOEXEC);
  const Finished run =
      RunRunner(folder, {LectureFolder() + "streams.json", "--format", "json"}, options);
  close(options.in_descriptor);
  const json document = json::parse(run.out, nullptr, false);
  EXPECT_EQ(run.exit_code, 0) << run.err << (document.is_object() ? Verdicts(document) : run.out);
  return document;
}

TEST_F(Lecture, StreamsSendsStandardInputAndIsAnsweredAfterItsEnd) {
  const std::string text = "ciao\nperché no\nwithout a newline at the end";
  const json document = Streamed(folder_, text);
  EXPECT_EQ(Replies(document), OnlyReply("CIAO\nPERCHé NO\nWITHOUT A NEWLINE AT THE END"));
  const std::string size = "ok " + std::to_string(text.size());
  EXPECT_EQ(Seen(document, "steps").at("input"), json::array({json::array({size})}));
  EXPECT_EQ(document.at("run").at("trials"), 1);
}

TEST_F(Lecture, StreamsOfNothingIsAnEndAndNoMore) {
  const json document = Streamed(folder_, "");
  EXPECT_EQ(Replies(document), json::parse("[[]]"));
  EXPECT_EQ(Seen(document, "steps").at("input"), json::parse(R"([["ok 0"]])"));
  EXPECT_EQ(Seen(document, "recv_calls"), json::parse("[0]"));
}

// --- all of them

TEST_F(Lecture, EveryFileIsShortSaysItsClaimFirstAndExpectsSomething) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(LectureFolder())) {
    const std::string text = ReadWhole(entry.path().string());
    SCOPED_TRACE(entry.path().filename().string());
    ++files;
    EXPECT_TRUE(text.starts_with("// Claim: "));
    EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 80);
    const json scenario = json::parse(text, nullptr, true, true);
    EXPECT_EQ(scenario.at("name"), entry.path().stem().string());
    EXPECT_FALSE(scenario.at("source").empty());
    EXPECT_FALSE(scenario.at("expect").empty());
  }
  EXPECT_GE(files, 8U);
}

}  // namespace
}  // namespace tcplab
