// The words of the language that stand for an enumerator, each written down once.
#pragma once

#include <array>

#include "core/scenario/node.h"
#include "core/scenario/scenario.h"

namespace tcplab::internal {

inline constexpr std::array<Word<Io>, 3> kIoWords = {
    {{"blocking", Io::kBlocking}, {"poll", Io::kPoll}, {"libuv", Io::kLibuv}}};

inline constexpr std::array<Word<AcceptModel>, 3> kAcceptModelWords = {
    {{"never", AcceptModel::kNever},
     {"iterative", AcceptModel::kIterative},
     {"event_loop", AcceptModel::kEventLoop}}};

inline constexpr std::array<Word<ListenMode>, 2> kListenModeWords = {
    {{"listen", ListenMode::kListen}, {"bound", ListenMode::kBound}}};

inline constexpr std::array<Word<Transform>, 2> kTransformWords = {
    {{"uppercase", Transform::kUppercase}, {"echo", Transform::kEcho}}};

inline constexpr std::array<Word<ShutdownHow>, 3> kShutdownWords = {
    {{"read", ShutdownHow::kRead}, {"write", ShutdownHow::kWrite}, {"both", ShutdownHow::kBoth}}};

}  // namespace tcplab::internal
