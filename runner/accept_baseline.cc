#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <vector>

#include "core/base/text.h"
#include "core/compare/compare.h"
#include "core/compare/merge.h"
#include "core/result/json_writer.h"
#include "core/result/record.h"
#include "core/result/result_path.h"
#include "core/result/result_reader.h"
#include "runner/accept.h"
#include "runner/case_report.h"
#include "runner/describe.h"
#include "runner/diff_report.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kShownPath = 4096;

// As `check` looks for it: below the environment's folder, which `folder` may be itself.
Result<std::string> PlaceOfRecord(const json& document, const std::string& folder) {
  const auto id = document.at("environment").at("id").get<std::string>();
  if (!IsEnvironmentId(id)) {
    return Invalid(fmt::format("at /environment/id: found {}, expected a name fit for a folder",
                               Printable(id)));
  }
  const std::string file = document.at("scenario").value("file", "");
  if (file.empty()) return Invalid("does not say of which scenario it is (/scenario/file)");
  fs::path path = fs::path(folder).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  if (path.filename() != id) path /= id;
  return (path / PathBelowScenarios("scenarios/" + file)).string();
}

// Traces stay where they were written, and a record names none that are not beside it.
json AsRecord(json document) {
  document.at("run").erase("traces");
  return document;
}

std::string PartInWords(const RecordPart& part) {
  const std::string words = ParametersInWords(part.parameters);
  return part.observation.empty() ? words : words + ": " + Printable(part.observation);
}

std::string PartsInWords(const std::vector<RecordPart>& parts, std::string_view sign,
                         std::string_view why = "") {
  std::string text;
  for (const RecordPart& part : parts)
    text += fmt::format("  {} {}{}\n", sign, PartInWords(part), why);
  return text;
}

// One document that is to be a record, and the one that is there.
class Acceptance {
 public:
  Acceptance(const SeenResult& seen, const AcceptOptions& options, std::string path)
      : seen_(seen), options_(options), path_(std::move(path)), record_(AsRecord(seen.document)) {}

  Result<std::string> Run() {
    if (Status replaceable = CheckReplaceable(path_); !replaceable) return Forward(replaceable);
    std::error_code ignored;
    if (!fs::exists(path_, ignored)) {
      return Write(record_, "recorded: there was nothing of it");
    }
    Result<json> before = ReadResultFile(path_);
    if (!before && !options_.replace) return Forward(before);
    if (before && *before == record_) return Line("is this result already; nothing to add");
    if (options_.replace) return Write(record_, "replaced");
    return Add(*before);
  }

 private:
  [[nodiscard]] std::string Line(std::string_view what) const {
    return fmt::format("{}: {}\n", Printable(path_, kShownPath), what);
  }

  Result<std::string> Write(const json& document, std::string_view done) const {
    if (options_.dry_run) return Line(fmt::format("would be {}", done));
    if (Status written = ReplaceFile(path_, WriteJson(document)); !written) {
      return Forward(written);
    }
    return Line(done);
  }

  Result<std::string> Add(const json& before) const {
    Result<MergedRecord> merged = MergeIntoRecord(before, record_);
    if (!merged) {
      return Invalid(fmt::format(
          "{}: {}, and nothing can be added to it: --replace takes {} as a "
          "whole",
          Printable(path_, kShownPath), merged.error().message, Printable(seen_.file, kShownPath)));
    }
    std::string text = Line("nothing to add");
    if (!merged->added.empty()) {
      Result<std::string> written = Write(
          merged->document, fmt::format("given {}", Counted(merged->added.size(), "addition")));
      if (!written) return written;
      text = std::move(*written);
    }
    text += PartsInWords(merged->added, "+");
    text +=
        PartsInWords(merged->left_out, "not added:", " (it has another number of trials there)");
    return text + WhatStays(before, merged->left_out.empty());
  }

  // What the record says otherwise than the result, and what the result does not have.
  [[nodiscard]] std::string WhatStays(const json& before, bool all_added) const {
    const std::vector<ResultSource> sources = {{path_, {{"", before}}},
                                               {seen_.file, {{"", record_}}}};
    const Result<Comparison> comparison = Compare(sources, {});
    if (!comparison) return "";
    const std::size_t different = comparison->Count(DiffVerdict::kDifferent);
    std::string text;
    for (const Gap& gap : comparison->gaps) {
      if (!gap.parameters || gap.states.at(1) != "missing") continue;
      text += fmt::format("  stays, and is not in the new result: {}\n",
                          PartInWords({*gap.parameters, gap.observation}));
    }
    for (const Fact& fact : comparison->facts) {
      if (fact.verdict() != DiffVerdict::kDifferent) continue;
      text += fmt::format("  stays, and is different in the new result: {}\n",
                          PartInWords({fact.parameters, fact.observation}));
    }
    if (text.empty() && all_added) return text;
    text += "  --replace takes the new result as a whole\n";
    if (different == 0) return text;
    TextStyle style;
    style.color = !options_.no_color && StdoutHasColor();
    return text + ReportAsText(PairReport(*comparison), style);
  }

  const SeenResult& seen_;
  const AcceptOptions& options_;
  std::string path_;
  json record_;
};

}  // namespace

Result<std::string> AcceptAsBaseline(const SeenResult& seen, const AcceptOptions& options) {
  const auto refused = [&](const Error& error) {
    return Invalid(
        fmt::format("{}: is no record: {}", Printable(seen.file, kShownPath), error.message));
  };
  if (Status record = CheckRecord(seen.document); !record) return refused(record.error());
  Result<std::string> path = PlaceOfRecord(seen.document, options.baseline);
  if (!path) return refused(path.error());
  return Acceptance(seen, options, std::move(*path)).Run();
}

}  // namespace tcplab
