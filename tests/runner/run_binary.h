// Runs the real binary as a person or a script would, with everything bounded in time.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/result/result_reader.h"
#include "tests/result/temp_folder.h"
#include "tests/support/processes.h"

namespace tcplab {

// A sanitizer makes a program slow to start and to end.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

inline std::string RunnerPath() {
  const char* const path = std::getenv("TCPLAB_RUNNER");
  return path != nullptr ? path : TCPLAB_RUNNER;
}

// Waits for a condition that is bound to come true; false when it did not.
inline bool Eventually(const std::function<bool()>& condition, double seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

struct Finished {
  int exit_code = -1;  // 128 + n when signal n ended it, as shells have it
  std::string out;
  std::string err;
};

// One process of the runner, and whatever it starts: all of them carry a mark in their environment.
class RunnerProcess {
 public:
  struct Options {
    std::string program;         // empty: the runner
    rlim_t descriptors = 0;      // 0: as many as the test has
    std::string out;             // a file for stdout in place of the test's own
    bool closed_stdout = false;  // a pipe that nobody reads
    int in_descriptor = -1;      // for stdin, which is empty otherwise
    int out_descriptor = -1;     // a descriptor for stdout, or for stderr
    int err_descriptor = -1;
    std::vector<std::pair<std::string, std::string>> environment;
  };

  // Starts in `folder`.
  RunnerProcess(const TempFolder& folder, std::vector<std::string> arguments, Options options)
      : options_(std::move(options)), mark_(std::to_string(std::random_device()())) {
    if (options_.program.empty()) options_.program = RunnerPath();
    arguments.insert(arguments.begin(), options_.program);
    pid_ = fork();
    if (pid_ == 0) Become(folder, arguments);
  }
  RunnerProcess(const TempFolder& folder, std::vector<std::string> arguments)
      : RunnerProcess(folder, std::move(arguments), Options{}) {}
  ~RunnerProcess() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  RunnerProcess(const RunnerProcess&) = delete;
  RunnerProcess& operator=(const RunnerProcess&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void Signal(int number) const { kill(pid_, number); }

  Finished Wait(double seconds = 60) {
    int status = 0;
    const bool ended = Eventually([&] { return waitpid(pid_, &status, WNOHANG) == pid_; }, seconds);
    EXPECT_TRUE(ended) << "still running after " << seconds << " s";
    if (!ended) return {};
    pid_ = -1;
    Finished finished;
    finished.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    finished.out = Text(streams_ / "out");
    finished.err = Text(streams_ / "err");
    return finished;
  }

  // Processes that carry the mark, the runner among them. Linux only: elsewhere always 0.
  [[nodiscard]] std::size_t Living() const {
    std::size_t count = 0;
    std::error_code error;
    for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end;
         entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      const std::string environment = TextOfProcess(entry->path() / "environ", 65536);
      if (environment.find("TCPLAB_TEST_MARK=" + mark_) != std::string::npos) ++count;
    }
    return count;
  }

  // What it has written so far.
  [[nodiscard]] std::string OutSoFar() const { return Text(streams_ / "out"); }
  [[nodiscard]] std::string ErrSoFar() const { return Text(streams_ / "err"); }

  // Once the runner and an agent are there, it is in the middle of its work.
  [[nodiscard]] bool WaitForAgents() const {
    return Eventually([this] { return Living() >= 2; }, 30);
  }

 private:
  static std::string Text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  void Redirect(int descriptor, const std::string& path) const {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0 || dup2(file, descriptor) < 0) _exit(126);
  }

  [[noreturn]] void Become(const TempFolder& folder, const std::vector<std::string>& arguments) {
    if (chdir(folder.path().c_str()) != 0) _exit(126);
    Redirect(STDOUT_FILENO, options_.out.empty() ? streams_ / "out" : options_.out);
    Redirect(STDERR_FILENO, streams_ / "err");
    dup2(options_.in_descriptor >= 0 ? options_.in_descriptor : open("/dev/null", O_RDONLY),
         STDIN_FILENO);
    if (options_.out_descriptor >= 0) dup2(options_.out_descriptor, STDOUT_FILENO);
    if (options_.err_descriptor >= 0) dup2(options_.err_descriptor, STDERR_FILENO);
    if (options_.closed_stdout) {
      int ends[2] = {-1, -1};
      if (pipe(ends) != 0) _exit(126);
      dup2(ends[1], STDOUT_FILENO);
      close(ends[0]);
      close(ends[1]);
    }
    if (options_.descriptors > 0) {
      const rlimit limit{options_.descriptors, options_.descriptors};
      setrlimit(RLIMIT_NOFILE, &limit);
    }
    setenv("TCPLAB_TEST_MARK", mark_.c_str(), 1);
    for (const auto& [name, value] : options_.environment) setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> argv;
    for (const std::string& argument : arguments)
      argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    execvp(argv[0], argv.data());
    _exit(127);
  }

  Options options_;
  TempFolder streams_;
  std::string mark_;
  pid_t pid_ = -1;
};

// Runs to the end.
inline Finished RunRunner(const TempFolder& folder, std::vector<std::string> arguments,
                          RunnerProcess::Options options = {}) {
  return RunnerProcess(folder, std::move(arguments), std::move(options)).Wait();
}

// A scenario of a fraction of a second: a client that is served and stays for a while. With one
// client alone a trial may be late by 100 ms before it is run again, which a busy machine needs.
// Changed with a JSON merge patch (RFC 7396).
inline std::string QuickScenario(const std::string& patch = "{}") {
  nlohmann::json scenario = nlohmann::json::parse(R"({
    "name": "quick", "summary": "A client that is served and stays for a while",
    "parameters": {"backlog": [0, 1]}, "trials": 2, "window_ms": 450, "timing": "insensitive",
    "server": {"listen": {"backlog": "$backlog"}, "script": [
      {"recv": {"until": "\n"}}, {"reply": "uppercase"}, {"recv": {"until": "eof"}}]},
    "clients": [{"script": [
      {"connect": {}}, {"send": {"text": "ciao ${index}\n"}}, {"recv": {"until": "\n"}},
      {"sleep": 150}]}]})");
  scenario.merge_patch(nlohmann::json::parse(patch));
  return scenario.dump(2);
}

// Results that a run wrote below `folder`, by their paths.
inline std::vector<std::string> ResultFiles(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator entry(folder, error), end;
       !error && entry != end; entry.increment(error)) {
    if (entry->is_regular_file(error)) {
      files.push_back(std::filesystem::relative(entry->path(), folder).generic_string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// What a run wrote below results/, which has to be one.
inline nlohmann::json OnlyResultIn(const TempFolder& folder) {
  const std::vector<std::string> files = ResultFiles(folder / "results");
  EXPECT_EQ(files.size(), 1U);
  if (files.empty()) return {};
  const Result<nlohmann::json> read = ReadResultFile(folder / ("results/" + files.front()));
  EXPECT_TRUE(read) << read.error().message;
  return read ? *read : nlohmann::json();
}

}  // namespace tcplab
