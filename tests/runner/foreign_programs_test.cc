// The programs of the lecture as somebody else writes them, plain Python and nc, at either end.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>

#include "tests/runner/run_binary.h"

namespace tcplab {
namespace {

using nlohmann::json;

// `make deps` puts them there; what another system has elsewhere is not looked for.
constexpr const char* kPython = "/usr/bin/python3";
constexpr const char* kNetcat = "/usr/bin/nc";

bool IsThere(const char* program) { return access(program, X_OK) == 0; }

std::string ScenarioPath(const std::string& name) {
  return std::string(TCPLAB_SOURCE_DIR) + "/scenarios/" + name;
}

// The number after `before` in what a program has said so far, once it has.
std::string NumberAfter(const std::function<std::string()>& said, const std::string& before) {
  std::smatch found;
  std::string text;
  const auto is_there = [&] {
    text = said();
    return std::regex_search(text, found, std::regex(before + R"((\d+))"));
  };
  return Eventually(is_there, 20) ? std::string(found[1]) : std::string();
}

constexpr const char* kPythonServer = R"(
import socket
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(("127.0.0.1", 0))
listener.listen(1)
print("port", listener.getsockname()[1], flush=True)
while True:
    connection, address = listener.accept()
    sentence = connection.recv(1024)
    connection.send(sentence.upper())
    connection.close()
)";

TEST(ForeignPrograms, PlainPythonServerIsDrivenByTheClientsOfAScenario) {
  if (!IsThere(kPython)) GTEST_SKIP() << "there is no " << kPython;
  const TempFolder folder;
  folder.Write("server.py", kPythonServer);
  RunnerProcess::Options options;
  options.program = kPython;
  const RunnerProcess server(folder, {"server.py"}, options);
  const std::string port = NumberAfter([&] { return server.OutSoFar(); }, "port ");
  ASSERT_FALSE(port.empty());
  const Finished ended =
      RunRunner(folder, {ScenarioPath("lecture/uppercase.json"), "--set", "text=ciao", "--trials",
                         "3", "--target", "127.0.0.1:" + port, "--format", "json", "--out", "-"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err << ended.out;
  const json observations = json::parse(ended.out)["cases"][0]["observations"];
  for (const json& replies : observations["replies"]["values"][0]["value"]) {
    EXPECT_EQ(replies[0], "CIAO\n");
  }
}

constexpr const char* kPythonClient = R"(
import socket, sys
server = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=20)
lines = server.makefile("rw", newline="\n")
for word in ["ciao", "a tutti"]:
    lines.write(word + "\n")
    lines.flush()
    print(lines.readline(), end="")
lines.write(".\n")
lines.flush()
print("end:", repr(lines.read()))
)";

TEST(ForeignPrograms, PlainPythonClientAndNetcatAreAnsweredByTheServerOfAScenario) {
  const TempFolder folder;
  RunnerProcess serving(folder, {"serve", ScenarioPath("lecture/persistent.json"), "--port", "0"});
  const std::string port = NumberAfter([&] { return serving.ErrSoFar(); }, R"(127\.0\.0\.1:)");
  ASSERT_FALSE(port.empty()) << serving.ErrSoFar();
  if (IsThere(kPython)) {
    folder.Write("client.py", kPythonClient);
    RunnerProcess::Options options;
    options.program = kPython;
    const Finished client = RunRunner(folder, {"client.py", port}, options);
    EXPECT_EQ(client.exit_code, 0) << client.err;
    EXPECT_EQ(client.out.substr(0, 13), "CIAO\nA TUTTI\n");
  }
  if (IsThere(kNetcat)) {
    const std::string typed = folder.Write("typed", "hello nc\n.\n");
    RunnerProcess::Options options;
    options.program = kNetcat;
    options.in_descriptor = open(typed.c_str(), O_RDONLY | O_CLOEXEC);
    const Finished client = RunRunner(folder, {"-N", "127.0.0.1", port}, options);
    close(options.in_descriptor);
    EXPECT_EQ(client.exit_code, 0) << client.err;
    EXPECT_EQ(client.out.substr(0, 9), "HELLO NC\n");
  }
  serving.Signal(SIGINT);
  EXPECT_EQ(serving.Wait().exit_code, 0);
  if (!IsThere(kPython) || !IsThere(kNetcat)) GTEST_SKIP() << "python3 or nc is not there";
}

}  // namespace
}  // namespace tcplab
