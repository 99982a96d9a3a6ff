// Standard input as what a client sends: from a pipe, a file, a terminal; and what may come
// between.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/runner/run_binary.h"
#include "tests/runner/terminal.h"
#include "tests/support/loopback.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// A pipe whose writing end is the test's alone, so that closing it is the end of the file.
class InputPipe {
 public:
  InputPipe() { EXPECT_EQ(pipe2(ends_, O_CLOEXEC), 0); }
  ~InputPipe() {
    close(ends_[0]);
    End();
  }
  InputPipe(const InputPipe&) = delete;
  InputPipe& operator=(const InputPipe&) = delete;

  [[nodiscard]] int reader() const { return ends_[0]; }
  [[nodiscard]] int writer() const { return ends_[1]; }
  void Write(std::string_view bytes) const {
    EXPECT_EQ(write(ends_[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  // How many bytes go in before it is full, at most `limit`; the writer does not wait.
  [[nodiscard]] std::size_t Fill(std::size_t limit) const {
    fcntl(ends_[1], F_SETFL, O_NONBLOCK);
    const std::string block(4096, 'x');
    std::size_t written = 0;
    while (written < limit && write(ends_[1], block.data(), block.size()) > 0) {
      written += block.size();
    }
    return written;
  }
  void End() {
    if (ends_[1] >= 0) close(std::exchange(ends_[1], -1));
  }

 private:
  int ends_[2] = {-1, -1};
};

class StandardInput : public testing::Test {
 protected:
  // A client that sends it, ends its direction and hears the answer.
  void Scenario(const std::string& io = "blocking", const std::string& patch = "{}") {
    json scenario = json::parse(R"({"name": "live", "window_ms": 300000,
        "server": {"script": [{"recv": {"until": "eof", "buffer": 65536}}, {"reply": "uppercase"}]},
        "clients": [{"script": [{"connect": {}}, {"send": {"from": "stdin", "label": "input"}},
            {"shutdown": "write"}, {"recv": {"until": "eof", "buffer": 65536}}]}]})");
    scenario["clients"][0]["io"] = io;
    scenario.merge_patch(json::parse(patch));
    folder_.Write("live.json", scenario.dump());
  }
  [[nodiscard]] RunnerProcess Start(int input, std::vector<std::string> more = {}) const {
    RunnerProcess::Options options;
    options.in_descriptor = input;
    more.insert(more.begin(), {"live.json", "--format", "json", "--out", "-"});
    return {folder_, std::move(more), std::move(options)};
  }
  static json Result(const Finished& run) {
    EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
    const json document = json::parse(run.out, nullptr, false);
    EXPECT_TRUE(document.is_object()) << run.out;
    return document.is_object() ? document.at("cases").at(0) : json();
  }
  static json Seen(const json& a_case, const std::string& observation) {
    return a_case.at("observations").at(observation).at("values").at(0).at("value");
  }

  TempFolder folder_;
};

class StandardInputOf : public StandardInput, public testing::WithParamInterface<const char*> {};

INSTANTIATE_TEST_SUITE_P(Clients, StandardInputOf, testing::Values("blocking", "poll", "libuv"));

// Each piece has come, and was answered, before the next is written: none waits for the end.
TEST_P(StandardInputOf, IsSentAsItComes) {
  Scenario(GetParam());
  InputPipe input;
  const TestListener server;
  RunnerProcess runner = Start(input.reader(), {"--target", server.address().ToString()});
  const TestSocket connection = server.Accept();
  for (const std::string piece : {"ciao\n", "a", " tutti\n"}) {
    input.Write(piece);
    EXPECT_EQ(ReadBytes(connection.get(), piece.size()), piece);
    WriteBytes(connection.get(), piece);
  }
  input.End();
  EXPECT_EQ(ReadBytes(connection.get(), 1), "") << "the end of the file is the end of the stream";
  ASSERT_TRUE(SysShutdown(connection.get(), ShutdownSide::kWrite).ok());
  const json a_case = Result(runner.Wait());
  EXPECT_EQ(Seen(a_case, "send_results"), json::parse(R"([{"ok 5": 1, "ok 1": 1, "ok 7": 1}])"));
  EXPECT_EQ(Seen(a_case, "steps").at("input"), json::parse(R"([["ok 13"]])"));
  EXPECT_EQ(Seen(a_case, "replies"), json::parse(R"([["ciao\na tutti\n"]])"));
}

TEST_P(StandardInputOf, LosesNoByteOfMany) {
  Scenario(GetParam());
  std::string bytes;
  while (bytes.size() < 8'000'000) bytes += "line " + std::to_string(bytes.size()) + "\n";
  InputPipe input;
  const TestListener server;
  RunnerProcess runner = Start(input.reader(), {"--target", server.address().ToString()});
  const TestSocket connection = server.Accept();
  std::thread writer([&] {
    std::string_view left = bytes;
    while (!left.empty()) {
      const ssize_t written = write(input.writer(), left.data(), left.size());
      if (written <= 0) return;
      left.remove_prefix(static_cast<std::size_t>(written));
    }
    input.End();
  });
  EXPECT_TRUE(ReadBytes(connection.get(), SIZE_MAX) == bytes) << "not what was written";
  writer.join();
  ASSERT_TRUE(SysShutdown(connection.get(), ShutdownSide::kWrite).ok());
  const json a_case = Result(runner.Wait());
  EXPECT_EQ(Seen(a_case, "steps").at("input"),
            json::array({json::array({"ok " + std::to_string(bytes.size())})}));
}

TEST_P(StandardInputOf, OfOurOwnServerIsConserved) {
  Scenario(GetParam());
  const std::string bytes(3'000'000, 'x');
  const int file = open(folder_.Write("input", bytes).c_str(), O_RDONLY | O_CLOEXEC);
  const json a_case = Result(Start(file).Wait());
  close(file);
  EXPECT_EQ(Seen(a_case, "bytes"), json::parse(R"([{"to_server": [3000000, 3000000],
      "to_client": [3000000, 3000000]}])"));
  EXPECT_EQ(a_case.at("health").at("bytes_conserved"), true);
  EXPECT_EQ(a_case.at("health").at("dropped_events"), 0);
}

TEST_P(StandardInputOf, OfNothingIsAnEndOfFileAtOnce) {
  Scenario(GetParam());
  const json a_case = Result(Start(-1).Wait());  // /dev/null
  EXPECT_EQ(Seen(a_case, "steps").at("input"), json::parse(R"([["ok 0"]])"));
  EXPECT_EQ(Seen(a_case, "bytes"), json::parse(R"([{"to_server": [0, 0], "to_client": [0, 0]}])"));
}

// Nothing is read that cannot be sent on: the pipe fills up, as it would before any other program.
TEST_P(StandardInputOf, HoldsUpItsWriterWhileTheReceiverDoesNotRead) {
  Scenario(GetParam());
  InputPipe input;
  const TestListener server;
  RunnerProcess runner = Start(input.reader(), {"--target", server.address().ToString()});
  TestSocket connection = server.Accept();
  // Far more than the socket buffers and the pipe hold.
  constexpr std::size_t kMuch = 150'000'000;
  std::size_t written = input.Fill(kMuch);
  const auto goes_on = [&] {
    const std::size_t more = input.Fill(kMuch);
    written += more;
    return more > 0;
  };
  while (written < kMuch && Eventually(goes_on, 0.5)) {
  }
  EXPECT_LT(written, kMuch);
  connection.Abort();
  const json a_case = Result(runner.Wait());
  EXPECT_THAT(Seen(a_case, "steps").at("input").at(0).at(0), testing::AnyOf("ECONNRESET", "EPIPE"));
}

TEST_F(StandardInput, ThatWasClosedIsEmpty) {
  Scenario();
  RunnerProcess::Options options;
  options.program = "/bin/sh";
  const Finished run = RunRunner(
      folder_, {"-c", "exec '" + RunnerPath() + "' live.json --format json --out - <&-"}, options);
  EXPECT_EQ(Seen(Result(run), "steps").at("input"), json::parse(R"([["ok 0"]])"));
}

TEST_F(StandardInput, ThatCannotBeReadIsAFaultOfTheHarness) {
  Scenario();
  const int folder = open("/", O_RDONLY | O_CLOEXEC);
  const Finished run = Start(folder).Wait();
  close(folder);
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.out, HasSubstr("standard input cannot be read: EISDIR"));
}

// Nobody knows beforehand how many calls there will be; what cannot be recorded is no result.
TEST_F(StandardInput, ThatTakesMoreCallsThanCanBeRecordedIsAFaultOfTheHarness) {
  Scenario("blocking", R"({"server": {"script": [{"recv": {"until": "eof", "buffer": 1}}]}})");
  const std::string bytes(1'000'000, 'x');
  const int file = open(folder_.Write("input", bytes).c_str(), O_RDONLY | O_CLOEXEC);
  const Finished run = Start(file).Wait();
  close(file);
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.out, HasSubstr("lost_events"));
}

TEST_F(StandardInput, IsWaitedForUntilAnInterrupt) {
  Scenario();
  InputPipe input;
  const TestListener server;
  RunnerProcess runner = Start(input.reader(), {"--target", server.address().ToString()});
  const TestSocket connection = server.Accept();
  input.Write("ciao");
  EXPECT_EQ(ReadBytes(connection.get(), 4), "ciao");  // and the next is waited for
  runner.Signal(SIGINT);
  EXPECT_EQ(runner.Wait(20).exit_code, 130);
  EXPECT_TRUE(Eventually([&] { return runner.Living() == 0; }, 1)) << "an agent is left";
}

TEST_F(StandardInput, StaysWhereItIsWhenNobodyWantsItAnyMore) {
  Scenario("blocking", R"({"window_ms": 1500})");
  InputPipe input;
  const json a_case = Result(Start(input.reader()).Wait());  // the window ends while it waits
  EXPECT_EQ(Seen(a_case, "steps").at("input"), json::parse(R"([["unfinished"]])"));
  input.Write("later");
  std::array<char, 100> rest{};
  EXPECT_EQ(read(input.reader(), rest.data(), rest.size()), 5);
}

TEST_F(StandardInput, GoesToOneTrial) {
  Scenario();
  const Finished run = RunRunner(folder_, {"live.json", "--trials", "5"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("--trials 5: expected 1: the scenario sends standard input, which "
                                 "can be read only once"));
}

// What it held is not in the scenario, so the result is no record.
TEST_F(StandardInput, MakesNoRecord) {
  Scenario();
  ASSERT_EQ(RunRunner(folder_, {"live.json"}).exit_code, 0);
  const std::vector<std::string> files = ResultFiles(folder_ / "results");
  ASSERT_EQ(files.size(), 1U);
  EXPECT_TRUE(files.front().starts_with(".local/")) << files.front();
}

// With --examples nobody need be there, and the scenario says all.
TEST_F(StandardInput, IsTheExampleWhenAskedFor) {
  Scenario("poll", R"({"trials": 1})");
  json scenario = json::parse(ReadWhole(folder_ / "live.json"));
  scenario["clients"][0]["script"][1]["send"]["example"] = "ciao\nmondo\n";
  folder_.Write("live.json", scenario.dump());
  InputPipe input;  // which nobody writes to
  RunnerProcess::Options options;
  options.in_descriptor = input.reader();
  const Finished run = RunRunner(folder_, {"live.json", "--examples", "--out", "here"}, options);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json document = json::parse(ReadWhole(folder_ / "here/live.json"));
  EXPECT_EQ(document.at("run").at("examples"), true);
  EXPECT_EQ(Seen(document.at("cases").at(0), "replies"), json::parse(R"([["CIAO\nMONDO\n"]])"));
  const Finished again = RunRunner(folder_, {"rerun", "here/live.json"}, options);
  EXPECT_EQ(again.exit_code, 0) << again.err << again.out;
}

TEST_F(StandardInput, IsShownByExplain) {
  Scenario();
  RunnerProcess::Options options;
  options.in_descriptor = open(folder_.Write("input", "ciao\n").c_str(), O_RDONLY | O_CLOEXEC);
  const Finished run = RunRunner(folder_, {"explain", "live.json", "--width", "120"}, options);
  close(options.in_descriptor);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("standard input -> 5 bytes"));
  EXPECT_THAT(run.out, HasSubstr("send 5 -> 5"));
  EXPECT_THAT(run.out, HasSubstr("standard input -> end of file"));
  EXPECT_THAT(run.out, HasSubstr("\"CIAO\\n\""));
}

TEST_F(StandardInput, OfServeIsNotRead) {
  Scenario();
  const Finished run = RunRunner(folder_, {"serve", "live.json", "--seconds", "0.1"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
}

// --- a person at a terminal

class Typing : public StandardInput {
 protected:
  [[nodiscard]] RunnerProcess StartAtTerminal() const {
    RunnerProcess::Options options;
    options.in_descriptor = terminal_.slave();
    options.err_descriptor = terminal_.slave();
    return {folder_, {"live.json", "--out", "out"}, std::move(options)};
  }
  Terminal terminal_;
};

TEST_F(Typing, IsSentLineByLineUntilCtrlDAndTheAnswerIsShown) {
  Scenario();
  RunnerProcess runner = StartAtTerminal();
  ASSERT_TRUE(terminal_.Await("what you type is sent, line by line; Ctrl-D ends it\r\n"));
  terminal_.Type("ciao\n");
  ASSERT_TRUE(terminal_.Await("ciao\r\n"));
  terminal_.Type("a tutti\n");
  terminal_.Type("\x04");
  const Finished run = runner.Wait();
  EXPECT_EQ(run.exit_code, 0) << run.out;
  EXPECT_THAT(run.out, HasSubstr("CIAO\\nA TUTTI\\n"));
  EXPECT_EQ(terminal_.Read().find('\b'), std::string::npos);
  EXPECT_EQ(terminal_.Read().find("trial 0"), std::string::npos)
      << "progress is drawn over what is typed: " << terminal_.Read();
  const json document = json::parse(ReadWhole(folder_ / "out/live.json"));
  EXPECT_EQ(Seen(document.at("cases").at(0), "send_results"),
            json::parse(R"([{"ok 5": 1, "ok 8": 1}])"));
}

// The questions come first, and take no more than their lines.
TEST_F(Typing, ComesAfterTheQuestions) {
  Scenario("blocking", R"({"parameters": {"who": {"prompt": "Your name:"}},
      "clients": [{"script": [{"connect": {}}, {"send": "${who}: "},
          {"send": {"from": "stdin"}}, {"shutdown": "write"}, {"recv": "eof"}]}]})");
  RunnerProcess runner = StartAtTerminal();
  ASSERT_TRUE(terminal_.Await("Your name: "));
  terminal_.Type("anna\nciao\n");
  terminal_.Type("\x04");
  const Finished run = runner.Wait();
  EXPECT_EQ(run.exit_code, 0) << run.out;
  EXPECT_THAT(run.out, HasSubstr("ANNA: CIAO\\n"));
}

}  // namespace
}  // namespace tcplab
