// The programs of the lecture as somebody else writes them, plain Python and nc, at either end; and
// nginx, which nobody wrote for a lecture.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "tests/runner/run_binary.h"
#include "tests/support/loopback.h"

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

// --- nginx

// The first that is there; empty where none is.
std::string Nginx() {
  for (const char* const path :
       {"/usr/sbin/nginx", "/opt/homebrew/bin/nginx", "/usr/local/bin/nginx"}) {
    if (IsThere(path)) return path;
  }
  return "";
}

// One nginx with files of its own, all in a temporary folder, which ends with the test.
class NginxServer {
 public:
  // A port for it is found by binding one and letting it go: nginx cannot say which one it was
  // given. Somebody else may take it in between, so that this is tried again.
  explicit NginxServer(const std::string& program) {
    for (int attempt = 0; attempt < 10 && port_ == 0; ++attempt) Start(program, FreePort());
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }  // 0: it did not start
  [[nodiscard]] std::string target() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::string Said() const { return ReadWhole(folder_ / "error.log"); }
  [[nodiscard]] std::size_t Living() const { return process_->Living(); }
  void End() {
    process_->Signal(SIGTERM);
    process_->Wait(20);
  }

 private:
  static std::uint16_t FreePort() {
    const TestListener free;
    return free.address().port();
  }

  void Start(const std::string& program, std::uint16_t port) {
    folder_.Write("error.log", "");
    folder_.Write("nginx.conf",
                  "daemon off; master_process off; pid nginx.pid;\n"
                  "error_log error.log notice;\n"
                  "events { worker_connections 64; }\n"
                  "http {\n"
                  "  access_log off; keepalive_timeout 1s;\n"
                  "  client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f;\n"
                  "  uwsgi_temp_path u; scgi_temp_path s;\n"
                  "  server {\n"
                  "    listen 127.0.0.1:" +
                      std::to_string(port) +
                      ";\n"
                      "    location / { return 200 \"ciao\\n\"; }\n"
                      "  }\n"
                      "}\n");
    RunnerProcess::Options options;
    options.program = program;
    process_ = std::make_unique<RunnerProcess>(
        folder_,
        std::vector<std::string>{"-p", folder_.path() + "/", "-c", "nginx.conf", "-e", "error.log"},
        options);
    bool answers = false;
    const auto settled = [&] {
      answers = SysConnect(NewSocket().get(), Loopback(port)).ok();
      return answers || Said().find("[emerg]") != std::string::npos;
    };
    // That somebody answers is not enough: it has to be this one, which writes its pid once it
    // listens.
    const auto listens = [&] { return std::filesystem::exists(folder_ / "nginx.pid"); };
    if (Eventually(settled, 20) && answers && Eventually(listens, 20)) port_ = port;
  }

  TempFolder folder_;
  std::unique_ptr<RunnerProcess> process_;
  std::uint16_t port_ = 0;
};

TEST(ForeignPrograms, NginxIsDrivenByTheClientsOfAScenario) {
  const std::string program = Nginx();
  if (program.empty()) {
    ASSERT_EQ(std::getenv("CI"), nullptr) << "make deps installs nginx";
    GTEST_SKIP() << "there is no nginx";
  }
  NginxServer nginx(program);
  ASSERT_NE(nginx.port(), 0) << nginx.Said();
  const TempFolder folder;
  // Two requests on one connection, which nginx then closes for idleness; and one that is none.
  folder.Write("http.json", R"json({"name": "http", "trials": 2, "window_ms": 20500,
      "server": {},
      "clients": [
        {"name": "keeps", "script": [{"connect": {}},
          {"repeat": {"times": 2, "steps": [
            {"send": "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"},
            {"recv": {"until": "\r\n", "timeout_ms": 10000}},
            {"recv": {"until": "\r\n\r\n", "timeout_ms": 10000}},
            {"recv": {"until": 5, "timeout_ms": 10000, "label": "body"}}]}},
          {"recv": {"timeout_ms": 10000, "label": "end"}}]},
        {"name": "babbles", "script": [{"sleep": 50}, {"connect": {}},
          {"send": "ciao nginx\r\n\r\n"},
          {"recv": {"until": "\r\n", "timeout_ms": 10000}},
          {"recv": {"until": "eof", "timeout_ms": 10000}},
          {"recv": {"timeout_ms": 10000, "label": "end"}}]}],
      "expect": [
        {"observation": "connect_outcomes", "equals": ["connected", "connected"]},
        {"observation": "steps.body", "equals": [["ok 5", "ok 5"], []]},
        {"observation": "steps.end", "equals": [["eof"], ["eof"]]}]})json");
  const Finished ended = RunRunner(
      folder, {"run", "http.json", "--target", nginx.target(), "--format", "json", "--out", "-"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err << ended.out << nginx.Said();
  const json a_case = json::parse(ended.out)["cases"][0];
  EXPECT_EQ(a_case["expectations"].size(), 3U) << "all of them could be judged";
  const json& observations = a_case["observations"];
  EXPECT_EQ(observations["stream_end"]["values"][0]["value"]["client"], json({"eof", "eof"}));
  const json& trials = observations["replies"]["values"];
  for (const json& trial : trials) {
    const json& keeps = trial["value"][0];
    ASSERT_GE(keeps.size(), 6U) << keeps;
    EXPECT_EQ(keeps[0], "HTTP/1.1 200 OK\r\n");
    EXPECT_EQ(keeps[2], "ciao\n");
    EXPECT_EQ(keeps[3], "HTTP/1.1 200 OK\r\n");
    EXPECT_EQ(trial["value"][1][0], "HTTP/1.1 400 Bad Request\r\n");
  }
  nginx.End();
  EXPECT_EQ(nginx.Living(), 0U);
}

}  // namespace
}  // namespace tcplab
