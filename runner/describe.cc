#include "runner/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/result/json_writer.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr std::size_t kReplyBytes = 40;
constexpr std::size_t kMostGroups = 12;  // more than that, and nobody reads who was who

// Cuts between characters, not within one.
std::string Cut(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

std::string Bytes(std::string_view size) {
  return fmt::format("{} byte{}", size, size == "1" ? "" : "s");
}

}  // namespace

std::string QuotedBytes(std::string_view text, std::size_t limit) {
  std::string quoted;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\r') {
      quoted += "\\r";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted += fmt::format("\\x{:02x}", byte);
    } else {
      quoted += c;
    }
    if (quoted.size() > limit) break;
  }
  const bool cut = quoted.size() > limit;
  return "\"" + Cut(std::move(quoted), limit) + (cut ? "" : "\"");
}

std::string ShortJson(const json& value, std::size_t limit) {
  return Cut(Printable(CanonicalJson(value), limit + 4), limit);
}

std::string Ranges(std::span<const std::size_t> numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    if (!text.empty()) text += ", ";
    text += fmt::format("{}", numbers[i]);
    if (end - i > 1) text += fmt::format("{}{}", end - i == 2 ? ", " : "-", numbers[end - 1]);
    i = end;
  }
  return text.empty() ? "nobody" : text;
}

std::string OrderInWords(const json& numbers) {
  std::vector<std::size_t> plain;
  for (const json& number : numbers) {
    if (!number.is_number_integer() || number < 0) return ShortJson(numbers, kReplyBytes);
    plain.push_back(number.get<std::size_t>());
  }
  return Ranges(plain);
}

std::string WhoHasWhich(std::span<const std::string> words) {
  std::vector<std::string_view> order;
  std::map<std::string_view, std::vector<std::size_t>> who;
  std::size_t runs = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto& members = who[words[i]];
    if (members.empty()) order.emplace_back(words[i]);
    if (i == 0 || words[i] != words[i - 1]) ++runs;
    members.push_back(i);
  }
  std::string text;
  for (const std::string_view word : order) {
    if (runs > kMostGroups) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", who[word].size(), word);
    } else {
      text += fmt::format("{}{} {}", text.empty() ? "" : "; ", Ranges(who[word]), word);
    }
  }
  return text;
}

std::string OutcomesOfStep(const json& outcomes) {
  if (!outcomes.is_array()) return ShortJson(outcomes, kReplyBytes);
  if (outcomes.empty()) return "never run";
  std::string text;
  std::size_t groups = 0;
  for (std::size_t i = 0; i < outcomes.size(); ++groups) {
    std::size_t end = i + 1;
    while (end < outcomes.size() && outcomes[end] == outcomes[i]) ++end;
    if (groups == 3) return text + fmt::format(", then {} more", outcomes.size() - i);
    if (!text.empty()) text += ", then ";
    const json& word = outcomes[i];
    text += word.is_string() ? word.get<std::string>() : ShortJson(word, kReplyBytes);
    if (end - i > 1) text += fmt::format(" x{}", end - i);
    i = end;
  }
  return text;
}

std::string RepliesOfClient(const json& replies) {
  if (!replies.is_array()) return ShortJson(replies, kReplyBytes);
  if (replies.empty()) return "nothing";
  const auto one = [](const json& reply) {
    if (reply.is_string()) return QuotedBytes(reply.get_ref<const std::string&>(), kReplyBytes);
    return ShortJson(reply, kReplyBytes);
  };
  std::string text = one(replies.front());
  if (replies.size() == 2) text += ", " + one(replies[1]);
  if (replies.size() > 2) text += fmt::format(" and {} more", replies.size() - 1);
  return text;
}

std::string SizesInWords(const json& histogram) {
  if (!histogram.is_object()) return ShortJson(histogram, kReplyBytes);
  if (histogram.empty()) return "nothing received";
  std::vector<std::pair<std::string, std::uint64_t>> sizes;
  for (const auto& [size, count] : histogram.items()) {
    sizes.emplace_back(size, count.get<std::uint64_t>());
  }
  // Keys are text: by length first, they stand in the order of their numbers.
  std::sort(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first.size(), a.first) < std::pair(b.first.size(), b.first);
  });
  std::string text;
  for (const auto& [size, count] : sizes) {
    text += fmt::format("{}{} of {}", text.empty() ? "" : ", ", count, Bytes(size));
  }
  return text;
}

std::string Counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace tcplab
