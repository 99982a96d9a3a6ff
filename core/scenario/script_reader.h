// What the readers of steps have in common: one table a step, one row a key.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>  // readers look into values
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/scenario/lower.h"

namespace tcplab::internal {

// The name of the socket that a step means when it names none.
inline constexpr std::string_view kMainSocketName = "main";

// The sockets of one script, numbered in the order in which their names first stand there.
class SocketNames {
 public:
  // The number of the socket of this name; a new one gets the next. An event has a byte for it, so
  // the 257th is reported.
  [[nodiscard]] std::uint8_t NumberOf(const Node& node, const std::string& name);

  // Notes that some step makes this socket: only then can others use it.
  void Opens(std::uint8_t number) { opened_.at(number) = true; }

  // Reports the sockets that are used and never made.
  void Check() const;

 private:
  struct Use {
    std::string pointer;
    Problems* problems;
  };
  std::vector<std::string> names_{std::string(kMainSocketName)};
  std::vector<bool> opened_{false};
  std::vector<std::optional<Use>> first_use_{std::nullopt};
};

// Where the steps of a script are gathered.
struct Lowering {
  ScriptRole role;
  Script script;
  SocketNames sockets;
};

// A step's settings, and what stands beside them in the same object.
template <typename T>
struct Labelled {
  T step;
  std::string label;
  std::uint8_t socket = kMainSocket;
  Lowering* lowering = nullptr;
};

// What a step's object may hold.
template <typename T>
using Key = Field<Labelled<T>>;

template <typename T>
constexpr Key<T> kLabel = {"label", [](const Node& n, Labelled<T>& s) { NameInto(n, s.label); }};

// The socket that a name means, or nothing after reporting.
[[nodiscard]] std::optional<std::uint8_t> ReadSocketName(const Node& node, Lowering& lowering);

template <typename T>
constexpr Key<T> kSocket = {"socket", [](const Node& n, Labelled<T>& s) {
                              if (const auto number = ReadSocketName(n, *s.lowering)) {
                                s.socket = *number;
                              }
                            }};

// The step that takes no settings.
template <typename T>
constexpr std::array<Key<T>, 2> kNoSettings = {kSocket<T>, kLabel<T>};

// Reads `bare` for a value that is no object: short for the step's main key.
template <typename T>
using BareReader = void (*)(const Node& node, Labelled<T>& out);

// Reads a step's value by its table.
template <typename T>
Labelled<T> ReadDraft(const Node& node, std::span<const Key<T>> keys, BareReader<T> bare,
                      Lowering& lowering) {
  static const nlohmann::json kEmpty = nlohmann::json::object();
  Labelled<T> draft;
  draft.lowering = &lowering;
  const nlohmann::json& value = node.value();
  const bool needs_settings =
      std::any_of(keys.begin(), keys.end(), [](const Key<T>& key) { return key.required; });
  if (bare != nullptr && !value.is_object() && !value.is_boolean()) {
    bare(node, draft);
  } else {
    const bool stands_for_none = value == nlohmann::json(true) && !needs_settings;
    ReadObject<Labelled<T>>(stands_for_none ? node.With(kEmpty) : node, "the step", keys, draft);
  }
  return draft;
}

template <typename T>
void Append(Labelled<T> draft, Lowering& lowering) {
  lowering.script.push_back({std::move(draft.step), std::move(draft.label), draft.socket});
}

// Reads a step's value by its table and appends the step.
template <typename T>
void ReadStep(const Node& node, std::span<const Key<T>> keys, BareReader<T> bare,
              Lowering& lowering) {
  Append(ReadDraft<T>(node, keys, bare, lowering), lowering);
}

// One step of the language.
struct StepKind {
  std::string_view key;
  void (*read)(const Node& node, Lowering& lowering);
};

// By what they are about; each in a file of its own.
[[nodiscard]] std::span<const StepKind> SocketSteps();   // connect, bind, set, close...
[[nodiscard]] std::span<const StepKind> DataSteps();     // send, recv, reply
[[nodiscard]] std::span<const StepKind> ControlSteps();  // sleep, repeat, await, signal

void ReadSteps(const Node& node, Lowering& lowering);

// An object whose keys are socket options, and those in `besides`, which somebody else reads.
void ReadOptions(const Node& node, std::span<const std::string_view> besides, SetStep& set);

}  // namespace tcplab::internal
