// The distinct values that trials showed, and which trial showed which.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace tcplab {

// Values are kept as their canonical text: a trial costs one look-up however many there were
// before, and ten thousand equal values cost the memory of one. Owned by the builder of a result.
class ValueTable {
 public:
  // Which distinct value this is, in the order of their first appearance.
  std::uint32_t Add(const nlohmann::json& value);

  // Distinct values, most frequent first, ties by canonical text: [{"value": ..., "trials": n}].
  // `ranks` becomes where each number that Add() returned stands in it.
  [[nodiscard]] nlohmann::json Values(std::vector<std::uint32_t>& ranks) const;

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<std::uint64_t> trials_;  // by number
};

}  // namespace tcplab
