#include "core/compare/merge.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "core/base/text.h"
#include "core/result/json_writer.h"
#include "core/result/status.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr const char* kAdded = "added";

// Keys of a scenario that say nothing of how a case is measured.
constexpr auto kFreeKeys = std::to_array<std::string_view>(
    {"$schema", "expect", "parameters", "source", "summary", "trials"});

std::string TextOf(const json& value) { return Printable(CanonicalJson(value), 60); }

// "somaxconn: 4096 there, 128 in the new one", of the first that differs.
std::string FirstDifference(const json& there, const json& here) {
  json keys = there;
  keys.update(here);
  for (const auto& [key, unused] : keys.items()) {
    const json before = there.value(key, json());
    const json now = here.value(key, json());
    if (before == now) continue;
    if (before.is_object() && now.is_object()) return FirstDifference(before, now);
    return fmt::format("{}: {} there, {} here", Printable(key), TextOf(before), TextOf(now));
  }
  return "";
}

json HowMeasured(const json& document) {
  json scenario = document.at("scenario").at("document");
  for (const std::string_view key : kFreeKeys) scenario.erase(std::string(key));
  return scenario;
}

// The run that parts come from, without what is only true of all of it.
json Origin(const json& run) {
  json origin = json::object();
  for (const char* key : {"started", "seed", "version", "libuv", "jobs", "trials", "set"}) {
    if (run.contains(key)) origin[key] = run.at(key);
  }
  return origin;
}

class Merger {
 public:
  Merger(const json& record, const json& seen) : seen_(seen) {
    merged_.document = record;
    const json& runs = RunsAdded(record);
    first_run_ = runs.is_array() ? runs.size() : 0;
  }

  Result<MergedRecord> Merge() {
    std::map<std::string, std::size_t> places;
    json& cases = merged_.document.at("cases");
    for (std::size_t i = 0; i < cases.size(); ++i) {
      places.emplace(CanonicalJson(cases[i].at("parameters")), i);
    }
    for (const json& a_case : seen_.at("cases")) {
      const auto place = places.find(CanonicalJson(a_case.at("parameters")));
      if (place == places.end()) {
        AddCase(a_case);
      } else {
        AddObservations(cases[place->second], a_case);
      }
    }
    if (merged_.added.empty()) return std::move(merged_);
    if (Status alike = CheckAlike(); !alike) return Forward(alike);
    AddRun();
    return std::move(merged_);
  }

 private:
  static const json& RunsAdded(const json& document) {
    static const json kNone = json::array();
    const json& run = document.at("run");
    const auto runs = run.find(kAdded);
    return runs != run.end() && runs->is_array() ? *runs : kNone;
  }

  // Something that was itself added to `seen_` came from a run before.
  [[nodiscard]] std::size_t RunOf(const json& part) const {
    const auto added = part.find(kAdded);
    if (added == part.end() || !added->is_number_unsigned()) return first_run_;
    const std::size_t before = added->get<std::size_t>();
    return before < RunsAdded(seen_).size() ? first_run_ + 1 + before : first_run_;
  }

  void AddCase(const json& a_case) {
    json added = a_case;
    added[kAdded] = RunOf(a_case);
    for (json& observation : added.at("observations")) {
      if (observation.contains(kAdded)) observation[kAdded] = RunOf(observation);
    }
    merged_.document.at("cases").push_back(std::move(added));
    merged_.added.push_back({a_case.at("parameters"), ""});
    json& status = merged_.document.at("run").at("status");
    status = ResultStatusName(Worse(ResultStatusOf(status.get<std::string>()),
                                    ResultStatusOf(a_case.at("status").get<std::string>())));
  }

  // A case says once how many trials it has.
  void AddObservations(json& a_case, const json& seen) {
    for (const auto& [name, observation] : seen.at("observations").items()) {
      if (a_case.at("observations").contains(name)) continue;
      const RecordPart part{seen.at("parameters"), name};
      if (a_case.at("trials") != seen.at("trials")) {
        merged_.left_out.push_back(part);
        continue;
      }
      json added = observation;
      added[kAdded] = observation.contains(kAdded) ? RunOf(observation) : RunOf(seen);
      a_case.at("observations")[name] = std::move(added);
      merged_.added.push_back(part);
    }
  }

  [[nodiscard]] Status CheckAlike() const {
    const json& record = merged_.document;
    const std::string environment =
        FirstDifference(record.at("environment"), seen_.at("environment"));
    if (!environment.empty()) {
      return Invalid(fmt::format("was recorded in another environment ({})", environment));
    }
    const std::string scenario = FirstDifference(HowMeasured(record), HowMeasured(seen_));
    if (scenario.empty()) return {};
    return Invalid(fmt::format("was recorded of another scenario ({})", scenario));
  }

  // The scenario is the one that has the new cases too.
  void AddRun() {
    json& document = merged_.document;
    document.at("scenario").update(seen_.at("scenario"));
    json& run = document.at("run");
    json runs = RunsAdded(document);
    runs.push_back(Origin(seen_.at("run")));
    for (const json& before : RunsAdded(seen_)) runs.push_back(before);
    run[kAdded] = std::move(runs);
  }

  const json& seen_;
  std::size_t first_run_ = 0;
  MergedRecord merged_;
};

}  // namespace

Result<MergedRecord> MergeIntoRecord(const json& record, const json& seen) {
  return Merger(record, seen).Merge();
}

}  // namespace tcplab
