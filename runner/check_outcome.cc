#include "runner/check_outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/base/text.h"
#include "core/result/json_writer.h"
#include "core/result/result_builder.h"
#include "runner/case_report.h"
#include "runner/comparison_output.h"
#include "runner/describe.h"
#include "runner/diff_report.h"
#include "runner/diff_tables.h"
#include "runner/expectation_words.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr std::size_t kReasonBytes = 500;
constexpr std::string_view kWholeCase = "all observations";

// What is told first: what could not be measured, then facts by their effect, then what is
// doubtful.
namespace weight {
constexpr double kError = 100;
constexpr double kDifferent = 10;  // and the effect; a distribution's comes after expectations
constexpr double kExpectation = 9;
constexpr double kDifferentDistribution = 8;
constexpr double kGone = 7;
constexpr double kInconclusive = 2;  // and the effect
constexpr double kNotCompared = 1;
}  // namespace weight

// Names of cases, each unlike all others.
class CaseNames {
 public:
  const std::string& Of(const json& parameters) {
    const auto [place, is_new] = names_.try_emplace(CanonicalJson(parameters));
    if (!is_new) return place->second;
    std::string name = ParametersInWords(parameters);
    // Long values are cut, and may then read the same.
    if (const std::size_t before = used_[name]++; before > 0) {
      name += fmt::format(" ({})", before + 1);
    }
    return place->second = std::move(name);
  }

 private:
  std::map<std::string, std::string> names_;  // by the parameters
  std::map<std::string, std::size_t> used_;
};

// The first trial of a case whose observation had this value.
std::optional<std::size_t> FirstTrialWith(const json& a_case, const std::string& observation,
                                          const json& value) {
  constexpr std::string_view kSteps = "steps.";
  const bool is_step = observation.starts_with(kSteps);
  const std::string label = is_step ? observation.substr(kSteps.size()) : "";
  const auto found = a_case.at("observations").find(is_step ? "steps" : observation);
  if (found == a_case.at("observations").end()) return std::nullopt;
  const json& values = found->at("values");
  const json& sequence = found->at("sequence");
  for (std::size_t trial = 0; trial < sequence.size(); ++trial) {
    if (!sequence[trial].is_number_unsigned()) continue;
    const json& shown = values.at(sequence[trial].get<std::size_t>()).at("value");
    const bool it_is = is_step
                           ? (shown.contains(label) ? shown.at(label) == value : value.is_null())
                           : shown == value;
    if (it_is) return trial;
  }
  return std::nullopt;
}

std::string Joined(std::string_view before, std::string_view after) {
  return after.empty() ? std::string(before) : fmt::format("{}: {}", before, after);
}

// Why a case of the new result has no observations that could be compared.
std::string WhyNot(const json* a_case) {
  if (a_case == nullptr) return "";
  if (a_case->contains("reason")) {
    return Printable(a_case->at("reason").get<std::string>(), kReasonBytes);
  }
  const auto errors = a_case->find("errors");
  if (errors == a_case->end() || errors->empty()) return "";
  const json& first = errors->front();
  return fmt::format("{}, the first: {}: {}", Counted(errors->size(), "trial"),
                     first.at("code").get<std::string>(),
                     Printable(first.at("message").get<std::string>(), kReasonBytes));
}

class ScenarioJudge {
 public:
  explicit ScenarioJudge(const CheckedRun& run)
      : run_(run), commands_(CommandsFor(TrialsOf(run), run.document)) {}

  CheckedScenario Take() && {
    Describe();
    for (const Fact& fact : run_.comparison.facts) Add(ItemOf(fact));
    for (const Gap& gap : run_.comparison.gaps) Add(ItemOf(gap));
    for (const json& a_case : run_.document.at("cases")) {
      for (const json& entry : a_case.at("expectations")) Add(ItemOf(a_case, entry));
    }
    Decide();
    SortByCase();
    return std::move(checked_);
  }

 private:
  void Describe();
  void Decide();
  void Add(CheckItem item);
  void SortByCase();
  CheckItem ItemOf(const Fact& fact);
  CheckItem ItemOf(const Gap& gap);
  CheckItem ItemOf(const json& a_case, const json& entry);
  [[nodiscard]] ItemState Doubtful() const {
    return run_.strict ? ItemState::kFailed : ItemState::kSkipped;
  }
  [[nodiscard]] const json* CaseWith(const json& parameters) const;

  const CheckedRun& run_;
  TrialCommands commands_;
  CaseNames names_;
  std::map<std::string, std::size_t> seen_;  // names of items, by case and name
  std::size_t gone_ = 0;
  CheckedScenario checked_;
};

const json* ScenarioJudge::CaseWith(const json& parameters) const {
  for (const json& a_case : run_.document.at("cases")) {
    if (a_case.at("parameters") == parameters) return &a_case;
  }
  return nullptr;
}

void ScenarioJudge::Add(CheckItem item) {
  // Two expectations that read the same are told apart all the same.
  const std::size_t before = seen_[item.its_case + '\n' + item.name]++;
  if (before > 0) item.name += fmt::format(" ({})", before + 1);
  checked_.items.push_back(std::move(item));
}

CheckItem ScenarioJudge::ItemOf(const Fact& fact) {
  CheckItem item;
  item.its_case = names_.Of(fact.parameters);
  item.name = fact.observation;
  const DiffVerdict verdict = fact.verdict();
  if (verdict == DiffVerdict::kSame) return item;
  item.message = ShiftInWords(fact);
  if (verdict == DiffVerdict::kReported) {
    item.state = ItemState::kSkipped;
    item.type = "not judged";
    return item;
  }
  const double effect = fact.most().assessment.effect.size;
  const bool different = verdict == DiffVerdict::kDifferent;
  const bool distribution =
      fact.observation_class == "distribution" || fact.observation_class == "timing";
  item.state = different ? ItemState::kFailed : Doubtful();
  item.type = DiffVerdictName(verdict);
  item.weight = effect + (!different     ? weight::kInconclusive
                          : distribution ? weight::kDifferentDistribution
                                         : weight::kDifferent);
  Report report;
  report.sections.emplace_back().blocks.push_back(FactBlock(run_.comparison, fact));
  report.end = "A is what was recorded, B what was measured now";
  item.detail = ReportAsText(report, {});
  const json* const a_case = CaseWith(fact.parameters);
  if (a_case == nullptr || !commands_) return item;
  const json& value = *fact.values[ShiftOf(fact).to];
  item.command = commands_(fact.parameters, FirstTrialWith(*a_case, fact.observation, value));
  return item;
}

CheckItem ScenarioJudge::ItemOf(const Gap& gap) {
  CheckItem item;
  if (gap.parameters) item.its_case = names_.Of(*gap.parameters);
  item.name = gap.observation.empty() ? std::string(kWholeCase) : gap.observation;
  const std::string& recorded = gap.states.at(0);
  const std::string& now = gap.states.at(1);
  const json* const a_case = gap.parameters ? CaseWith(*gap.parameters) : nullptr;
  item.state = Doubtful();
  item.weight = weight::kNotCompared;
  if (now == "error" || now == "no trials") {
    item.state = ItemState::kError;
    item.type = "not measured";
    item.weight = weight::kError;
    item.message = Joined("could not be measured", WhyNot(a_case));
  } else if (now == "unsupported") {
    item.type = "unsupported";
    item.message = Joined("unsupported here", WhyNot(a_case));
  } else if (now == "missing" && gap.observation.empty() && recorded.empty()) {
    item.state = ItemState::kFailed;
    item.type = "gone";
    item.weight = weight::kGone;
    item.message = "the case is recorded, and the scenario has it no more";
    ++gone_;
  } else if (now == "missing") {
    item.type = "missing";
    item.message = "it is recorded, and was not observed now";
  } else {
    item.type = "not recorded";
    item.message = recorded == "missing" ? "nothing is recorded of it"
                                         : "what is recorded cannot be compared: " + recorded;
  }
  return item;
}

CheckItem ScenarioJudge::ItemOf(const json& a_case, const json& entry) {
  CheckItem item;
  const json& expect = entry.at("expect");
  item.its_case = names_.Of(a_case.at("parameters"));
  item.name = "expected " + ExpectationInWords(expect);
  if (entry.at("met").get<bool>()) return item;
  const auto measured = a_case.at("trials").get<std::uint64_t>();
  const auto needed = entry.at("needed").get<std::uint64_t>();
  if (measured == 0) {
    item.state = ItemState::kError;
    item.type = "not measured";
    item.message = "no trial of the case could be measured";
    item.weight = weight::kError - 1;  // after the reason
    return item;
  }
  item.state = ItemState::kFailed;
  item.type = "expectation";
  item.weight = weight::kExpectation;
  item.message = fmt::format(
      "{} in {} of {} trials; so it was in {}", item.name,
      needed < measured ? fmt::format("at least {}", needed) : fmt::format("{}", needed), measured,
      entry.at("trials").get<std::uint64_t>());
  if (const std::string seen = SeenInWords(entry); !seen.empty()) item.message += "; " + seen;
  const auto& all = run_.scenario.expectations;
  const auto place = std::find_if(all.begin(), all.end(),
                                  [&](const Expectation& one) { return one.document == expect; });
  if (place != all.end()) item.pointer = fmt::format("/expect/{}", place - all.begin());
  std::optional<std::size_t> trial;
  if (entry.contains("trial")) trial = entry["trial"].get<std::size_t>();
  if (commands_ && trial) item.command = commands_(a_case.at("parameters"), trial);
  return item;
}

std::string TextOf(const json& value) {
  return value.is_string() ? value.get<std::string>() : CanonicalJson(value);
}

void ScenarioJudge::Describe() {
  const json& run = run_.document.at("run");
  const json& environment = run_.document.at("environment");
  checked_.file = run_.scenario.file;
  checked_.name = run_.scenario.name;
  checked_.result = run_.result_path;
  checked_.stack = run_.stack;
  checked_.baseline = run_.baseline.path;
  checked_.baseline_why = run_.baseline.why;
  checked_.started = run.at("started").get<std::string>();
  checked_.seconds = run.at("seconds").get<double>();
  checked_.notes = run_.comparison.notes;
  for (const Setting& setting : run_.comparison.settings) {
    checked_.settings.push_back(fmt::format("{} {}, now {}", Printable(setting.name),
                                            Printable(setting.values.at(0), 60),
                                            Printable(setting.values.at(1), 60)));
  }
  auto& properties = checked_.properties;
  for (const char* key : {"id", "os", "stack"}) {
    properties.emplace_back(fmt::format("environment.{}", key), TextOf(environment.at(key)));
  }
  for (const auto& [name, value] : environment.at("facets").items()) {
    properties.emplace_back("facet." + name, TextOf(value));
  }
  for (const char* key : {"version", "seed", "jobs", "trials", "kept_awake", "realtime"}) {
    // A runner inside another stack may be of another version.
    if (run.contains(key)) properties.emplace_back(fmt::format("run.{}", key), TextOf(run.at(key)));
  }
  if (!run_.stack.empty()) properties.emplace_back("in", run_.stack);
  properties.emplace_back("result", run_.result_path);
  properties.emplace_back("baseline", run_.baseline.path);
  properties.emplace_back("baseline.why", run_.baseline.why);
}

void ScenarioJudge::Decide() {
  const Comparison& comparison = run_.comparison;
  ExitCode code = Worse(tcplab::ExitCodeOf(run_.document), ExitCodeOf(comparison, run_.strict));
  if (gone_ > 0) code = Worse(code, ExitCode::kFailed);
  checked_.code = code;
  checked_.counts = fmt::format(
      "{} facts as recorded, {} different, {} inconclusive{}", comparison.Count(DiffVerdict::kSame),
      comparison.Count(DiffVerdict::kDifferent), comparison.Count(DiffVerdict::kInconclusive),
      gone_ > 0 ? fmt::format(", {} recorded cases gone", gone_) : "");
  const bool fine = code == ExitCode::kOk || code == ExitCode::kUnsupported;
  if (fine || checked_.Count(ItemState::kFailed) + checked_.Count(ItemState::kError) > 0) return;
  CheckItem item;  // whoever looks only at the items must not take it for a success
  item.name = "comparison";
  item.state = ItemState::kError;
  item.type = "not compared";
  item.message = "nothing was compared; what was skipped has the reasons";
  item.weight = weight::kError;
  Add(std::move(item));
}

void ScenarioJudge::SortByCase() {
  std::map<std::string, std::size_t> order;
  for (const CheckItem& item : checked_.items) order.try_emplace(item.its_case, order.size());
  std::stable_sort(checked_.items.begin(), checked_.items.end(),
                   [&](const CheckItem& a, const CheckItem& b) {
                     return order.at(a.its_case) < order.at(b.its_case);
                   });
}

}  // namespace

std::vector<const CheckItem*> CheckedScenario::ByWeight() const {
  std::vector<const CheckItem*> order;
  for (const CheckItem& item : items) order.push_back(&item);
  std::stable_sort(order.begin(), order.end(),
                   [](const CheckItem* a, const CheckItem* b) { return a->weight > b->weight; });
  return order;
}

std::size_t CheckedScenario::Count(ItemState state) const {
  return static_cast<std::size_t>(std::count_if(
      items.begin(), items.end(), [&](const CheckItem& item) { return item.state == state; }));
}

const char* VerdictInWords(ExitCode code) {
  switch (code) {
    case ExitCode::kOk:
      return "ok";
    case ExitCode::kFailed:
      return "NOT as recorded or expected";
    case ExitCode::kInconclusive:
      return "inconclusive";
    case ExitCode::kUnsupported:
      return "unsupported here";
    case ExitCode::kInterrupted:
    case ExitCode::kTerminated:
      return "interrupted";
    case ExitCode::kInvalid:
    case ExitCode::kHarness:
      return "could not be measured or compared";
  }
  return "";
}

TrialSource TrialsOf(const CheckedRun& run) {
  // What was read is gone, and the scenario alone would be run outside of the stack.
  if (!run.kept_traces && (SendsStdin(run.scenario) || !run.stack.empty())) return {};
  return {run.scenario.file, run.kept_traces ? run.result_path : "", run.scenario.assignments,
          run.allow_remote};
}

CheckedScenario JudgeRun(const CheckedRun& run) { return ScenarioJudge(run).Take(); }

CheckedScenario NotChecked(const std::string& file, const std::string& name, ExitCode code,
                           const std::string& why) {
  CheckedScenario checked;
  checked.file = file;
  checked.name = name;
  checked.code = code;
  checked.started = UtcNow();
  CheckItem item;
  item.name = "check";
  item.state = ItemState::kError;
  item.type = code == ExitCode::kInvalid ? "not valid" : VerdictInWords(code);
  item.message = why;
  item.weight = weight::kError;
  checked.items.push_back(std::move(item));
  return checked;
}

}  // namespace tcplab
