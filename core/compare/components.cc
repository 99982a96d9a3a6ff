#include "core/compare/components.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <set>

#include "core/result/json_writer.h"

namespace tcplab {
namespace {

using nlohmann::json;
using Values = std::span<const json* const>;

// A trial's sizes and how often each came.
using Sizes = std::map<std::int64_t, double>;

constexpr std::size_t kMostConnections = 8;  // that are compared one by one
constexpr std::uint32_t kMostBins = 64;
constexpr std::uint64_t kFewOutcomes = 4;
constexpr std::uint64_t kMostOutcomes = 50;
constexpr std::size_t kMostOrderedClients = 32;  // of which all pairs are looked at
constexpr std::size_t kMostCells = 5'000'000;    // components times values

constexpr std::int64_t kNoSize = -1;  // nothing was received, or more than is kept

bool AllOf(Values values, const std::function<bool(const json&)>& is) {
  return std::all_of(values.begin(), values.end(), [&](const json* value) { return is(*value); });
}

bool IsNumberList(const json& value) {
  return value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const json& e) { return e.is_number(); });
}

bool IsSizeLists(const json& value) {
  return value.is_null() ||
         (value.is_array() && std::all_of(value.begin(), value.end(), [](const json& e) {
            return e.is_null() || IsNumberList(e);
          }));
}

std::optional<std::int64_t> SizeOfKey(const std::string& key) {
  std::int64_t size = 0;
  const char* const end = key.data() + key.size();
  const auto [last, error] = std::from_chars(key.data(), end, size);
  if (error != std::errc{} || last != end) return std::nullopt;
  return size;
}

bool IsSizeCounts(const json& value) {
  if (!value.is_object()) return false;
  return std::all_of(value.items().begin(), value.items().end(), [](const auto& item) {
    return SizeOfKey(item.key()) && item.value().is_number_unsigned();
  });
}

Sizes SizesOfCounts(const json& value) {
  Sizes sizes;
  for (const auto& [key, count] : value.items()) {
    sizes[SizeOfKey(key).value_or(kNoSize)] += count.get<double>();
  }
  return sizes;
}

Sizes SizesOfList(const json& list) {
  constexpr double kLargest = 1e15;
  Sizes sizes;
  if (!list.is_array()) return sizes;
  for (const json& element : list) {
    const auto size = element.get<double>();
    sizes[size >= 0 && size < kLargest ? static_cast<std::int64_t>(size) : kNoSize] += 1;
  }
  return sizes;
}

double SumOf(const Sizes& sizes) {
  double sum = 0;
  for (const auto& [size, count] : sizes) sum += count;
  return sum;
}

// Where bins begin: a size is a bin of its own while there are few; else bins that the average of
// all values fills alike.
std::vector<std::int64_t> BeginsOfBins(std::span<const Sizes> all) {
  std::map<std::int64_t, double> average;
  for (const Sizes& sizes : all) {
    const double sum = SumOf(sizes);
    if (sum <= 0) average[kNoSize] += 1;
    for (const auto& [size, count] : sizes) average[size] += count / sum;
  }
  std::vector<std::int64_t> begins;
  const double in_bin = average.size() <= kMostBins
                            ? 0
                            : static_cast<double>(all.size()) / static_cast<double>(kMostBins);
  double filled = in_bin;
  for (const auto& [size, share] : average) {
    if (filled >= in_bin) {
      begins.push_back(size);
      filled = 0;
    }
    filled += share;
  }
  return begins;
}

Component HistogramComponent(std::string name, std::span<const Sizes> all) {
  const std::vector<std::int64_t> begins = BeginsOfBins(all);
  const auto bin_of = [&](std::int64_t size) {
    const auto above = std::upper_bound(begins.begin(), begins.end(), size);
    return static_cast<std::uint32_t>(above - begins.begin() - 1);
  };
  Histograms parts;
  parts.bins = static_cast<std::uint32_t>(begins.size());
  for (const Sizes& sizes : all) {
    Histogram& histogram = parts.histogram.emplace_back();
    const double sum = SumOf(sizes);
    if (sum <= 0) {
      histogram.push_back({bin_of(kNoSize), 1});
      continue;
    }
    for (const auto& [size, count] : sizes) {
      const std::uint32_t bin = bin_of(size);
      if (!histogram.empty() && histogram.back().bin == bin) {
        histogram.back().share += count / sum;
      } else {
        histogram.push_back({bin, count / sum});
      }
    }
  }
  return {std::move(name), std::move(parts)};
}

std::size_t LongestList(Values values) {
  std::size_t longest = 0;
  for (const json* value : values) longest = std::max(longest, value->size());
  return longest;
}

std::string Joined(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

// A list of sizes for each connection.
void AddSizeLists(const std::string& path, Values values, std::vector<Component>& components) {
  const std::size_t connections = LongestList(values);
  const bool together = connections > kMostConnections ||
                        !AllOf(values, [](const json& value) { return value.is_array(); });
  std::vector<Sizes> all(values.size());
  for (std::size_t c = 0; c < (together ? 1 : connections); ++c) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      all[i].clear();
      if (!values[i]->is_array()) continue;
      if (!together) {
        if (c < values[i]->size()) all[i] = SizesOfList((*values[i])[c]);
        continue;
      }
      for (const json& list : *values[i]) {
        for (const auto& [size, count] : SizesOfList(list)) all[i][size] += count;
      }
    }
    const std::string name = together ? "all connections" : std::to_string(c);
    components.push_back(HistogramComponent(Joined(path, name), all));
  }
}

// A number for each connection.
void AddNumberLists(const std::string& path, Values values, std::vector<Component>& components) {
  const std::size_t connections = LongestList(values);
  const bool together = connections > kMostConnections;
  for (std::size_t c = 0; c < (together ? 1 : connections); ++c) {
    Numbers parts;
    for (const json* value : values) {
      double number = -1;  // there was no such connection
      if (together) {
        number = 0;
        for (const json& element : *value) number += element.get<double>();
      } else if (c < value->size()) {
        number = (*value)[c].get<double>();
      }
      parts.number.push_back(number);
    }
    const std::string name = together ? "all connections together" : std::to_string(c);
    components.push_back({Joined(path, name), std::move(parts)});
  }
}

// The whole value, or a part of it, as one of a few outcomes.
Component OutcomeComponent(std::string name, std::span<const std::string> texts) {
  std::map<std::string_view, std::uint32_t> numbers;
  for (const std::string& text : texts) numbers.try_emplace(text, 0);
  Outcomes parts;
  for (auto& [text, number] : numbers) number = parts.count++;
  for (const std::string& text : texts) parts.outcome.push_back(numbers.at(text));
  return {std::move(name), std::move(parts)};
}

Component WholeValues(std::size_t count) {
  Outcomes parts;
  parts.count = static_cast<std::uint32_t>(count);
  parts.outcome.resize(count);
  std::iota(parts.outcome.begin(), parts.outcome.end(), 0U);
  return {"", std::move(parts)};
}

// The parts of a value by their paths: elements of a list, members of an object, and the elements
// of lists that are members.
std::map<std::string, std::string> LeavesOf(const json& value) {
  std::map<std::string, std::string> leaves;
  const auto add_list = [&](const std::string& path, const json& list) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      leaves[Joined(path, std::to_string(i))] = CanonicalJson(list[i]);
    }
  };
  if (value.is_array()) {
    add_list("", value);
  } else if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      if (member.is_array() && !member.empty()) {
        add_list(key, member);
      } else {
        leaves[key] = CanonicalJson(member);
      }
    }
  } else {
    leaves[""] = CanonicalJson(value);
  }
  return leaves;
}

void AddLeaves(Values values, std::vector<Component>& components) {
  std::vector<std::map<std::string, std::string>> leaves(values.size());
  std::set<std::string> paths;
  for (std::size_t i = 0; i < values.size(); ++i) {
    leaves[i] = LeavesOf(*values[i]);
    for (const auto& [path, text] : leaves[i]) paths.insert(path);
  }
  if (paths.size() * values.size() > kMostCells) return;
  std::vector<std::string> texts(values.size());
  for (const std::string& path : paths) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto leaf = leaves[i].find(path);
      texts[i] = leaf == leaves[i].end() ? "" : leaf->second;
    }
    Component component = OutcomeComponent(path, texts);
    if (std::get<Outcomes>(component.parts).count > 1) components.push_back(std::move(component));
  }
}

// Where each client stands in an order; absent ones are not in it.
using Places = std::map<std::uint64_t, std::size_t>;

// Which of two came first, for all pairs of clients; past a number of them for neighbours.
void AddPairs(Values values, std::vector<Component>& components) {
  std::vector<Places> orders(values.size());
  std::set<std::uint64_t> clients;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (const json& client : *values[i]) {
      const auto number = client.get<std::uint64_t>();
      orders[i].try_emplace(number, orders[i].size());
      clients.insert(number);
    }
  }
  const std::vector<std::uint64_t> list(clients.begin(), clients.end());
  const std::size_t reach = list.size() <= kMostOrderedClients ? list.size() : 1;
  if (list.size() * reach * values.size() > kMostCells) return;
  std::vector<std::string> texts(values.size());
  for (std::size_t a = 0; a < list.size(); ++a) {
    for (std::size_t b = a + 1; b < std::min(list.size(), a + 1 + reach); ++b) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        const auto first = orders[i].find(list[a]);
        const auto second = orders[i].find(list[b]);
        const bool has_first = first != orders[i].end();
        const bool has_second = second != orders[i].end();
        texts[i] = has_first && has_second ? (first->second < second->second ? "<" : ">")
                                           : (has_first    ? "first"
                                              : has_second ? "second"
                                                           : "none");
      }
      Component component =
          OutcomeComponent(std::to_string(list[a]) + " and " + std::to_string(list[b]), texts);
      if (std::get<Outcomes>(component.parts).count > 1) components.push_back(std::move(component));
    }
  }
}

double MedianOf(const json& list) {
  std::vector<double> numbers;
  for (const json& element : list) {
    if (element.is_number()) numbers.push_back(element.get<double>());
  }
  if (numbers.empty()) return -1;
  std::sort(numbers.begin(), numbers.end());
  return (numbers[(numbers.size() - 1) / 2] + numbers[numbers.size() / 2]) / 2;
}

void AddDistribution(const std::string& path, Values values, std::vector<Component>& components) {
  if (AllOf(values, IsSizeCounts)) {
    std::vector<Sizes> all;
    for (const json* value : values) all.push_back(SizesOfCounts(*value));
    components.push_back(HistogramComponent(path, all));
  } else if (AllOf(values, IsNumberList)) {
    AddNumberLists(path, values, components);
  } else if (AllOf(values, IsSizeLists)) {
    AddSizeLists(path, values, components);
  }
}

bool IsOrder(const json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), [](const json& element) {
           return element.is_number_unsigned();
         });
}

}  // namespace

std::vector<Component> ComponentsOf(std::string_view observation_class, Values values,
                                    std::uint64_t trials) {
  std::vector<Component> components;
  if (observation_class == "timing") {
    Numbers parts;
    for (const json* value : values) parts.number.push_back(MedianOf(*value));
    components.push_back({"", std::move(parts)});
    return components;
  }
  if (observation_class == "distribution") {
    AddDistribution("", values, components);
  } else if (values.size() > std::max(kFewOutcomes, std::min(kMostOutcomes, trials / 10))) {
    if (observation_class == "order" && AllOf(values, IsOrder)) AddPairs(values, components);
    if (components.empty()) AddLeaves(values, components);
  }
  if (components.empty()) components.push_back(WholeValues(values.size()));
  return components;
}

}  // namespace tcplab
