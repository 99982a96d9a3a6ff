// The words of the language that stand for an enumerator, each written down once.
#pragma once

#include <array>

#include "core/scenario/node.h"
#include "core/scenario/scenario.h"

namespace tcplab::internal {

inline constexpr std::array<Word<Io>, 3> kIoWords = {
    {{"blocking", Io::kBlocking}, {"poll", Io::kPoll}, {"libuv", Io::kLibuv}}};

inline constexpr std::array<Word<AcceptModel>, 5> kAcceptModelWords = {
    {{"never", AcceptModel::kNever},
     {"iterative", AcceptModel::kIterative},
     {"event_loop", AcceptModel::kEventLoop},
     {"thread_per_connection", AcceptModel::kThreadPerConnection},
     {"process_per_connection", AcceptModel::kProcessPerConnection}}};

inline constexpr std::array<Word<WorkerKind>, 2> kWorkerWords = {
    {{"thread", WorkerKind::kThread}, {"process", WorkerKind::kProcess}}};

// Whether each worker has a listener of its own.
inline constexpr std::array<Word<bool>, 2> kListenersWords = {{{"shared", false}, {"own", true}}};

inline constexpr std::array<Word<ListenMode>, 2> kListenModeWords = {
    {{"listen", ListenMode::kListen}, {"bound", ListenMode::kBound}}};

inline constexpr std::array<Word<Transform>, 4> kTransformWords = {
    {{"uppercase", Transform::kUppercase},
     {"echo", Transform::kEcho},
     {"consonants", Transform::kConsonants},
     {"prime", Transform::kPrime}}};

inline constexpr std::array<Word<ShutdownHow>, 3> kShutdownWords = {
    {{"read", ShutdownHow::kRead}, {"write", ShutdownHow::kWrite}, {"both", ShutdownHow::kBoth}}};

}  // namespace tcplab::internal
