#include "core/result/result_builder.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>

#include "core/base/check.h"
#include "core/base/sha256.h"
#include "core/result/json_writer.h"
#include "core/result/result_path.h"
#include "core/result/value_table.h"

namespace tcplab {
namespace {

using nlohmann::json;

double ThreeDecimals(double number) { return std::round(number * 1000) / 1000; }

json IoEntry(const Case& a_case, bool foreign_server) {
  json clients = json::object();
  for (const ClientGroup& group : a_case.clients) clients[group.name] = IoName(group.io);
  json servers = json::object();
  for (const ServerSpec& server : a_case.servers) {
    servers[server.name] = foreign_server ? "foreign" : IoName(server.io);
  }
  return {{"servers", std::move(servers)}, {"clients", std::move(clients)}};
}

json NamesAndValues(const std::vector<std::pair<std::string, std::string>>& pairs) {
  json texts = json::array();
  for (const auto& [name, value] : pairs) texts.push_back(name + "=" + value);
  return texts;
}

}  // namespace

// What is known of one case so far.
struct ResultBuilder::CaseRecord {
  // Health of a case: the worst of its trials, or their sum.
  struct Health {
    TrialHealth worst;
    std::uint64_t disturbed = 0;  // trials that were run again

    void Add(const TrialHealth& trial) {
      worst.max_delay_ms = std::max(worst.max_delay_ms, trial.max_delay_ms);
      worst.freeze_gap_ms = std::max(worst.freeze_gap_ms, trial.freeze_gap_ms);
      worst.clock_bound_ms = std::max(worst.clock_bound_ms, trial.clock_bound_ms);
      worst.late += trial.late;
      worst.strangers += trial.strangers;
      worst.nameless += trial.nameless;
      worst.queue_mismatches += trial.queue_mismatches;
      worst.bytes_conserved = worst.bytes_conserved && trial.bytes_conserved;
    }

    [[nodiscard]] json Entry() const {
      json entry = {
          {"dropped_events", 0},  // a trial that lost an event is an error, and not in here
          {"max_delay_ms", ThreeDecimals(worst.max_delay_ms)},
          {"freeze_gap_ms", ThreeDecimals(worst.freeze_gap_ms)},
          {"late", worst.late},
          {"strangers", worst.strangers},
          {"queue_mismatches", worst.queue_mismatches},
          {"disturbed", disturbed},
          {"bytes_conserved", worst.bytes_conserved}};
      // macOS alone has them.
      if (worst.nameless > 0) entry["nameless"] = worst.nameless;
      if (worst.clock_bound_ms > 0) entry["clock_bound_ms"] = ThreeDecimals(worst.clock_bound_ms);
      return entry;
    }
  };

  struct Trial {
    std::size_t round = 0;
    std::vector<std::uint32_t> values;  // in the order of ObservationKinds(); empty: an error
    std::string code;
    std::string message;
  };

  std::vector<Trial> trials;
  std::vector<ValueTable> observations = std::vector<ValueTable>(ObservationKinds().size());
  std::map<std::string, ValueTable> evidence;
  std::map<std::string, std::uint64_t> counters;
  bool alone = true;
  Health health;

  [[nodiscard]] std::size_t Measured() const {
    return static_cast<std::size_t>(std::count_if(
        trials.begin(), trials.end(), [](const Trial& trial) { return !trial.values.empty(); }));
  }
  [[nodiscard]] bool IsUnsupported() const {
    return !trials.empty() && std::all_of(trials.begin(), trials.end(), [](const Trial& trial) {
      return trial.code == kUnsupportedCode;
    });
  }
  [[nodiscard]] json Observations(const ResultBuilder& builder) const;
  [[nodiscard]] json Errors() const;
  [[nodiscard]] json Evidence(bool has_counters) const;
};

json ResultBuilder::CaseRecord::Observations(const ResultBuilder& builder) const {
  json entries = json::object();
  const std::span<const ObservationKind> kinds = ObservationKinds();
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const std::string name(kinds[i].name);
    if (!builder.IsWanted(name)) continue;
    std::vector<std::uint32_t> ranks;
    json values = observations[i].Values(ranks);
    json sequence = json::array();
    for (const Trial& trial : trials) {
      sequence.push_back(trial.values.empty() ? json(nullptr) : json(ranks[trial.values[i]]));
    }
    entries[name] = {{"class", ObservationClassName(kinds[i].observation_class)},
                     {"values", std::move(values)},
                     {"sequence", std::move(sequence)}};
  }
  return entries;
}

json ResultBuilder::CaseRecord::Errors() const {
  json errors = json::array();
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (!trials[i].values.empty()) continue;
    errors.push_back({{"trial", i}, {"code", trials[i].code}, {"message", trials[i].message}});
  }
  return errors;
}

json ResultBuilder::CaseRecord::Evidence(bool has_counters) const {
  json entries = json::object();
  for (const auto& [name, table] : evidence) {
    std::vector<std::uint32_t> ranks;
    entries[name] = table.Values(ranks);
  }
  entries["kernel_counters"] =
      has_counters ? json{{"shared", !alone}, {"moved", counters}} : json(nullptr);
  return entries;
}

std::string UtcNow() {
  using std::chrono::system_clock;
  const auto now = system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now);
  const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(now - seconds);
  const std::time_t whole = seconds.count();
  std::string text(sizeof "2025-01-31T09:00:00", '\0');
  // gmtime's static buffer is safe here: only the controller's thread asks for the date.
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", std::gmtime(&whole)));
  const std::string ms = std::to_string(1000 + rest.count());
  return text + '.' + ms.substr(1) + 'Z';
}

ResultBuilder::ResultBuilder(const Scenario& scenario, Environment environment, RunInfo run)
    : scenario_(scenario),
      environment_(std::move(environment)),
      run_(std::move(run)),
      cases_(scenario.cases.size()) {}

ResultBuilder::~ResultBuilder() = default;

void ResultBuilder::AddTrial(std::size_t case_index, std::size_t round,
                             const TrialObservations& observed,
                             const std::map<std::string, std::uint64_t>& counters, bool alone) {
  CaseRecord& record = cases_.at(case_index);
  CaseRecord::Trial trial;
  trial.round = round;
  const std::span<const ObservationKind> kinds = ObservationKinds();
  trial.values.reserve(kinds.size());
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const auto value = observed.values.find(std::string(kinds[i].name));
    TCPLAB_CHECK(value != observed.values.end());
    trial.values.push_back(record.observations[i].Add(value->second));
  }
  record.trials.push_back(std::move(trial));
  record.health.Add(observed.health);
  for (const auto& [name, value] : observed.evidence.items()) record.evidence[name].Add(value);
  for (const auto& [name, moved] : counters) record.counters[name] += moved;
  record.alone = record.alone && alone;
  ++trials_;
}

void ResultBuilder::AddError(std::size_t case_index, std::size_t round, const std::string& code,
                             const std::string& message) {
  cases_.at(case_index).trials.push_back({round, {}, code, message});
  ++trials_;
  ++errors_;
}

void ResultBuilder::AddDisturbed(std::size_t case_index) {
  ++cases_.at(case_index).health.disturbed;
}

void ResultBuilder::SetTraces(const std::string& file, const std::string& seal) {
  traces_file_ = file;
  traces_seal_ = seal;
}

json ResultBuilder::Finish(double seconds, bool interrupted) {
  ResultStatus status = ResultStatus::kOk;
  json cases = json::array();
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    cases.push_back(CaseEntry(i, interrupted));
    status = Worse(status, ResultStatusOf(cases.back()["status"].get<std::string>()));
  }
  if (interrupted) status = ResultStatus::kInterrupted;
  return {{"format", kResultFormat},
          {"scenario",
           {{"name", scenario_.name},
            {"file", PathBelowScenarios(scenario_.file)},
            {"sha256", Sha256Hex(CanonicalJson(scenario_.document))},
            {"document", scenario_.document}}},
          {"environment",
           {{"id", environment_.id},
            {"os", environment_.os},
            {"stack", environment_.stack},
            {"facets", environment_.facets}}},
          {"run", RunEntry(seconds, status)},
          {"cases", std::move(cases)}};
}

bool ResultBuilder::IsExpected(const std::string& observation) const {
  return std::any_of(
      scenario_.expectations.begin(), scenario_.expectations.end(),
      [&](const Expectation& expectation) { return expectation.observation == observation; });
}

bool ResultBuilder::IsWanted(const std::string& observation) const {
  if (!run_.target.empty() && NeedsServer(observation)) return false;
  const bool one_server = scenario_.cases.front().servers.size() == 1;
  if (one_server && NeedsSeveralServers(observation) && !IsExpected(observation)) return false;
  return run_.only.empty() ||
         std::find(run_.only.begin(), run_.only.end(), observation) != run_.only.end();
}

json ResultBuilder::RunEntry(double seconds, ResultStatus status) const {
  json entry = {{"status", ResultStatusName(status)},
                {"version", run_.version},
                {"libuv", run_.libuv},
                {"seed", run_.seed},
                {"kept_awake", run_.kept_awake},
                {"realtime", run_.realtime},
                {"started", run_.started},
                {"seconds", ThreeDecimals(seconds)},
                {"jobs", run_.jobs},
                {"trials", scenario_.trials},
                {"set", NamesAndValues(run_.overrides)},
                {"case", NamesAndValues(run_.only_cases)},
                {"only", run_.only},
                {"allow_remote", run_.allow_remote}};
  if (run_.examples) entry["examples"] = true;
  if (!run_.target.empty()) entry["target"] = run_.target;
  if (!run_.server_in.empty()) entry["server_in"] = run_.server_in;
  if (!run_.clients_in.empty()) entry["clients_in"] = run_.clients_in;
  if (!traces_file_.empty()) entry["traces"] = {{"file", traces_file_}, {"seal", traces_seal_}};
  return entry;
}

json ResultBuilder::CaseEntry(std::size_t index, bool interrupted) {
  CaseRecord& record = cases_[index];
  // Trials that ran side by side end in any order; they began round by round.
  std::stable_sort(record.trials.begin(), record.trials.end(),
                   [](const auto& a, const auto& b) { return a.round < b.round; });
  const Case& a_case = scenario_.cases[index];
  json entry = {{"parameters", a_case.parameters},
                {"trials", record.Measured()},
                {"io", IoEntry(a_case, !run_.target.empty())},
                {"observations", record.Observations(*this)},
                {"errors", json::array()},
                {"health", record.health.Entry()},
                {"evidence", record.Evidence(run_.server_in.empty() && run_.clients_in.empty())},
                {"expectations", json::array()}};
  ResultStatus status = ResultStatus::kOk;
  if (record.IsUnsupported()) {
    status = ResultStatus::kUnsupported;
    entry["reason"] = record.trials.front().message;
  } else {
    entry["errors"] = record.Errors();
    if (!entry["errors"].empty()) status = ResultStatus::kError;
  }
  const bool incomplete = record.trials.size() < scenario_.trials;
  if (interrupted && incomplete) status = Worse(status, ResultStatus::kInterrupted);
  entry["status"] = ResultStatusName(status);
  return entry;
}

}  // namespace tcplab
