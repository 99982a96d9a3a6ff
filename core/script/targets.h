// Where the servers of a trial are, as its agents are told when it begins.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/net/address.h"

namespace tcplab {

struct Target {
  std::string server;  // its name
  Address address;
};

// In the order of the scenario's servers: who names none means the first.
class Targets {
 public:
  Targets() = default;
  explicit Targets(std::vector<Target> list) : list_(std::move(list)) {}

  // Null when there is no such server. An empty name is the first one's.
  [[nodiscard]] const Address* Find(std::string_view server) const {
    for (const Target& target : list_) {
      if (server.empty() || target.server == server) return &target.address;
    }
    return nullptr;
  }
  [[nodiscard]] const std::vector<Target>& list() const { return list_; }

 private:
  std::vector<Target> list_;
};

}  // namespace tcplab
