// Runs an actor to its end on the calling thread: what the textbook's programs do.
#pragma once

#include "core/script/actor.h"
#include "core/script/signal_board.h"

namespace tcplab {

// Returns when the script is over, or halted by the freeze.
void RunBlocking(Actor& actor, SignalBoard& signals);

}  // namespace tcplab
