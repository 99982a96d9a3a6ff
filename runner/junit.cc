#include "runner/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "core/base/text.h"
#include "runner/check_report.h"

namespace tcplab {
namespace {

// Both schemas want a time of every test case, and of none is one measured: the trials of all cases
// took turns. The suite has the time of the run.
constexpr std::string_view kNoTime = "0";

// Whether XML 1.0 can hold it (section 2.2), and nothing is likely to choke on it.
bool IsXmlCharacter(std::string_view sequence) {
  if (sequence.size() == 1) {
    const auto byte = static_cast<unsigned char>(sequence.front());
    return (byte >= 0x20 && byte != 0x7F) || byte == '\t' || byte == '\n' || byte == '\r';
  }
  return sequence != "\xEF\xBF\xBE" && sequence != "\xEF\xBF\xBF";
}

std::string_view XmlEntity(char c, bool in_attribute) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\r':
      return "&#13;";  // else a parser makes a newline of it
    case '\n':
      return in_attribute ? "&#10;" : "\n";
    case '\t':
      return in_attribute ? "&#9;" : "\t";
    default:
      return {};
  }
}

std::string XmlEscaped(std::string_view bytes, bool in_attribute) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t length = Utf8SequenceLength(bytes);
    const std::string_view sequence = bytes.substr(0, std::max<std::size_t>(1, length));
    bytes.remove_prefix(sequence.size());
    if (length == 0 || !IsXmlCharacter(sequence)) {
      for (const char c : sequence) {
        text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
      }
      continue;
    }
    const std::string_view entity = XmlEntity(sequence.front(), in_attribute);
    text += entity.empty() ? sequence : entity;
  }
  return text;
}

// Schemas want at least one character where a name stands, spaces at its ends not counted.
std::string NameOr(std::string_view name, std::string_view otherwise) {
  const bool blank = name.find_first_not_of(" \t\r\n") == std::string_view::npos;
  return XmlAttribute(blank ? otherwise : name);
}

// "2025-01-31T09:00:00Z" without its zone, which the older schema does not know.
std::string Timestamp(const std::string& started) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  const std::string stamp = started.substr(0, kForm.size());
  bool fits = stamp.size() == kForm.size();
  for (std::size_t i = 0; fits && i < stamp.size(); ++i) {
    fits = kForm[i] == '0' ? stamp[i] >= '0' && stamp[i] <= '9' : stamp[i] == kForm[i];
  }
  return fits ? stamp : "1970-01-01T00:00:00";
}

void AddOutcome(const CheckItem& item, std::string& xml) {
  const std::string message = XmlAttribute(item.message);
  if (item.state == ItemState::kSkipped) {
    xml += fmt::format("      <skipped message=\"{}: {}\"/>\n", XmlAttribute(item.type), message);
    return;
  }
  const char* const element = item.state == ItemState::kError ? "error" : "failure";
  std::string detail = item.message + "\n";
  if (!item.detail.empty()) detail += "\n" + item.detail;
  if (!item.command.empty()) detail += "\none such trial: " + item.command + "\n";
  xml += fmt::format("      <{0} message=\"{1}\" type=\"{2}\">{3}</{0}>\n", element, message,
                     XmlAttribute(item.type), XmlText(detail));
}

void AddTestCase(const CheckedScenario& scenario, const CheckItem& item, std::string& xml) {
  const std::string& name = scenario.name.empty() ? scenario.file : scenario.name;
  const std::string classname = item.its_case.empty() ? name : name + "." + item.its_case;
  xml += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{}\"",
                     NameOr(classname, "?"), NameOr(item.name, "?"), kNoTime);
  if (item.state == ItemState::kPassed) {
    xml += "/>\n";
    return;
  }
  xml += ">\n";
  AddOutcome(item, xml);
  xml += "    </testcase>\n";
}

void AddSuite(const CheckedScenario& scenario, std::size_t id, std::string_view hostname,
              std::string& xml) {
  xml += fmt::format(
      "  <testsuite id=\"{}\" package=\"{}\" name=\"{}\" timestamp=\"{}\" hostname=\"{}\" "
      "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\">\n",
      id, XmlAttribute(scenario.name), NameOr(scenario.file, "?"), Timestamp(scenario.started),
      NameOr(hostname, "localhost"), scenario.items.size(), scenario.Count(ItemState::kFailed),
      scenario.Count(ItemState::kError), scenario.Count(ItemState::kSkipped),
      std::max(0.0, scenario.seconds.value_or(0)));
  xml += "    <properties>\n";
  for (const auto& [name, value] : scenario.properties) {
    xml += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", NameOr(name, "?"),
                       XmlAttribute(value));
  }
  xml += "    </properties>\n";
  for (const CheckItem& item : scenario.items) AddTestCase(scenario, item, xml);
  xml += fmt::format("    <system-out>{}</system-out>\n    <system-err></system-err>\n",
                     XmlText(CheckInLines(scenario)));
  xml += "  </testsuite>\n";
}

}  // namespace

std::string XmlText(std::string_view bytes) { return XmlEscaped(bytes, false); }
std::string XmlAttribute(std::string_view bytes) { return XmlEscaped(bytes, true); }

std::string JUnitReport(std::span<const CheckedScenario> scenarios, std::string_view hostname) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (std::size_t i = 0; i < scenarios.size(); ++i) AddSuite(scenarios[i], i, hostname, xml);
  return xml + "</testsuites>\n";
}

}  // namespace tcplab
