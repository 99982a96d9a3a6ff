// A check as CI servers read it: JUnit XML, by what the schemas of Ant (windyroad's JUnit.xsd) and
// of Jenkins (its xunit plugin's junit-10.xsd) both allow. tests/runner/junit.xsd has just that.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runner/check_outcome.h"

namespace tcplab {

// A suite for each scenario, in their order; a case for each item. `hostname`: this machine's.
[[nodiscard]] std::string JUnitReport(std::span<const CheckedScenario> scenarios,
                                      std::string_view hostname);

// Any bytes as XML 1.0 text, and as the value of an attribute: what is markup is escaped, what XML
// cannot hold (most control characters, U+FFFE, U+FFFF, what is no UTF-8) stands as \xNN.
[[nodiscard]] std::string XmlText(std::string_view bytes);
[[nodiscard]] std::string XmlAttribute(std::string_view bytes);

}  // namespace tcplab
