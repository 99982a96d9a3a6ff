#include "core/scenario/address.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <vector>

#include "core/base/text.h"

namespace tcplab::internal {
namespace {

// A number without sign and spaces, written with at most `most_digits` digits.
std::optional<unsigned> ParseDigits(std::string_view text, int base, std::size_t most_digits) {
  if (text.empty() || text.size() > most_digits) return std::nullopt;
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Four bytes. "010" is refused: inet_aton reads it as octal, other parsers as decimal.
std::optional<std::vector<std::uint8_t>> ParseDotted(std::string_view text) {
  const std::vector<std::string_view> parts = Split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  std::vector<std::uint8_t> bytes;
  for (const std::string_view part : parts) {
    const auto number = ParseDigits(part, 10, 3);
    if (!number || *number > 255 || (part.size() > 1 && part[0] == '0')) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(*number));
  }
  return bytes;
}

// Groups of 16 bits separated by ":", the last two perhaps as a dotted IPv4 address.
std::optional<std::vector<std::uint8_t>> ParseGroups(std::string_view text, bool dotted_allowed) {
  std::vector<std::uint8_t> bytes;
  if (text.empty()) return bytes;
  const std::vector<std::string_view> groups = Split(text, ':');
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (dotted_allowed && i + 1 == groups.size() && groups[i].find('.') != std::string_view::npos) {
      const auto dotted = ParseDotted(groups[i]);
      if (!dotted) return std::nullopt;
      bytes.insert(bytes.end(), dotted->begin(), dotted->end());
      continue;
    }
    const auto number = ParseDigits(groups[i], 16, 4);
    if (!number) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(*number >> 8U));
    bytes.push_back(static_cast<std::uint8_t>(*number & 0xFFU));
  }
  return bytes;
}

}  // namespace

bool IpAddress::IsLoopback() const {
  if (!is_v6) return bytes[0] == 127;
  const auto zero_until = [&](std::ptrdiff_t end) {
    return std::all_of(bytes.begin(), bytes.begin() + end, [](std::uint8_t b) { return b == 0; });
  };
  if (zero_until(15)) return bytes[15] == 1;
  return zero_until(10) && bytes[10] == 0xFF && bytes[11] == 0xFF && bytes[12] == 127;
}

std::optional<IpAddress> ParseIpAddress(std::string_view text) {
  IpAddress address;
  if (text.find(':') == std::string_view::npos) {
    const auto bytes = ParseDotted(text);
    if (!bytes) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), address.bytes.begin());
    return address;
  }
  address.is_v6 = true;
  const std::size_t gap = text.find("::");
  const bool has_gap = gap != std::string_view::npos;
  const auto front = ParseGroups(has_gap ? text.substr(0, gap) : text, !has_gap);
  const auto back = ParseGroups(has_gap ? text.substr(gap + 2) : std::string_view(), true);
  if (!front || !back) return std::nullopt;
  const std::size_t size = front->size() + back->size();
  // "::" stands for at least one group of zeros.
  if (has_gap ? size > 14 : size != 16) return std::nullopt;
  std::copy(front->begin(), front->end(), address.bytes.begin());
  std::copy(back->rbegin(), back->rend(), address.bytes.rbegin());
  return address;
}

std::uint32_t Ipv4Number(const IpAddress& address) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8U | address.bytes.at(i);
  return number;
}

std::string Ipv4Literal(std::uint32_t number) {
  std::string text;
  for (unsigned shift = 32; shift > 0; shift -= 8) {
    text += (text.empty() ? "" : ".") + std::to_string(number >> (shift - 8) & 0xFFU);
  }
  return text;
}

}  // namespace tcplab::internal
