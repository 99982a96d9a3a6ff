#include "runner/value_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "runner/describe.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr std::size_t kMostRows = 3;
constexpr std::size_t kBarWidth = 36;
constexpr std::size_t kMostExactSizes = 8;

// Of a number in each trial, weighted by the trials that showed it.
struct Spread {
  double low = 0;
  double median = 0;
  double high = 0;
};

Spread SpreadOf(std::vector<std::pair<double, std::uint64_t>> numbers) {
  std::sort(numbers.begin(), numbers.end());
  std::uint64_t total = 0;
  for (const auto& [number, trials] : numbers) total += trials;
  Spread spread{numbers.front().first, 0, numbers.back().first};
  std::uint64_t before = 0;
  for (const auto& [number, trials] : numbers) {
    // Of an even number the median is the mean of the two in the middle.
    if (before <= (total - 1) / 2 && (total - 1) / 2 < before + trials) spread.median += number / 2;
    if (before <= total / 2 && total / 2 < before + trials) spread.median += number / 2;
    before += trials;
  }
  return spread;
}

std::uint64_t RecvsIn(const json& histogram) {
  std::uint64_t recvs = 0;
  for (const json& count : histogram) recvs += count.get<std::uint64_t>();
  return recvs;
}

// Sizes [low, high] of a histogram of histograms.
struct Range {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::uint64_t recvs = 0;   // of all trials
  std::uint64_t trials = 0;  // that had one at least
};

// A key of a histogram; 0 when it is no number, which no recv ever returned.
std::uint64_t SizeOf(const std::string& key) {
  std::uint64_t size = 0;
  std::from_chars(key.data(), key.data() + key.size(), size);
  return size;
}

std::uint64_t LowestOfRange(std::uint64_t size, bool exact) {
  if (exact) return size;
  std::uint64_t low = 1;
  while (low <= size / 2) low *= 2;
  return low;
}

// Exact sizes where there are few, else powers of two: 1, 2-3, 4-7...
std::vector<Range> RangesOf(const json& histograms) {
  std::set<std::uint64_t> sizes;
  for (const json& entry : histograms) {
    for (const auto& [size, count] : entry.at("value").items()) sizes.insert(SizeOf(size));
  }
  const bool exact = sizes.size() <= kMostExactSizes;
  std::map<std::uint64_t, Range> ranges;
  for (const json& entry : histograms) {
    const auto trials = entry.at("trials").get<std::uint64_t>();
    std::map<std::uint64_t, std::uint64_t> of_value;
    for (const auto& [size, count] : entry.at("value").items()) {
      of_value[LowestOfRange(SizeOf(size), exact)] += count.get<std::uint64_t>();
    }
    for (const auto& [low, count] : of_value) {
      Range& range = ranges[low];
      range.low = low;
      range.high = exact ? low : 2 * low - 1;
      range.recvs += count * trials;
      range.trials += trials;
    }
  }
  std::vector<Range> list;
  for (const auto& [low, range] : ranges) list.push_back(range);
  return list;
}

}  // namespace

const json& ValuesOf(const json& a_case, const char* observation) {
  static const json kNone = json::array();
  const json& observations = a_case.at("observations");
  const auto found = observations.find(observation);
  return found == observations.end() ? kNone : found->at("values");
}

std::string HowOften(std::uint64_t trials, std::uint64_t measured) {
  return fmt::format("{} of {}", trials, measured);
}

void AddValueRows(TextLayout& layout, std::string_view label, const json& values,
                  std::uint64_t measured, const Describe& describe) {
  std::vector<std::pair<std::string, std::uint64_t>> rows;
  std::map<std::string, std::size_t> places;
  for (const json& entry : values) {
    std::string text = describe(entry.at("value"));
    const auto [place, is_new] = places.try_emplace(text, rows.size());
    if (is_new) rows.emplace_back(std::move(text), 0);
    rows[place->second].second += entry.at("trials").get<std::uint64_t>();
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  // A single value more takes no more room than to say that there is one.
  const std::size_t shown = rows.size() <= kMostRows + 1 ? rows.size() : kMostRows;
  for (std::size_t i = 0; i < shown; ++i) {
    layout.Row(label, HowOften(rows[i].second, measured), rows[i].first);
  }
  if (shown == rows.size()) return;
  std::uint64_t rest = 0;
  for (std::size_t i = shown; i < rows.size(); ++i) rest += rows[i].second;
  layout.Row(label, HowOften(rest, measured),
             fmt::format("{} other values, each in at most {}", rows.size() - shown,
                         Counted(rows[shown].second, "trial")));
}

void AddRecvRows(TextLayout& layout, const json& histograms, std::uint64_t measured) {
  const bool any = std::any_of(histograms.begin(), histograms.end(),
                               [](const json& entry) { return !entry.at("value").empty(); });
  if (!any) return;
  if (histograms.size() <= kMostRows) {
    AddValueRows(layout, "received in", histograms, measured, SizesInWords);
    return;
  }
  std::vector<std::pair<double, std::uint64_t>> recvs;
  for (const json& entry : histograms) {
    recvs.emplace_back(static_cast<double>(RecvsIn(entry.at("value"))),
                       entry.at("trials").get<std::uint64_t>());
  }
  const Spread spread = SpreadOf(std::move(recvs));
  layout.Row("recv calls", "",
             fmt::format("{} to {} in a trial, median {}", spread.low, spread.high, spread.median));
  const std::vector<Range> ranges = RangesOf(histograms);
  std::uint64_t most = 1;
  for (const Range& range : ranges) most = std::max(most, range.recvs);
  for (const Range& range : ranges) {
    const std::string sizes = range.low == range.high ? fmt::format("{}", range.low)
                                                      : fmt::format("{}-{}", range.low, range.high);
    const double share = static_cast<double>(range.recvs) / static_cast<double>(most);
    const auto bar = static_cast<std::size_t>(std::ceil(share * kBarWidth));
    const double mean = static_cast<double>(range.recvs) / static_cast<double>(measured);
    layout.Row("recv sizes", sizes,
               fmt::format("{:<{}}  {:.1f} a trial, in {}", std::string(bar, '#'), kBarWidth, mean,
                           HowOften(range.trials, measured)));
  }
}

void AddConnectTimes(TextLayout& layout, const json& values) {
  std::vector<std::pair<double, std::uint64_t>> medians;
  double fastest = 0;
  double slowest = 0;
  for (const json& entry : values) {
    std::vector<std::pair<double, std::uint64_t>> times;
    for (const json& time : entry.at("value")) {
      if (time.is_number()) times.emplace_back(time.get<double>(), 1);
    }
    if (times.empty()) continue;
    const Spread of_trial = SpreadOf(std::move(times));
    if (medians.empty()) fastest = of_trial.low;
    fastest = std::min(fastest, of_trial.low);
    slowest = std::max(slowest, of_trial.high);
    medians.emplace_back(of_trial.median, entry.at("trials").get<std::uint64_t>());
  }
  if (medians.empty()) return;
  layout.Row("connect took", "",
             fmt::format("{:.3f} to {:.3f} ms, median of the trials' medians {:.3f} ms", fastest,
                         slowest, SpreadOf(std::move(medians)).median));
}

}  // namespace tcplab
