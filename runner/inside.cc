#include "runner/inside.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "core/base/sha256.h"
#include "core/base/text.h"
#include "core/result/json_writer.h"
#include "core/result/result_reader.h"
#include "runner/recorded_run.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr std::string_view kJobWord = "tcplab-job/1";
constexpr std::string_view kAnswerWord = "tcplab-answer/1";
constexpr std::size_t kMostJobBytes = std::size_t{64} << 20U;

std::optional<std::size_t> SizeIn(std::string_view text) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return size;
}

// Where a line begins that starts with the answer's word; npos where none does.
std::size_t FindAnswer(const std::string& output) {
  for (std::size_t at = output.find(kAnswerWord); at != std::string::npos;
       at = output.find(kAnswerWord, at + 1)) {
    if (at == 0 || output[at - 1] == '\n') return at;
  }
  return std::string::npos;
}

}  // namespace

std::string EncodeJob(const Scenario& scenario, const MeasureOptions& measure) {
  json document = RecordRun(scenario, measure);
  document["cannot"] = json::array();
  for (const Inability& inability : measure.cannot) {
    document["cannot"].push_back({{"feature", inability.feature}, {"reason", inability.reason}});
  }
  document["progress"] = static_cast<bool>(measure.progress);
  const std::string text = CanonicalJson(document);
  return fmt::format("{} {}\n{}", kJobWord, text.size(), text);
}

Result<Job> ReadJob() {
  const auto wrong = [](const std::string& what) {
    return Invalid("standard input: " + what + "; this command is started by `runner --in STACK`");
  };
  const std::optional<std::string> line = ReadLine();
  if (!line) return wrong("there is no job");
  const std::vector<std::string_view> words = Split(*line, ' ');
  if (words.front() != kJobWord) return wrong(fmt::format("expected {} first", kJobWord));
  const std::optional<std::size_t> size = words.size() == 2 ? SizeIn(words[1]) : std::nullopt;
  if (!size || *size > kMostJobBytes) return wrong("found a job without its size");
  const std::string text = ReadBytes(*size);
  Job job;
  job.document = json::parse(text, nullptr, false);
  if (job.document.is_discarded()) return wrong("found a job that was cut");
  try {
    for (const json& entry : job.document.at("cannot")) {
      job.cannot.push_back(
          {entry.at("feature").get<std::string>(), entry.at("reason").get<std::string>()});
    }
    job.progress = job.document.at("progress").get<bool>();
  } catch (const json::exception& exception) {
    return wrong(exception.what());
  }
  return job;
}

std::string EncodeAnswer(const json& document) {
  const std::string text = CanonicalJson(document);
  // On a line of its own, whatever was written before it.
  return fmt::format("\n{} {} {}\n{}\n", kAnswerWord, text.size(), Sha256Hex(text), text);
}

Result<json> DecodeAnswer(const std::string& output) {
  const std::size_t begin = FindAnswer(output);
  if (begin == std::string::npos) {
    return HarnessFault(output.empty() ? "it answered nothing" : "its answer is no result");
  }
  const std::size_t line_end = std::min(output.find('\n', begin), output.size());
  const std::string_view line = std::string_view(output).substr(begin, line_end - begin);
  const std::vector<std::string_view> words = Split(line, ' ');
  const std::optional<std::size_t> size = words.size() == 3 ? SizeIn(words[1]) : std::nullopt;
  if (!size) return HarnessFault("its answer was cut");
  const std::size_t left = output.size() - line_end;
  const std::size_t there = left == 0 ? 0 : left - 1;
  if (there < *size) {
    return HarnessFault(fmt::format("its answer was cut: {} of {} bytes", there, *size));
  }
  const std::string text = output.substr(line_end + 1, *size);
  if (Sha256Hex(text) != words[2]) {
    return HarnessFault("its answer was changed on the way: its SHA-256 is not what it says");
  }
  Result<json> document = ReadResultText(text, "its answer");
  if (!document) return HarnessFault(document.error().message);
  return document;
}

}  // namespace tcplab
