#include "core/net/keep_awake.h"

namespace tcplab {

struct KeepAwake::Platform {};

KeepAwake::KeepAwake() = default;
KeepAwake::~KeepAwake() = default;

}  // namespace tcplab
