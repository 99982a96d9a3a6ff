// What can go wrong around a run: each has a clear message, its exit code, and leaves nothing torn.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/runner/run_binary.h"

namespace tcplab {
namespace {

using nlohmann::json;

class Faults : public testing::Test {
 protected:
  Faults() { Scenario("{}"); }

  void Scenario(const std::string& patch) {
    folder_.Write("scenarios/quick.json", QuickScenario(patch));
  }
  Finished Run(const std::vector<std::string>& arguments, RunnerProcess::Options options = {}) {
    return RunRunner(folder_, arguments, std::move(options));
  }
  void Expect(const Finished& run, int exit_code, const std::string& message) {
    EXPECT_EQ(run.exit_code, exit_code) << run.err << run.out;
    EXPECT_NE(run.err.find(message), std::string::npos) << run.err;
  }
  bool NothingWritten() { return ResultFiles(folder_ / "results").empty(); }
  json OnlyResult() { return OnlyResultIn(folder_); }

  TempFolder folder_;
};

TEST_F(Faults, AFileThatIsNotThere) {
  Expect(Run({"scenarios/none.json"}), 2, "scenarios/none.json: there is no such file");
}

TEST_F(Faults, AFolderWithoutScenarios) {
  std::filesystem::create_directory(folder_ / "empty");
  Expect(Run({"empty"}), 2, "empty: holds no scenario");
}

TEST_F(Faults, TextThatIsNotJson) {
  folder_.Write("scenarios/quick.json", "{\n  \"name\": \"x\",\n  oops\n}");
  Expect(Run({"scenarios/quick.json"}), 2, "scenarios/quick.json:3:3: error:");
  EXPECT_TRUE(NothingWritten());
}

TEST_F(Faults, AKeyThatIsUnknown) {
  Scenario(R"({"sever": {}})");
  Expect(Run({"scenarios/quick.json"}), 2, "server");
  EXPECT_TRUE(NothingWritten());
}

TEST_F(Faults, AFileInPlaceOfTheFolderForResults) {
  folder_.Write("taken", "text");
  Expect(Run({"scenarios/quick.json", "--out", "taken"}), 3, "taken");
  EXPECT_EQ(ReadWhole(folder_ / "taken"), "text");
}

TEST_F(Faults, AFolderInPlaceOfTheResult) {
  std::filesystem::create_directories(folder_ / "o/quick.json");
  Expect(Run({"scenarios/quick.json", "--out", "o"}), 3, "o/quick.json: cannot be written");
  EXPECT_TRUE(ResultFiles(folder_ / "o").empty());
}

TEST_F(Faults, APlaceThatCannotBeWrittenIsFoundBeforeTheRunBegins) {
  folder_.Write("taken", "text");
  Scenario(R"({"window_ms": 60000, "clients": [{"script": [{"sleep": 60000}]}],
      "parameters": null, "server": {"listen": {"backlog": 1}}})");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(Run({"scenarios/quick.json", "--out", "taken"}).exit_code, 3);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

// In a mount namespace of its own; `runner` is given 8 kB for a result that needs more.
TEST_F(Faults, ADiskThatIsFullAtTheEnd) {
  std::filesystem::create_directory(folder_ / "small");
  const std::string script =
      "mount -t tmpfs -o size=8k tmpfs small || exit 99; " + RunnerPath() +
      " scenarios/quick.json --out small; code=$?; echo \"left: $(ls -A small)\"; exit $code";
  RunnerProcess::Options options;
  options.program = "unshare";
  const std::string flags = geteuid() == 0 ? "-m" : "-rm";
  const Finished run = Run({flags, "sh", "-c", script}, options);
  if (run.exit_code == 99 || run.err.find("unshare") != std::string::npos) {
    GTEST_SKIP() << "no mount namespace of one's own here: " << run.err;
  }
  Expect(run, 3, "small/quick.json: cannot be written: No space left on device (ENOSPC)");
  EXPECT_TRUE(run.out.ends_with("left: \n")) << "nothing half-written: " << run.out;
}

TEST_F(Faults, APortThatIsInUse) {
  const int socket_in_use = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(socket_in_use, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(socket_in_use, 1), 0);
  getsockname(socket_in_use, reinterpret_cast<sockaddr*>(&address), &size);
  Scenario(R"({"server": {"listen": {"port": )" + std::to_string(ntohs(address.sin_port)) + "}}}");
  const Finished run = Run({"scenarios/quick.json"});
  close(socket_in_use);
  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_NE(run.out.find("EADDRINUSE"), std::string::npos) << run.out;
  const json document = OnlyResult();
  EXPECT_EQ(document.at("run").at("status"), "error");
  EXPECT_EQ(document.at("cases").at(0).at("errors").size(), 2U);
  EXPECT_EQ(document.at("cases").at(0).at("trials"), 0);
}

TEST_F(Faults, AnAddressThatOthersCanReachNeedsPermission) {
  Scenario(R"({"server": {"listen": {"address": "203.0.113.1"}}})");
  Expect(Run({"scenarios/quick.json"}), 2, "--allow-remote");
  EXPECT_TRUE(NothingWritten());
}

TEST_F(Faults, AnAddressThatIsNotLocal) {
  Scenario(R"({"server": {"listen": {"address": "203.0.113.1"}}})");
  const Finished run = Run({"scenarios/quick.json", "--allow-remote"});
  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_NE(run.out.find("EADDRNOTAVAIL"), std::string::npos) << run.out;
}

TEST_F(Faults, MoreClientsThanDescriptorsIsSaidBeforeAnythingStarts) {
  Scenario(R"({"clients": [{"count": 500, "script": [{"connect": {}}]}]})");
  RunnerProcess::Options options;
  options.descriptors = 100;
  const Finished run = Run({"scenarios/quick.json"}, options);
  Expect(run, 3, "has 500 clients; ");
  EXPECT_NE(run.err.find("fit into the 100 descriptors"), std::string::npos) << run.err;
  EXPECT_TRUE(NothingWritten());
}

}  // namespace
}  // namespace tcplab
