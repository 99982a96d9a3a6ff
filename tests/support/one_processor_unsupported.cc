#include "tests/support/one_processor.h"

namespace tcplab::test {

struct OneProcessor::Platform {};

OneProcessor::OneProcessor() = default;
OneProcessor::~OneProcessor() = default;

}  // namespace tcplab::test
