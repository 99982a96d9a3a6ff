// `runner --server-in STACK --clients-in STACK`: servers and clients on two machines, which are
// network namespaces here, joined by a wire; with a clock of its own where that matters, and behind
// ssh.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/runner/run_binary.h"

namespace tcplab {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kServerAddress = "10.77.0.1";

bool InShell(const std::string& command) {
  return std::system(("{ " + command + "; } >/dev/null 2>&1").c_str()) == 0;
}

// Two network namespaces and the wire between them; both are gone with the test, and the wire with
// them.
class TwoMachines {
 public:
  TwoMachines() {
    made_ =
        InShell("ip netns add " + server_ + " && ip netns add " + client_ +
                " && ip link add va netns " + server_ + " type veth peer name vb netns " + client_ +
                " && " + Up(server_, "va", "10.77.0.1") + " && " + Up(client_, "vb", "10.77.0.2"));
  }
  ~TwoMachines() {
    InShell("ip netns delete " + server_);
    InShell("ip netns delete " + client_);
  }
  TwoMachines(const TwoMachines&) = delete;
  TwoMachines& operator=(const TwoMachines&) = delete;

  [[nodiscard]] bool made() const { return made_; }
  [[nodiscard]] const std::string& server() const { return server_; }
  [[nodiscard]] const std::string& client() const { return client_; }

 private:
  static std::string Up(const std::string& name, const std::string& device,
                        const std::string& address) {
    const std::string ip = "ip -n " + name + " ";
    return ip + "address add " + address + "/24 dev " + device + " && " + ip + "link set " +
           device + " up && " + ip + "link set lo up";
  }

  std::string server_ = "tcplab-s-" + std::to_string(getpid());
  std::string client_ = "tcplab-c-" + std::to_string(getpid());
  bool made_ = false;
};

class Places : public testing::Test {
 protected:
  Places() { folder_.Write("scenarios/quick.json", QuickScenario(R"({"window_ms": 20000})")); }

  void SetUp() override {
    if (!machines_.made()) {
      ASSERT_FALSE(geteuid() == 0 && std::getenv("CI") != nullptr) << "root, and iproute2";
      GTEST_SKIP() << "`ip netns add` is not allowed, or not there";
    }
    Describe("server", In(machines_.server()), json{{"address", kServerAddress}});
    Describe("client", In(machines_.client()));
  }

  static std::vector<std::string> In(const std::string& machine,
                                     const std::vector<std::string>& more = {}) {
    std::vector<std::string> command = {"ip", "netns", "exec", machine};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }
  // One more stack, of this kernel.
  void Describe(const std::string& name, const std::vector<std::string>& command,
                const json& patch = json::object()) {
    json stack = {{"name", name}, {"command", command}, {"recognise", {{"os", "linux"}}}};
    stack.merge_patch(patch);
    stacks_.push_back(stack);
    folder_.Write("stacks.json", json{{"stacks", stacks_}}.dump());
  }
  Finished Run(const std::vector<std::string>& where, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"scenarios/quick.json", "--stacks", "stacks.json"};
    words.insert(words.end(), where.begin(), where.end());
    words.insert(words.end(), more.begin(), more.end());
    RunnerProcess runner(folder_, words);
    Finished finished = runner.Wait();
    EXPECT_TRUE(Eventually([&] { return runner.Living() == 0; }, 30)) << "something still runs";
    return finished;
  }
  json OnlyResult() { return OnlyResultIn(folder_); }
  // All that tells that the trials were those of one machine, with a bound of how far the clocks
  // are apart. A clock that was not set right would be off by a day.
  static void ExpectMeasured(const json& document) {
    for (const json& a_case : document.at("cases")) {
      EXPECT_EQ(a_case.at("trials"), 2) << a_case.at("errors");
      EXPECT_EQ(a_case.at("observations").at("replies").at("values").at(0).at("value").at(0).at(0),
                "CIAO 0\n");
      const json& health = a_case.at("health");
      EXPECT_GT(health.at("clock_bound_ms"), 0);
      EXPECT_LT(health.at("clock_bound_ms"), 1'000);
      EXPECT_LT(health.at("max_delay_ms"), 5'000);
      EXPECT_TRUE(a_case.at("evidence").at("kernel_counters").is_null())
          << "this machine's say nothing";
    }
  }

  TempFolder folder_;
  TwoMachines machines_;
  json stacks_ = json::array();
};

TEST_F(Places, ServersAndClientsMeetOverTheWire) {
  const Finished run = Run({"--server-in", "server", "--clients-in", "client"});
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  const json document = OnlyResult();
  ExpectMeasured(document);
  EXPECT_EQ(document["run"]["server_in"], "server");
  EXPECT_EQ(document["run"]["clients_in"], "client");
  EXPECT_EQ(document["environment"]["facets"]["server_address"], kServerAddress);
  const auto clients = document["environment"]["facets"]["clients"].get<std::string>();
  EXPECT_EQ(document["environment"]["id"], clients + "-from-" + clients);
}

// Nobody is at the loopback of the clients' machine: so the two are apart.
TEST_F(Places, ClientsOfAnotherMachineDoNotReachALoopback) {
  const Finished run =
      Run({"--server-in", "server", "--clients-in", "client", "--server-address", "127.0.0.1"},
          {"--set", "backlog=1", "--only", "connect_outcomes"});
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  EXPECT_EQ(OnlyResult()["cases"][0]["observations"]["connect_outcomes"]["values"][0]["value"],
            json::array({"refused"}));
}

TEST_F(Places, AServerWithoutAListenKeyListensThereToo) {
  folder_.Write("scenarios/quick.json",
                QuickScenario(R"({"window_ms": 20000, "parameters": {"backlog": null},
                                  "server": {"listen": null}})"));
  const Finished run = Run({"--server-in", "server", "--clients-in", "client"});
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  ExpectMeasured(OnlyResult());
}

TEST_F(Places, TheServersAloneOrTheClientsAloneMayBeElsewhere) {
  Describe("here", {"env"});
  EXPECT_EQ(Run({"--clients-in", "here", "--server-address", "127.0.0.1"}).exit_code, 0);
  const json clients = OnlyResult();
  ExpectMeasured(clients);
  EXPECT_FALSE(clients["run"].contains("server_in"));
  std::filesystem::remove_all(folder_ / "results");
  EXPECT_EQ(Run({"--server-in", "here", "--server-address", "127.0.0.1"}).exit_code, 0);
  const json servers = OnlyResult();
  ExpectMeasured(servers);
  EXPECT_FALSE(servers["run"].contains("clients_in"));
  EXPECT_TRUE(ResultFiles(folder_ / "results").front().starts_with(".local/")) << "no record";
  const Finished accepted = RunRunner(
      folder_,
      {"accept", "results/" + ResultFiles(folder_ / "results").front(), "--baseline", "records"});
  EXPECT_EQ(accepted.exit_code, 2) << accepted.out;
  EXPECT_THAT(accepted.err, HasSubstr("elsewhere (--server-in"));
}

// Then they share its clock, and its loopback.
TEST_F(Places, BothMayBeInOnePlace) {
  EXPECT_EQ(Run({"--server-in", "client", "--clients-in", "client"}).exit_code, 0);
  const json document = OnlyResult();
  for (const json& a_case : document.at("cases")) {
    EXPECT_EQ(a_case.at("trials"), 2);
    EXPECT_FALSE(a_case.at("health").contains("clock_bound_ms"));
  }
}

// Every word to the server takes 60 ms. A trial that its window ends is still cut in time: what is
// sent early enough is not late.
TEST_F(Places, AFarServerIsFrozenInTime) {
  folder_.Write("far.py", R"(
import os, subprocess, sys, threading, time
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
def carry(source, sink, close):
    while True:
        piece = os.read(source, 65536)
        if not piece: break
        time.sleep(0.06)
        os.write(sink, piece)
    if close: os.close(sink)
threading.Thread(target=carry, args=(0, child.stdin.fileno(), True), daemon=True).start()
carry(child.stdout.fileno(), 1, False)
sys.exit(child.wait())
)");
  folder_.Write("scenarios/quick.json",
                QuickScenario(R"({"window_ms": 600, "parameters": {"backlog": [1]},
                                  "clients": [{"script": [{"connect": {}}, {"sleep": 5000}]}]})"));
  Describe("far", {"python3", "{stacks}/far.py"});
  const Finished run = Run({"--server-in", "far", "--server-address", "127.0.0.1"});
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  const json a_case = OnlyResult().at("cases").at(0);
  EXPECT_EQ(a_case.at("trials"), 2);
  EXPECT_GT(a_case.at("health").at("clock_bound_ms"), 50);
  EXPECT_LT(a_case.at("health").at("max_delay_ms"), 50) << "off by no more than the clocks are";
  EXPECT_THAT(run.out, HasSubstr("their clocks differ"));
  // Far clients are no reason to end the window earlier: the server, which is here, freezes then.
  std::filesystem::remove_all(folder_ / "results");
  const Finished near =
      Run({"--clients-in", "far", "--server-address", "127.0.0.1"}, {"--keep-traces"});
  EXPECT_EQ(near.exit_code, 0) << near.err << near.out;
  const std::vector<std::string> files = ResultFiles(folder_ / "results");
  ASSERT_EQ(files.size(), 2U);
  const Finished line =
      RunRunner(folder_, {"explain", "results/" + files.front(), "--trial", "0", "--all"});
  const std::size_t end = line.out.find("-- the trial ends");
  ASSERT_NE(end, std::string::npos) << line.out;
  EXPECT_GE(std::stod(line.out.substr(line.out.rfind('\n', end))), 600) << line.out;
}

// A namespace of time: what one side reads off its monotonic clock is a day more than the other.
TEST_F(Places, ClocksThatAreADayApartAreOneInTheResult) {
  const std::vector<std::string> a_day = {"unshare", "--time", "--monotonic", "86400", "--fork"};
  if (!InShell("unshare --time --monotonic 86400 --fork true")) {
    GTEST_SKIP() << "no namespaces of time here";
  }
  std::vector<std::string> later = In(machines_.client(), a_day);
  Describe("tomorrow", later);
  later = In(machines_.server(), a_day);
  Describe("tomorrows-server", later, json{{"address", kServerAddress}});
  EXPECT_EQ(Run({"--server-in", "server", "--clients-in", "tomorrow"}).exit_code, 0);
  ExpectMeasured(OnlyResult());
  std::filesystem::remove_all(folder_ / "results");
  // Also in the trace, in which accept comes after connect was begun, and in no hour.
  EXPECT_EQ(Run({"--server-in", "tomorrows-server", "--clients-in", "client"}, {"--keep-traces"})
                .exit_code,
            0);
  const std::vector<std::string> files = ResultFiles(folder_ / "results");
  ASSERT_EQ(files.size(), 2U);
  const Finished line = RunRunner(
      folder_, {"explain", "results/" + files.front(), "--case", "backlog=1", "--trial", "0"});
  EXPECT_EQ(line.exit_code, 0) << line.err;
  EXPECT_THAT(line.out, HasSubstr("accept"));
  const Finished again = RunRunner(folder_, {"rerun", "results/" + files.front()});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("its agents ran in other stacks"));
}

TEST_F(Places, WhatCannotCarryAgentsIsSaidAtOnce) {
  Describe("scratched", {"env", "TMPDIR={scratch}"});
  Describe("agent", {"env"}, json{{"server_agent", "{runner}"}});
  struct Mistake {
    std::vector<std::string> where;
    const char* message;
  };
  const std::vector<Mistake> mistakes = {
      {{"--server-in", "servr"}, "did you mean server?"},
      {{"--clients-in", "client"}, "clients in client do not know where servers here are"},
      {{"--server-in", "client"}, "clients here do not know where servers in client are"},
      {{"--server-in", "server", "--server-address", "::1"}, "expected an IPv4 address"},
      {{"--clients-in", "scratched"}, "--clients-in scratched: its command takes a folder"},
      {{"--server-in", "agent"}, "its servers are a program's of its own"},
      {{"--in", "server", "--clients-in", "client"}, "--in"},
      {{"--server-in", "server", "--target", "127.0.0.1:9"}, "--target"},
      {{}, "--stacks: expected --in, --server-in or --clients-in"}};
  for (const Mistake& mistake : mistakes) {
    const Finished run = Run(mistake.where);
    EXPECT_EQ(run.exit_code, 2) << mistake.message;
    EXPECT_THAT(run.err, HasSubstr(mistake.message));
  }
  EXPECT_TRUE(ResultFiles(folder_ / "results").empty());
}

TEST_F(Places, AFaultOfAStackIsNoFinding) {
  Describe("dead", {"false"});
  Describe("other", {"env"}, json{{"recognise", {{"os", "windows"}}}});
  Describe("talker", {"sh", "-c", "[ \"$2\" = here ] || echo welcome; exec \"$@\"", "sh"});
  struct Fault {
    const char* stack;
    const char* message;
  };
  for (const Fault& fault : {Fault{"dead", "stack dead: its runner did not say what it is"},
                             Fault{"other", "whose os is \"linux\", and not \"windows\""}}) {
    const Finished run = Run({"--clients-in", fault.stack, "--server-address", "127.0.0.1"});
    EXPECT_EQ(run.exit_code, 3) << fault.stack;
    EXPECT_THAT(run.err, HasSubstr(fault.message));
    EXPECT_TRUE(ResultFiles(folder_ / "results").empty());
  }
  // What it says beside its agent's frames makes each trial an error.
  const Finished talker =
      Run({"--server-in", "talker", "--server-address", "127.0.0.1"}, {"--set", "backlog=1"});
  EXPECT_EQ(talker.exit_code, 3) << talker.out;
  EXPECT_THAT(talker.out, HasSubstr("answered rubbish"));
}

// A server of ssh's in one namespace, which trusts one key, both made for this test.
class BehindSsh : public Places {
 protected:
  void SetUp() override {
    Places::SetUp();
    if (IsSkipped()) return;
    if (!InShell("command -v /usr/sbin/sshd && command -v ssh-keygen")) {
      ASSERT_EQ(std::getenv("CI"), nullptr) << "make deps installs openssh-server";
      GTEST_SKIP() << "no sshd here";
    }
    ASSERT_TRUE(InShell("cd " + folder_.path() +
                        " && ssh-keygen -q -t ed25519 -N '' -f host"
                        " && ssh-keygen -q -t ed25519 -N '' -f key && chmod 700 ."));
    folder_.Write("sshd.conf", "ListenAddress " + std::string(kServerAddress) + ":2222\nHostKey " +
                                   (folder_ / "host") + "\nAuthorizedKeysFile " +
                                   (folder_ / "key.pub") +
                                   "\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n"
                                   "PidFile none\nPrintMotd no\n");
    RunnerProcess::Options options;
    options.program = "ip";
    // It wants a folder below /run, which only this process sees.
    const std::string own_run = "mount -t tmpfs none /run && mkdir /run/sshd && ";
    const std::string sshd = "exec /usr/sbin/sshd -D -f " + (folder_ / "sshd.conf") + " -E ";
    std::vector<std::string> command =
        In(machines_.server(), {"sh", "-c", own_run + sshd + (folder_ / "sshd.log")});
    command.erase(command.begin());  // the program itself
    folder_.Write("sshd.log", "");
    sshd_ = std::make_unique<RunnerProcess>(folder_, command, options);
    ASSERT_TRUE(Eventually(
        [&] {
          return ReadWhole(folder_ / "sshd.log").find("Server listening") != std::string::npos;
        },
        30))
        << ReadWhole(folder_ / "sshd.log");
  }

  std::vector<std::string> Ssh() {
    return In(machines_.client(),
              {"ssh", "-F", "none", "-i", folder_ / "key", "-p", "2222", "-o", "BatchMode=yes",
               "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o",
               "LogLevel=ERROR", std::string("root@") + kServerAddress});
  }

  std::unique_ptr<RunnerProcess> sshd_;
};

TEST_F(BehindSsh, TheWholeRunnerRunsThere) {
  Describe("far", Ssh());
  const Finished run = Run({"--in", "far"});
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  EXPECT_EQ(OnlyResult()["run"]["status"], "ok");
}

TEST_F(BehindSsh, TheServersRunThereAndTheClientsElsewhere) {
  Describe("far", Ssh(), json{{"address", kServerAddress}});
  const Finished run = Run({"--server-in", "far", "--clients-in", "client"});
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  ExpectMeasured(OnlyResult());
}

}  // namespace
}  // namespace tcplab
