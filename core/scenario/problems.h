// What is wrong with a document, collected while it is read.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/scenario/loader.h"

namespace tcplab::internal {

// What a problem is about.
enum class Anchor {
  kValue,        // the value at the pointer
  kKey,          // its key
  kCommandLine,  // an option, which has no place in the document
};

// One thing to say, and where.
struct Problem {
  Severity severity = Severity::kError;
  Anchor anchor = Anchor::kValue;
  std::string pointer;
  std::string message;
};

// Collects problems, at most one error and one warning a place: what is said first about a value is
// the cause, what follows is its consequence, and a matrix of 10,000 cases would repeat itself
// otherwise.
class Problems {
 public:
  static constexpr std::size_t kMostErrors = 20;
  static constexpr std::size_t kMostWarnings = 10;

  void Add(Problem problem);

  // True once nothing more will be kept, so that a reader of a huge document may stop early.
  [[nodiscard]] bool full() const { return errors_ >= kMostErrors; }
  [[nodiscard]] bool has_errors() const { return errors_ > 0; }
  [[nodiscard]] std::vector<Problem>& list() { return list_; }
  [[nodiscard]] const std::vector<Problem>& list() const { return list_; }

 private:
  std::vector<Problem> list_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

// `"text"` as a message shows it: printable, short, and never cut inside a character.
[[nodiscard]] std::string Quoted(std::string_view text);

// `; did you mean "near"?`, or nothing when no candidate is near.
[[nodiscard]] std::string DidYouMean(std::string_view word,
                                     std::span<const std::string_view> candidates);

// One step of a JSON pointer with `~` and `/` escaped (RFC 6901 section 3).
[[nodiscard]] std::string PointerToken(std::string_view key);

}  // namespace tcplab::internal
