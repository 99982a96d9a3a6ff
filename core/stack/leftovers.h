// What a command leaves behind: processes that it started and did not wait for, and mounts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tcplab {

// From now on whoever of our descendants loses its parent becomes our child (Linux: prctl(2),
// PR_SET_CHILD_SUBREAPER), so that a process that went its own way can still be found.
void AdoptDescendants();

// Kills and reaps all children of this process, and those that become its children thereby, until
// none is left or so much time has passed. Returns the ids of those that are still there.
[[nodiscard]] std::vector<std::int64_t> EndDescendants(double seconds);

// Whether something is mounted on the folder or below it: then nobody may remove it.
[[nodiscard]] bool HasMounts(const std::string& folder);

}  // namespace tcplab
