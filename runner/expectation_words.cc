#include "runner/expectation_words.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "runner/describe.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr std::size_t kBytesOfExpected = 240;

std::string ShortValue(const json& value) { return ShortJson(value, kBytesOfExpected); }

std::string MatcherInWords(const json& expect) {
  if (expect.contains("equals")) return "= " + ShortValue(expect["equals"]);
  if (expect.contains("one_of")) return "one of " + ShortValue(expect["one_of"]);
  if (expect.contains("none")) return "never " + ShortValue(expect["none"]);
  const auto between = [](const json& range) {
    return fmt::format("between {} and {}", ShortValue(range.at(0)), ShortValue(range.at(1)));
  };
  if (expect.contains("between")) return between(expect["between"]);
  if (!expect.contains("count")) return ShortValue(expect);
  const json& count = expect["count"];
  const std::string how_many =
      count.contains("equals") ? ShortValue(count["equals"]) : between(count.at("between"));
  return fmt::format("with {} elements {}", how_many, ShortValue(count.at("of")));
}

}  // namespace

std::string ExpectationInWords(const json& expect) {
  return Printable(expect.at("observation").get<std::string>(), kBytesOfExpected) + " " +
         MatcherInWords(expect);
}

std::string SeenInWords(const json& entry) {
  if (!entry.contains("seen")) return "";
  std::string text;
  if (entry.contains("missing")) {
    text = fmt::format("there was no {} in {}",
                       Printable(entry["missing"].get<std::string>(), kBytesOfExpected),
                       ShortValue(entry["seen"]));
  } else {
    text = "most often it was " + ShortValue(entry["seen"]);
  }
  if (!entry.contains("seen_trials")) return text;  // of an older version
  return text + ", in " + Counted(entry["seen_trials"].get<std::uint64_t>(), "trial");
}

}  // namespace tcplab
