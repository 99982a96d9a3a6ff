#include "runner/measure_in.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <random>
#include <system_error>
#include <utility>

#include "core/base/sha256.h"
#include "core/base/text.h"
#include "core/result/json_writer.h"
#include "core/result/result_path.h"
#include "core/stack/guarded_command.h"
#include "runner/inside.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Kind = CommandEnd::Kind;

// A folder for the command alone: in the folder of the build, or else where temporary files go.
std::string ScratchFolder(const Stack& stack, const std::string& own_path) {
  std::error_code ignored;
  const fs::path build = fs::path(own_path).parent_path().parent_path();
  const bool built_here = fs::exists(build / "CMakeCache.txt", ignored);
  const fs::path parent = built_here ? build / "stacks" : fs::temp_directory_path(ignored);
  std::string name;
  for (const char c : stack.name) {
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  }
  std::random_device random;
  const char* const whose = built_here ? "" : "tcplab-";
  return (parent / fmt::format("{}{}-{:08x}{:08x}", whose, name, random(), random())).string();
}

// The last lines that somebody wrote, made safe for a terminal.
std::string LastWords(const CommandEnd& end) {
  constexpr std::size_t kMostLines = 10;
  const std::string& text = end.err.empty() ? end.out : end.err;
  std::vector<std::string> lines;
  for (const std::string_view part : Split(text, '\n')) {
    // A console ends lines with a carriage return, too; progress is drawn over after one.
    std::string_view line = part;
    while (line.ends_with('\r')) line.remove_suffix(1);
    line.remove_prefix(std::min(line.rfind('\r') + 1, line.size()));
    if (!line.empty()) lines.push_back(Printable(line, 200));
  }
  if (lines.empty()) return "; it wrote nothing";
  if (lines.size() > kMostLines) lines.erase(lines.begin(), lines.end() - kMostLines);
  std::string words = "; its last words:";
  for (const std::string& line : lines) words += "\n  " + line;
  return words;
}

std::string InPackages(const Stack& stack) {
  if (stack.packages.empty()) return "";
  const std::vector<std::string_view> names(stack.packages.begin(), stack.packages.end());
  return fmt::format(" (Debian: apt install {})", JoinWords(names, "and"));
}

// How the command ended, where that is no way for a run to end; else nothing.
std::string HowItFailed(const Stack& stack, const CommandEnd& end) {
  constexpr int kNoSuchProgram = 127;  // as shells say it
  switch (end.kind) {
    case Kind::kNotStarted:
      return fmt::format("{} cannot be started: {}{}", Printable(stack.command.front(), 200),
                         end.why, InPackages(stack));
    case Kind::kSignalled:
      return fmt::format("was ended by signal {}", end.number);
    case Kind::kTimedOut:
      return fmt::format(
          "did not end within {:g} s and was killed (limit_seconds in {}, or --limit)",
          stack.limit_seconds, stack.file);
    case Kind::kTooMuchOutput:
      return "wrote without end and was killed";
    case Kind::kGuardLost:
      return "was lost: somebody killed its guard";
    case Kind::kExited:
      break;
  }
  if (end.number == kNoSuchProgram) {
    return "ended with exit code 127: a program is missing" + InPackages(stack);
  }
  return {};
}

tl::unexpected<Error> StackFault(const Stack& stack, const CommandEnd& end,
                                 const std::string& what) {
  std::string text = fmt::format("stack {}: {}{}", Printable(stack.name), what, LastWords(end));
  for (const std::string& left : end.left) text += "\n  left behind: " + Printable(left, 200);
  return HarnessFault(std::move(text));
}

// The document in it, which has to be one of this stack, and of what was asked for.
Result<json> AnswerOf(const Stack& stack, const Scenario& scenario, const CommandEnd& end) {
  if (std::string failed = HowItFailed(stack, end); !failed.empty()) {
    return StackFault(stack, end, failed);
  }
  Result<json> document = DecodeAnswer(end.out);
  if (!document) {
    return StackFault(
        stack, end,
        fmt::format("ended with exit code {}, and {}", end.number, document.error().message));
  }
  if (const auto why = WhyNotRecognised(stack, document->at("environment"))) {
    return HarnessFault(fmt::format("stack {}: {}", Printable(stack.name), *why));
  }
  // Who answers may be far away, and the id becomes a folder here.
  const auto id = document->at("environment").value("id", "");
  if (!IsEnvironmentId(id)) {
    return HarnessFault(
        fmt::format("stack {}: its answer is of the environment \"{}\", which is no id",
                    Printable(stack.name), Printable(id)));
  }
  if (document->at("scenario").value("sha256", "") != Sha256Hex(CanonicalJson(scenario.document))) {
    return StackFault(stack, end, "its answer is of another scenario");
  }
  if (!end.left.empty()) return StackFault(stack, end, "did not clean up");
  return document;
}

// The runner in the stack, with these arguments.
GuardedCommand CommandIn(const Stack& stack, const std::string& own_path,
                         const std::vector<std::string>& words) {
  GuardedCommand command;
  command.guard = {own_path, "guard"};
  command.folder = ScratchFolder(stack, own_path);
  command.command = StackCommand(stack, {command.folder, own_path});
  command.command.insert(command.command.end(), words.begin(), words.end());
  command.limit_seconds = stack.limit_seconds;
  command.on_error_output = WriteErr;
  return command;
}

}  // namespace

Result<Measurement> MeasureIn(const Stack& stack, const Scenario& scenario,
                              const MeasureOptions& options, const std::string& own_path) {
  std::vector<std::string> words = {"inside"};
  if (!stack.server_agent.empty()) {
    words.insert(words.end(), {"--server-agent", ServerAgentOf(stack, own_path)});
  }
  GuardedCommand command = CommandIn(stack, own_path, words);
  command.input = EncodeJob(scenario, options);
  command.live_input = SendsStdin(scenario) && !options.run.examples;
  const Result<CommandEnd> end = RunGuarded(command);
  if (!end) return Forward(end);

  Measurement measurement;
  measurement.interrupted_by = end->interrupted_by;
  Result<json> document = AnswerOf(stack, scenario, *end);
  if (document) {
    measurement.document = std::move(*document);
    return measurement;
  }
  if (!end->interrupted_by) return Forward(document);
  if (!end->left.empty()) Complain(document.error().message);
  return measurement;
}

Result<InsideOutput> RunRunnerIn(const Stack& stack, const std::string& own_path,
                                 const std::vector<std::string>& words) {
  Result<CommandEnd> end = RunGuarded(CommandIn(stack, own_path, words));
  if (!end) return Forward(end);
  const std::string failed = HowItFailed(stack, *end);
  if (!failed.empty() || !end->left.empty()) {
    return StackFault(stack, *end, failed.empty() ? "did not clean up" : failed);
  }
  return InsideOutput{std::move(end->out), end->number};
}

}  // namespace tcplab
