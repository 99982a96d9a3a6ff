#include "core/net/realtime.h"

namespace tcplab {

Realtime::Realtime() = default;
Realtime::~Realtime() = default;

void GoAfterController() {}

}  // namespace tcplab
