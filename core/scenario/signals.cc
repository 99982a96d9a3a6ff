#include "core/scenario/signals.h"

#include <fmt/format.h>

#include <string_view>
#include <variant>
#include <vector>

#include "core/base/check.h"

namespace tcplab::internal {

void Signals::Add(const Script& script, const std::string& pointer) {
  for (const Step& step : script) {
    if (const auto* const signal = std::get_if<SignalStep>(&step.action)) {
      given_.insert(signal->signal);
    } else if (const auto* const await = std::get_if<AwaitStep>(&step.action)) {
      awaited_.emplace(await->signal, pointer);
    }
  }
}

void Signals::AddLast(const Script& first, const Script& last) {
  for (std::size_t i = 0; i < last.size() && i < first.size(); ++i) {
    const auto* const signal = std::get_if<SignalStep>(&last[i].action);
    const auto* const same = std::get_if<SignalStep>(&first[i].action);
    if (signal != nullptr && same != nullptr && signal->signal != same->signal) complete_ = false;
  }
}

void Signals::Check(const Node& root) const {
  if (!complete_) return;
  const std::vector<std::string_view> names(given_.begin(), given_.end());
  for (const auto& [signal, pointer] : awaited_) {
    if (signal.empty() || given_.contains(signal)) continue;
    root.problems().Add({Severity::kError, Anchor::kValue, pointer,
                         fmt::format("the signal {} is awaited here, and no script gives it{}",
                                     Quoted(signal), DidYouMean(signal, names))});
  }
}

}  // namespace tcplab::internal
