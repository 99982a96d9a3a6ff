#include "core/scenario/problems.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"

namespace tcplab::internal {

void Problems::Add(Problem problem) {
  const bool is_error = problem.severity == Severity::kError;
  std::size_t& count = is_error ? errors_ : warnings_;
  if (count >= (is_error ? kMostErrors : kMostWarnings)) return;
  const bool said = std::any_of(list_.begin(), list_.end(), [&](const Problem& other) {
    const bool same_place = other.anchor == problem.anchor && other.pointer == problem.pointer;
    return other.severity == problem.severity && same_place &&
           (problem.anchor != Anchor::kCommandLine || other.message == problem.message);
  });
  if (said) return;
  ++count;
  list_.push_back(std::move(problem));
}

std::string Quoted(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  return "\"" + Printable(text, kLongest) + "\"";
}

std::string DidYouMean(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string_view closest = ClosestWord(word, candidates);
  return closest.empty() ? std::string() : "; did you mean " + Quoted(closest) + "?";
}

std::string PointerToken(std::string_view key) {
  std::string token;
  for (const char c : key) {
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else {
      token += c;
    }
  }
  return token;
}

}  // namespace tcplab::internal
