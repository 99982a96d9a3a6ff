#include "core/script/transform.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "core/base/check.h"
#include "core/script/prime.h"

namespace tcplab {
namespace {

std::string Uppercase(std::string_view message) {
  std::string upper(message);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return upper;
}

std::string Consonants(std::string_view message) {
  constexpr std::string_view kConsonants = "bcdfghjklmnpqrstvwxyz";
  const std::string lower = [&] {
    std::string text = Uppercase(message);
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c;
    });
    return text;
  }();
  const auto count = std::count_if(lower.begin(), lower.end(), [&](char c) {
    return kConsonants.find(c) != std::string_view::npos;
  });
  return std::to_string(count);
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string Prime(std::string_view message) {
  constexpr std::uint64_t kLargest = std::uint64_t{1} << 63U;
  std::string_view digits = Trimmed(message);
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  const bool all_digits = digits.find_first_not_of("0123456789") == std::string_view::npos;
  if (digits.empty() || !all_digits) return "not a number";
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (negative) return "not prime";
  if (error != std::errc() || number > kLargest) return "too large";
  return IsPrime(number) ? "prime" : "not prime";
}

}  // namespace

std::size_t MostBytesBeyondMessage(Transform transform) {
  constexpr std::size_t kLongestCount = 20;  // of a 64-bit number
  switch (transform) {
    case Transform::kUppercase:
    case Transform::kEcho:
      return 0;
    case Transform::kConsonants:
      return kLongestCount;
    case Transform::kPrime:
      return std::string_view("not a number").size();
  }
  TCPLAB_CHECK(false);
  return 0;
}

std::string Apply(Transform transform, std::string_view message) {
  switch (transform) {
    case Transform::kUppercase:
      return Uppercase(message);
    case Transform::kEcho:
      return std::string(message);
    case Transform::kConsonants:
      return Consonants(message);
    case Transform::kPrime:
      return Prime(message);
  }
  TCPLAB_CHECK(false);
  return {};
}

}  // namespace tcplab
