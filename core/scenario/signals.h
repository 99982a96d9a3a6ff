// Which signals the scripts of a case give and await, so that nobody waits for one that nobody
// gives.
#pragma once

#include <map>
#include <set>
#include <string>

#include "core/scenario/node.h"
#include "core/scenario/step.h"

namespace tcplab::internal {

// Gathered over all scripts of one case.
class Signals {
 public:
  // `pointer`: where the script stands.
  void Add(const Script& script, const std::string& pointer);
  // Something else that waits for one.
  void Await(const std::string& signal, const std::string& pointer) {
    awaited_.emplace(signal, pointer);
  }
  // The same script for the last client of the group, where it is not the same for each.
  void AddLast(const Script& first, const Script& last);

  void Check(const Node& root) const;

 private:
  std::set<std::string> given_;
  std::map<std::string, std::string> awaited_;  // and by which script
  bool complete_ = true;  // false: the names depend on the client, and `given_` has not all of them
};

}  // namespace tcplab::internal
