#include <cmath>
#include <nlohmann/json.hpp>

#include "core/result/json_writer.h"
#include "runner/diff_report.h"

namespace tcplab {
namespace {

using nlohmann::json;

// Six figures: what differs from platform to platform stands further behind.
json Rounded(double number) { return std::round(number * 1e6) / 1e6; }

json ColumnEntry(const Column& column) {
  json entry = {{"label", column.label},
                {"name", column.name},
                {"environment", column.environment},
                {"started", column.started}};
  if (column.value) entry["value"] = *column.value;
  return entry;
}

json CellEntry(const Fact& fact, const Cell& cell) {
  if (!cell.measured) return nullptr;
  json values = json::array();
  for (const auto& [value, trials] : cell.values) {
    values.push_back({{"value", *fact.values[value]}, {"trials", trials}});
  }
  return {{"trials", cell.trials}, {"values", std::move(values)}};
}

json PairEntry(const PairVerdict& pair) {
  const Assessment& assessment = pair.assessment;
  json entry = {
      {"columns", {pair.first, pair.second}},      {"verdict", DiffVerdictName(pair.verdict)},
      {"effect", Rounded(assessment.effect.size)}, {"bound", Rounded(assessment.effect.bound)},
      {"least", Rounded(assessment.effect.least)}, {"method", assessment.method}};
  if (assessment.tested) {
    entry["p"] = Rounded(assessment.test.p);
    if (pair.verdict != DiffVerdict::kReported) entry["q"] = Rounded(pair.q);
  }
  if (!assessment.where.empty()) entry["where"] = assessment.where;
  if (pair.trial) entry["trial"] = *pair.trial;
  if (pair.busy) entry["busy"] = true;
  if (pair.more_trials > 0) entry["more_trials"] = pair.more_trials;
  return entry;
}

json FactEntry(const Fact& fact) {
  json cells = json::array();
  for (const Cell& cell : fact.cells) cells.push_back(CellEntry(fact, cell));
  json pairs = json::array();
  for (const PairVerdict& pair : fact.pairs) pairs.push_back(PairEntry(pair));
  return {{"scenario", fact.scenario},
          {"parameters", fact.parameters},
          {"observation", fact.observation},
          {"class", fact.observation_class},
          {"verdict", DiffVerdictName(fact.verdict())},
          {"cells", std::move(cells)},
          {"pairs", std::move(pairs)}};
}

json GapEntry(const Gap& gap) {
  return {{"scenario", gap.scenario},
          {"parameters", gap.parameters ? *gap.parameters : json(nullptr)},
          {"observation", gap.observation.empty() ? json(nullptr) : json(gap.observation)},
          {"states", gap.states}};
}

}  // namespace

std::string ComparisonAsJson(const Comparison& comparison) {
  json document = {{"format", "tcplab-diff/1"},
                   {"columns", json::array()},
                   {"settings", json::array()},
                   {"notes", comparison.notes},
                   {"facts", json::array()},
                   {"gaps", json::array()},
                   {"hypotheses", comparison.hypotheses},
                   {"counts", json::object()}};
  for (const Column& column : comparison.columns) {
    document["columns"].push_back(ColumnEntry(column));
  }
  for (const Setting& setting : comparison.settings) {
    document["settings"].push_back({{"name", setting.name}, {"values", setting.values}});
  }
  for (const Fact& fact : comparison.facts) document["facts"].push_back(FactEntry(fact));
  for (const Gap& gap : comparison.gaps) document["gaps"].push_back(GapEntry(gap));
  for (const DiffVerdict verdict : {DiffVerdict::kSame, DiffVerdict::kReported,
                                    DiffVerdict::kInconclusive, DiffVerdict::kDifferent}) {
    document["counts"][std::string(DiffVerdictName(verdict))] = comparison.Count(verdict);
  }
  return WriteJson(document);
}

}  // namespace tcplab
