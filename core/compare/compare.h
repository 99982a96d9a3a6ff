// Result documents beside each other: what differs, what is the same, and what nobody can tell yet.
// Pure: documents go in, verdicts come out. core/README.md has the rules, and why they are what
// they are.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>  // observed values are JSON
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/compare/assess.h"

namespace tcplab {

// Effects below it are too small to matter.
inline constexpr double kSmallestEffect = 0.2;
// Of all differences that are named, at most this share is expected to be chance.
inline constexpr double kLevel = 0.05;
// The same for distributions of two runs, which the scheduler shapes as much as TCP does: runs of
// one program differ more than their trials tell.
inline constexpr double kLevelOfDistributions = 0.01;
// In a run in which an actor was so late the machine was busy with something else...
inline constexpr double kBusyDelayMs = 10;
// ... and outcomes of such a run that vary must differ by as much, for certain, to be called
// different.
inline constexpr double kLeastEffectWhenBusy = 0.5;
inline constexpr std::uint64_t kFewestTrials = 5;

// One file, or a folder of them.
struct ResultSource {
  std::string name;                                 // as it was given
  std::map<std::string, nlohmann::json> documents;  // by the path below the folder
};

struct CompareOptions {
  std::vector<std::string> only;  // observations; empty: all
  std::vector<std::string> ignore;
  std::string observation_class;  // empty: all
  // Timing as well, where both environments have one id (with a class of "timing": are alike in
  // every facet).
  bool judge_timing = false;
  std::optional<std::string> across;  // the parameter whose values are compared with each other
  std::vector<std::pair<std::string, std::string>> cases;  // NAME=VALUE, as --case has it
};

enum class DiffVerdict { kSame, kReported, kInconclusive, kDifferent };
[[nodiscard]] std::string_view DiffVerdictName(DiffVerdict verdict);

// What stands in one column of a comparison.
struct Column {
  std::string label;  // "A"; "pause_ms=0" with --across in one file
  std::string name;   // the file or folder
  std::string environment;
  std::string started;
  std::size_t source = 0;
  std::optional<nlohmann::json> value;  // of the parameter that is compared across
};

// Two columns, one fact.
struct PairVerdict {
  std::size_t first = 0;  // columns
  std::size_t second = 0;
  DiffVerdict verdict = DiffVerdict::kSame;
  Assessment assessment;
  double q = 1;
  bool certain = false;              // q is below the level
  bool busy = false;                 // it would be different, had the machine not been busy
  bool copies = false;               // two copies of one run: the same trials
  std::optional<std::size_t> trial;  // of the same run: the first in which they disagree
  std::uint64_t more_trials = 0;     // of each side, until there would be a verdict; 0: unknown
};

// What one column shows of a fact: distinct values, most frequent first.
struct Cell {
  bool measured = false;
  std::uint64_t trials = 0;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> values;  // index, trials
};

// One observation (of `steps`, one label) of one case.
struct Fact {
  std::string scenario;  // the document's place, as sources have it
  nlohmann::json parameters;
  std::string observation;  // "accept_order", "steps.reply"
  std::string observation_class;
  std::vector<const nlohmann::json*> values;  // distinct, of all columns; they live in the sources
  std::vector<Cell> cells;                    // by column
  std::vector<PairVerdict> pairs;

  [[nodiscard]] DiffVerdict verdict() const;
  // The largest effect of any pair.
  [[nodiscard]] const PairVerdict& most() const;
};

// A file, case or observation that could not be compared.
struct Gap {
  std::string scenario;
  std::optional<nlohmann::json> parameters;  // none: the whole file
  std::string observation;                   // empty: the whole case
  std::vector<std::string> states;  // by column: "", "missing", "unsupported", "error", "no trials"
};

// What differs in what was measured, or how.
struct Setting {
  std::string name;
  std::vector<std::string> values;  // by column
};

struct Comparison {
  std::vector<Column> columns;
  std::vector<Setting> settings;   // those that differ
  std::vector<std::string> notes;  // about the documents as such: other scenarios, the same run
  std::vector<Fact> facts;
  std::vector<Gap> gaps;
  std::size_t hypotheses = 0;  // that were tested

  [[nodiscard]] std::size_t Count(DiffVerdict verdict) const;
};

// Two sources or more; one with `across`. The documents must be whole (ReadResultFile), and outlive
// the comparison. An error when there is nothing to compare.
[[nodiscard]] Result<Comparison> Compare(const std::vector<ResultSource>& sources,
                                         const CompareOptions& options);

}  // namespace tcplab
