#include "core/result/trace_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "core/trace/recorder.h"
#include "tests/result/made_up.h"
#include "tests/result/temp_folder.h"

namespace tcplab {
namespace {

using nlohmann::json;

// A trace of one event, told from others by a number.
TrialTrace SmallTrace(std::int64_t number) {
  Recorder recorder(Recorder::Capacity{4, 4, 64});
  Event& event = recorder.Begin(Op::kListen, {}, 5);
  recorder.End(event, number);
  RecorderTrace taken = recorder.Take();
  taken.events.front().begin_ns = number;
  taken.events.front().end_ns = number + 1;
  TrialTrace trace;
  trace.go_ns = number;
  trace.servers = {{"server", "clock", 1, {std::move(taken)}}};
  trace.fleets = {{"fleet", "clock", 1, {}}};
  return trace;
}

TracedScenario Traced() {
  const Scenario scenario = MadeUpScenario(R"({"backlog": [1, 2], "clients": 3})", 4);
  return {scenario.file, scenario.document, 2, {{"clients", "2"}}, {{"backlog", "2"}}, true};
}

// A file of three trials; gives its path.
std::string WriteThree(const TempFolder& folder) {
  const std::string path = folder / "made-up.traces";
  Result<TraceFileWriter> writer = TraceFileWriter::Create(path, Traced());
  EXPECT_TRUE(writer);
  EXPECT_TRUE(writer->Add(0, 0, SmallTrace(10)));
  EXPECT_TRUE(writer->Add(1, 0, SmallTrace(11)));
  EXPECT_TRUE(writer->Add(0, 1, SmallTrace(12)));
  EXPECT_TRUE(writer->Commit());
  return path;
}

// Reads to the end; what is wrong, or how many trials there were.
std::string ReadAll(const std::string& path) {
  Result<TraceFileReader> reader = TraceFileReader::Open(path);
  if (!reader) return reader.error().message;
  for (int trials = 0;; ++trials) {
    const Result<std::optional<KeptTrial>> trial = reader->Next();
    if (!trial) return trial.error().message;
    if (!*trial) return std::to_string(trials) + " trials";
  }
}

TEST(TraceFile, GivesTheTrialsBackInTheOrderInWhichTheyEnded) {
  const TempFolder folder;
  Result<TraceFileReader> reader = TraceFileReader::Open(WriteThree(folder));
  ASSERT_TRUE(reader) << reader.error().message;
  for (const auto& [a_case, round, number] :
       {std::tuple(0U, 0U, 10), std::tuple(1U, 0U, 11), std::tuple(0U, 1U, 12)}) {
    const Result<std::optional<KeptTrial>> trial = reader->Next();
    ASSERT_TRUE(trial && *trial);
    EXPECT_EQ((*trial)->case_index, a_case);
    EXPECT_EQ((*trial)->round, round);
    EXPECT_EQ((*trial)->trace, SmallTrace(number));
  }
  const Result<std::optional<KeptTrial>> end = reader->Next();
  ASSERT_TRUE(end);
  EXPECT_FALSE(*end);
}

TEST(TraceFile, HoldsTheScenarioAsItWasRun) {
  const TempFolder folder;
  const Result<TraceFileReader> reader = TraceFileReader::Open(WriteThree(folder));
  ASSERT_TRUE(reader);
  const Result<Scenario> scenario = LoadTracedScenario(reader->scenario());
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->trials, 2U);
  ASSERT_EQ(scenario->cases.size(), 1U);
  EXPECT_EQ(scenario->cases.front().parameters, json({{"backlog", 2}, {"clients", 2}}));
  EXPECT_TRUE(reader->scenario().allow_remote);
}

TEST(TraceFile, EndsInTheSealThatTheWriterGave) {
  const TempFolder folder;
  const std::string path = folder / "made-up.traces";
  Result<TraceFileWriter> writer = TraceFileWriter::Create(path, Traced());
  ASSERT_TRUE(writer && writer->Add(0, 0, SmallTrace(1)));
  const Result<std::string> seal = writer->Commit();
  ASSERT_TRUE(seal);
  EXPECT_TRUE(ReadWhole(path).ends_with(*seal));
  EXPECT_EQ(seal->size(), 64U);
}

TEST(TraceFile, NothingIsThereUntilItIsWhole) {
  const TempFolder folder;
  const std::string path = folder / "made-up.traces";
  {
    Result<TraceFileWriter> writer = TraceFileWriter::Create(path, Traced());
    ASSERT_TRUE(writer && writer->Add(0, 0, SmallTrace(1)));
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  EXPECT_TRUE(folder.Names().empty());
}

TEST(TraceFile, EveryByteThatIsChangedIsAnError) {
  const TempFolder folder;
  const std::string whole = ReadWhole(WriteThree(folder));
  ASSERT_EQ(ReadAll(folder / "made-up.traces"), "3 trials");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ (1U << (i % 8)));
    const std::string message = ReadAll(folder.Write("changed.traces", changed));
    ASSERT_NE(message.find("changed.traces: these traces cannot be used"), std::string::npos)
        << "byte " << i << ": " << message;
  }
}

TEST(TraceFile, EveryCutIsAnError) {
  const TempFolder folder;
  const std::string whole = ReadWhole(WriteThree(folder));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string message = ReadAll(folder.Write("cut.traces", whole.substr(0, size)));
    ASSERT_NE(message.find("these traces cannot be used"), std::string::npos)
        << size << " bytes: " << message;
  }
}

TEST(TraceFile, WhatIsAddedDoubledOrLeftOutIsAnError) {
  const TempFolder folder;
  const std::string whole = ReadWhole(WriteThree(folder));
  EXPECT_NE(ReadAll(folder.Write("x.traces", whole + "x")), "3 trials");
  EXPECT_NE(ReadAll(folder.Write("x.traces", whole + whole)), "3 trials");

  // Records of trials have the same size here: swap two, leave one out, double one.
  const std::size_t first = whole.find(R"({"case":0,"record":"trial","round":0})") - 16;
  const std::size_t second = whole.find(R"({"case":1,"record":"trial","round":0})") - 16;
  const std::size_t third = whole.find(R"({"case":0,"record":"trial","round":1})") - 16;
  ASSERT_EQ(second - first, third - second);
  const std::string a = whole.substr(first, second - first);
  const std::string b = whole.substr(second, third - second);
  const std::string before = whole.substr(0, first);
  const std::string after = whole.substr(third);
  ASSERT_EQ(before + a + b + after, whole);
  EXPECT_NE(ReadAll(folder.Write("x.traces", before + b + a + after)), "3 trials");
  EXPECT_NE(ReadAll(folder.Write("x.traces", before + b + after)), "2 trials");
  EXPECT_NE(ReadAll(folder.Write("x.traces", before + a + a + b + after)), "4 trials");
}

TEST(TraceFile, SaysThatItIsSomethingElseOrNotThere) {
  const TempFolder folder;
  EXPECT_NE(ReadAll(folder / "none.traces").find("No such file"), std::string::npos);
  EXPECT_NE(ReadAll(folder.Write("x.traces", "{}")).find("cannot be used"), std::string::npos);
}

TEST(TraceFile, SizesThatNoFileCanHaveTakeNoMemory) {
  const TempFolder folder;
  std::string text = ReadWhole(WriteThree(folder));
  constexpr std::size_t kMagic = 16;
  for (std::size_t i = 0; i < 16; ++i) text[kMagic + i] = '\x7f';
  EXPECT_NE(ReadAll(folder.Write("x.traces", text)).find("cut short"), std::string::npos);
}

}  // namespace
}  // namespace tcplab
