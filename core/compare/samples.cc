#include "core/compare/samples.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_map>

#include "core/result/json_writer.h"

namespace tcplab::internal {
namespace {

using nlohmann::json;

const json kAbsent;  // what a trial shows of a label that its case does not have

// One column's trials of one observation, still by the document's own numbers.
struct Trials {
  std::vector<const json*> values;
  std::vector<std::uint32_t> sequence;
};

Trials TrialsOf(const json& observation) {
  Trials trials;
  for (const json& entry : observation.at("values")) trials.values.push_back(&entry.at("value"));
  for (const json& index : observation.at("sequence")) {
    if (index.is_number()) trials.sequence.push_back(index.get<std::uint32_t>());
  }
  return trials;
}

}  // namespace

Samples SamplesOf(const std::vector<const json*>& observations, const std::string& label) {
  std::vector<Trials> columns;
  std::vector<std::vector<std::string>> texts;
  std::map<std::string, const json*> distinct;
  for (const json* observation : observations) {
    Trials& trials =
        columns.emplace_back(observation == nullptr ? Trials{} : TrialsOf(*observation));
    std::vector<std::string>& of_column = texts.emplace_back();
    for (const json*& value : trials.values) {
      if (!label.empty()) value = value->contains(label) ? &value->at(label) : &kAbsent;
      of_column.push_back(CanonicalJson(*value));
      distinct.try_emplace(of_column.back(), value);
    }
  }
  Samples samples;
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  for (const auto& [text, value] : distinct) {
    numbers.emplace(text, static_cast<std::uint32_t>(samples.values.size()));
    samples.values.push_back(value);
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    std::vector<std::uint32_t> renumbered;
    for (const std::string& text : texts[c]) renumbered.push_back(numbers.at(text));
    Sample& sample = samples.by_column.emplace_back();
    for (const std::uint32_t index : columns[c].sequence) sample.push_back(renumbered[index]);
  }
  return samples;
}

Cell CellOf(const Sample& sample, std::size_t values) {
  std::vector<std::uint64_t> counts(values, 0);
  for (const std::uint32_t value : sample) ++counts[value];
  Cell cell;
  cell.measured = true;
  cell.trials = sample.size();
  for (std::uint32_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) cell.values.emplace_back(i, counts[i]);
  }
  std::stable_sort(cell.values.begin(), cell.values.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return cell;
}

}  // namespace tcplab::internal
