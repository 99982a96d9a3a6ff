// A test program that can play an agent: included by exactly one file of a test executable, in
// place of gtest_main. `<program> agent` is then what `runner agent` is.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "core/agent/agent.h"
#include "tests/support/agent_command.h"

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == tcplab::kAgentWord) tcplab::AgentMain();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
