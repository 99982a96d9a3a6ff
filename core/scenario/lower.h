// The parts of a resolved document into structures: the one path for the loader and for the agents.
#pragma once

#include <cstdint>
#include <optional>

#include "core/scenario/loader.h"
#include "core/scenario/node.h"
#include "core/scenario/scenario.h"
#include "core/scenario/step.h"

namespace tcplab::internal {

inline constexpr std::int64_t kMostPayloadBytes = std::int64_t{64} << 20U;
inline constexpr double kLongestMs = 3'600'000;
inline constexpr std::int64_t kMostClients = 1'000'000;
inline constexpr std::int64_t kMostWorkers = 256;
inline constexpr std::size_t kMostServers = 16;

// Everything but the script, which is read by ReadScript.
void ReadServer(const Node& node, ServerSpec& server);
void ReadClientGroup(const Node& node, ClientGroup& group);

// `index`: the client's number; absent in a handler's script, and where it is not known what it is.
[[nodiscard]] Script ReadScript(const Node& node, ScriptRole role,
                                std::optional<std::int64_t> index);

// The script of a server or client group, or an empty list when it has none.
[[nodiscard]] const nlohmann::json& ScriptOf(const nlohmann::json& endpoint);

}  // namespace tcplab::internal
