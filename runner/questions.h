// Who answers the prompts of a scenario's parameters.
#pragma once

#include "core/scenario/loader.h"

namespace tcplab {

// Prompts on stderr and takes a line of stdin. Nobody where stdin is no terminal: a line of a pipe
// is not an answer that somebody gave.
[[nodiscard]] Asker PersonAtTheTerminal();

// Answers with the examples that scenarios give, and asks nobody.
[[nodiscard]] Asker Examples();

// Gives the example, or any value of the right kind, so that a scenario can be looked at that is
// not going to run.
[[nodiscard]] Asker AnyAnswer();

}  // namespace tcplab
