#include "core/result/value_table.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/result/json_writer.h"

namespace tcplab {

using nlohmann::json;

std::uint32_t ValueTable::Add(const json& value) {
  const auto next = static_cast<std::uint32_t>(trials_.size());
  const auto [place, is_new] = numbers_.try_emplace(CanonicalJson(value), next);
  if (is_new) trials_.push_back(0);
  ++trials_[place->second];
  return place->second;
}

json ValueTable::Values(std::vector<std::uint32_t>& ranks) const {
  using Entry = std::pair<const std::string*, std::uint32_t>;
  std::vector<Entry> order;
  order.reserve(numbers_.size());
  for (const auto& [text, number] : numbers_) order.emplace_back(&text, number);
  std::sort(order.begin(), order.end(), [this](const Entry& a, const Entry& b) {
    if (trials_[a.second] != trials_[b.second]) return trials_[a.second] > trials_[b.second];
    return *a.first < *b.first;
  });
  ranks.resize(order.size());
  json values = json::array();
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const auto [text, number] = order[rank];
    ranks[number] = static_cast<std::uint32_t>(rank);
    values.push_back({{"value", json::parse(*text)}, {"trials", trials_[number]}});
  }
  return values;
}

}  // namespace tcplab
