// Runs an actor to its end on the calling thread: what the textbook's programs do.
#pragma once

#include "core/script/actor.h"
#include "core/script/signal_board.h"
#include "core/script/transport.h"

namespace tcplab {

// Returns when the script is over, or halted by the freeze.
void RunBlocking(Actor& actor, Transport& transport, SignalBoard& signals);

}  // namespace tcplab
