#include "runner/recorded_run.h"

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "core/base/sha256.h"
#include "core/base/text.h"
#include "core/net/address.h"
#include "core/result/json_writer.h"
#include "core/result/result_path.h"
#include "core/result/trace_file.h"
#include "runner/arguments.h"

namespace tcplab {
namespace {

using nlohmann::json;

std::vector<std::pair<std::string, std::string>> PairsOf(const json& texts) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const json& text : texts) {
    const auto assignment = text.get<std::string>();
    const std::size_t equals = assignment.find('=');
    const bool whole = equals != std::string::npos;
    pairs.emplace_back(assignment.substr(0, equals), whole ? assignment.substr(equals + 1) : "");
  }
  return pairs;
}

Result<Scenario> ScenarioOf(const json& document, const std::string& file) {
  const json& scenario = document.at("scenario");
  const json& run = document.at("run");
  const bool whole = Sha256Hex(CanonicalJson(scenario.at("document"))) == scenario.at("sha256");
  if (!whole) {
    return Invalid(Printable(file, 4096) +
                   ": at /scenario/document: was edited; its SHA-256 is not the one beside it");
  }
  TracedScenario traced;
  // A result has its path below the scenarios, by which the new one finds its place too.
  traced.file = "scenarios/" + scenario.at("file").get<std::string>();
  traced.document = scenario.at("document");
  traced.trials = run.at("trials").get<std::uint32_t>();
  traced.overrides = PairsOf(run.at("set"));
  traced.only_cases = PairsOf(run.at("case"));
  traced.allow_remote = run.at("allow_remote").get<bool>();
  return LoadTracedScenario(traced);
}

Result<RecordedRun> ReadRun(const json& document, const std::string& file,
                            MeasureOptions measure_here, std::optional<std::size_t> jobs) {
  const json& run = document.at("run");
  if (run.contains("server_in") || run.contains("clients_in")) {
    return Invalid(fmt::format(
        "{}: its agents ran in other stacks, which a result does not describe; `runner run` with "
        "--server-in and --clients-in runs its scenario again",
        Printable(file, 4096)));
  }
  Result<Scenario> scenario = ScenarioOf(document, file);
  if (!scenario) return Forward(scenario);
  RecordedRun recorded{std::move(*scenario), std::move(measure_here)};
  MeasureOptions& measure = recorded.measure;
  measure.controller.seed = run.at("seed").get<std::uint64_t>();
  measure.controller.jobs = jobs.value_or(run.at("jobs").get<std::size_t>());
  measure.keep_awake = run.at("kept_awake").get<bool>();
  measure.realtime = run.value("realtime", false);
  measure.run.seed = measure.controller.seed;
  measure.run.only = run.at("only").get<std::vector<std::string>>();
  measure.run.overrides = PairsOf(run.at("set"));
  measure.run.only_cases = PairsOf(run.at("case"));
  measure.run.allow_remote = run.at("allow_remote").get<bool>();
  if (run.value("examples", false)) TakeExamples(recorded.scenario, measure);
  if (!run.contains("target")) return recorded;
  measure.run.target = run.at("target").get<std::string>();
  const Result<Address> target = ParseTarget(measure.run.target);
  if (!target) return Forward(target);
  measure.controller.target = *target;
  return recorded;
}

json TextsOf(const std::vector<std::pair<std::string, std::string>>& pairs) {
  json texts = json::array();
  for (const auto& [name, value] : pairs) texts.push_back(name + "=" + value);
  return texts;
}

}  // namespace

Result<RecordedRun> ReadRecordedRun(const json& document, const std::string& file,
                                    const MeasureOptions& measure_here,
                                    std::optional<std::size_t> jobs) {
  // Any JSON may stand in what somebody wrote by hand.
  try {
    return ReadRun(document, file, measure_here, jobs);
  } catch (const json::exception& exception) {
    return Invalid(fmt::format("{}: does not say how it was run: {}", Printable(file, 4096),
                               exception.what()));
  }
}

json RecordRun(const Scenario& scenario, const MeasureOptions& measure) {
  json run = {{"trials", scenario.trials},
              {"set", TextsOf(measure.run.overrides)},
              {"case", TextsOf(measure.run.only_cases)},
              {"only", measure.run.only},
              {"allow_remote", measure.run.allow_remote},
              {"examples", measure.run.examples},
              {"seed", measure.run.seed},
              {"jobs", measure.controller.jobs},
              {"kept_awake", measure.keep_awake},
              {"realtime", measure.realtime}};
  if (!measure.run.target.empty()) run["target"] = measure.run.target;
  return {{"scenario",
           {{"file", PathBelowScenarios(scenario.file)},
            {"document", scenario.document},
            {"sha256", Sha256Hex(CanonicalJson(scenario.document))}}},
          {"run", std::move(run)}};
}

}  // namespace tcplab
