#include "core/scenario/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "core/base/text.h"
#include "core/scenario/substitute.h"

namespace tcplab::internal {

using nlohmann::json;

namespace {

constexpr std::size_t kMostParameters = 100;

bool IsScalar(const json& value) {
  return value.is_string() || value.is_boolean() || value.is_number();
}

void ReadValue(const Node& node, std::vector<json>& values) {
  const json& value = node.value();
  if (!IsScalar(value)) {
    node.Mismatch("a string, a number, true or false");
    return;
  }
  if (value.is_string() && !ReadText(node, kMostTextBytes)) return;
  if (std::find(values.begin(), values.end(), value) != values.end()) {
    node.Error(fmt::format("{} stands twice on this axis; its cases would be the same",
                           ValuesText({value})));
    return;
  }
  values.push_back(value);
}

// The value itself: what the parameter takes it for stands beside it, perhaps after it.
void ReadExample(const Node& node, Question& question) {
  const json& value = node.value();
  if (value.is_string()) {
    if (auto text = ReadText(node, kMostTextBytes)) question.example = std::move(*text);
  } else if (value.is_number()) {
    question.example = value.dump();
  } else {
    node.Mismatch("an answer: a string, or a number");
  }
}

void CheckExample(const Node& node, const Question& question) {
  if (!node.value().is_object() || !node.Has("example") || !question.example) return;
  const Node example = node.Member("example");
  if (example.value().is_number() == question.is_number) return;
  example.Mismatch(question.is_number ? "a number, as the parameter is one"
                                      : "a string, as the parameter is one");
}

void ReadParameter(const Node& node, Parameter& parameter) {
  static constexpr auto kKinds = std::to_array<Word<bool>>({{"string", false}, {"number", true}});
  static constexpr auto kKeys = std::to_array<Field<Question>>({
      {"prompt",
       [](const Node& n, Question& q) {
         if (auto text = ReadText(n, kMostTextBytes)) q.prompt = std::move(*text);
       },
       true},
      {"type", [](const Node& n, Question& q) { WordInto<bool>(n, kKinds, q.is_number); }},
      {"example", ReadExample},
  });
  const json& value = node.value();
  if (value.is_array()) {
    if (value.empty()) node.Mismatch("an axis of at least one value");
    for (std::size_t i = 0; i < value.size() && !node.problems().full(); ++i) {
      if (i == kMostCases) {
        node.Error(fmt::format("found an axis of {} values; a matrix has at most {} cases",
                               value.size(), kMostCases));
        break;
      }
      ReadValue(node.Element(i), parameter.values);
    }
  } else if (value.is_object()) {
    Question question;
    question.parameter = parameter.name;
    ReadObject<Question>(node, "a parameter without a value", kKeys, question);
    CheckExample(node, question);
    parameter.question = std::move(question);
  } else {
    ReadValue(node, parameter.values);
  }
  parameter.declared = parameter.values;
}

// Whether JSON holds the number that was written. A whole number past 64 bits and a fraction past a
// double's digits would become another one, and nobody would be told.
bool IsHeldExactly(std::string_view text, const json& number) {
  if (!number.is_number_float()) return true;
  if (text.find_first_of(".eE") == std::string_view::npos) return false;
  std::string digits;
  for (const char c : text.substr(0, text.find_first_of("eE"))) {
    if (c >= '0' && c <= '9' && !(digits.empty() && c == '0')) digits += c;
  }
  digits.resize(digits.find_last_not_of('0') + 1);  // npos + 1 is 0: nothing but zeros
  const bool vanished = number == 0.0 && !digits.empty();
  return !vanished && digits.size() <= std::numeric_limits<double>::digits10;
}

// The text of a command line or of an answer as a value of the parameter's kind; nothing when it is
// of another.
std::optional<json> ParseLike(const std::string& text, const Parameter& parameter) {
  const std::vector<json>& like = parameter.declared;
  const bool wants_number = parameter.question && parameter.question->is_number;
  const auto all = [&](auto is_kind) { return std::all_of(like.begin(), like.end(), is_kind); };
  const auto any = [&](auto is_kind) { return std::any_of(like.begin(), like.end(), is_kind); };
  const auto is_text = [](const json& v) { return v.is_string(); };
  if (all(is_text) && !wants_number) return text;  // a prompt as well
  const json value = json::parse(text, nullptr, false);
  const bool is_number = value.is_number() && IsHeldExactly(text, value);
  const auto same_kind = [&](const json& v) {
    return (v.is_number() && is_number) || (v.is_boolean() && value.is_boolean());
  };
  if (any(same_kind) || (wants_number && is_number)) return value;
  if (any(is_text)) return text;
  return std::nullopt;
}

std::string KindText(const Parameter& parameter) {
  const std::vector<json>& values = parameter.declared;
  const bool numbers =
      parameter.question ||
      std::any_of(values.begin(), values.end(), [](const json& v) { return v.is_number(); });
  const bool booleans =
      std::any_of(values.begin(), values.end(), [](const json& v) { return v.is_boolean(); });
  if (numbers) return booleans ? "a number, true or false" : "a number";
  return "true or false";
}

// What is wrong with a text that is to become the parameter's value, or the value itself in
// `value`.
std::optional<std::string> ParseValue(const std::string& text, const Parameter& parameter,
                                      json& value) {
  if (!IsUtf8(text) || text.size() > kMostTextBytes) {
    return "the value is not UTF-8 text of at most 1 MiB";
  }
  if (auto parsed = ParseLike(text, parameter)) {
    value = std::move(*parsed);
    return std::nullopt;
  }
  const std::string kind = KindText(parameter);
  const bool too_long =
      kind.starts_with("a number") && json::parse(text, nullptr, false).is_number();
  return fmt::format("found {}, expected {}{}", Quoted(text), kind,
                     too_long ? " of at most 64 bits, or of 15 digits with a fraction" : "");
}

void ReportOption(Problems& problems, std::string_view option, const Assignment& assignment,
                  std::string_view message) {
  problems.Add({Severity::kError,
                Anchor::kCommandLine,
                {},
                fmt::format("{} {}: {}", option, Quoted(assignment.first + "=" + assignment.second),
                            message)});
}

// The parameter that an option names, and the value it gives; reported at the root otherwise.
const Parameter* ReadAssignment(const Node& root, std::string_view option,
                                const Parameters& parameters, const Assignment& assignment,
                                json& value) {
  const auto& [name, text] = assignment;
  const auto fail = [&](const std::string& message) {
    ReportOption(root.problems(), option, assignment, message);
  };
  const Parameter* const parameter = parameters.Find(name);
  if (name == kIndexParameter) {
    fail("\"index\" is the client's number and cannot be set");
  } else if (parameter == nullptr) {
    const std::vector<std::string_view> names = parameters.Names();
    fail(names.empty() ? "the scenario has no parameters"
                       : fmt::format("the scenario has no parameter {}; it has {}{}", Quoted(name),
                                     JoinWords(names, "and"), DidYouMean(name, names)));
  } else if (const auto problem = ParseValue(text, *parameter, value)) {
    fail(*problem);
  } else {
    return parameter;
  }
  return nullptr;
}

}  // namespace

void Parameters::Read(const Node& node) {
  if (!node.value().is_object()) {
    node.Mismatch("an object: names and values");
    return;
  }
  if (node.value().size() > kMostParameters) {
    node.Error(fmt::format("found {} parameters, expected at most {}", node.value().size(),
                           kMostParameters));
    return;
  }
  for (const auto& [name, unused] : node.value().items()) {
    const Node member = node.Member(name);
    if (name == kIndexParameter) {
      member.KeyError("\"index\" is the client's number; a parameter needs another name");
      continue;
    }
    if (!IsParameterName(name)) {
      member.KeyError(
          fmt::format("{} is no name of a parameter; expected letters, digits and _, not beginning "
                      "with a digit",
                      Quoted(name)));
      continue;
    }
    Parameter& parameter = parameters_.emplace_back();
    parameter.name = name;
    ReadParameter(member, parameter);
  }
}

void Parameters::Override(const Node& root, const std::vector<Assignment>& assignments) {
  for (const Assignment& assignment : assignments) {
    json value;
    const Parameter* const named = ReadAssignment(root, "--set", *this, assignment, value);
    if (named == nullptr) continue;
    parameters_[static_cast<std::size_t>(named - parameters_.data())].values = {std::move(value)};
  }
}

void Parameters::Ask(const Node& root, const Asker& ask, std::vector<Assignment>& assignments) {
  for (Parameter& parameter : parameters_) {
    if (!parameter.values.empty() || !parameter.question) continue;
    Question question = *parameter.question;
    for (int i = 0; i < kMostAnswers && parameter.values.empty(); ++i) {
      Result<std::string> answer = ask(question);
      if (!answer) {
        question.complaint = answer.error().message;
        break;
      }
      json value;
      if (auto problem = ParseValue(*answer, parameter, value)) {
        question.complaint = std::move(*problem);
        continue;
      }
      parameter.values = {std::move(value)};
      assignments.emplace_back(parameter.name, std::move(*answer));
    }
    if (!parameter.values.empty()) continue;
    const Node place = root.Member("parameters");
    place.Member(parameter.name)
        .Error(fmt::format("the parameter has no value: {}; give one with --set {}=...",
                           question.complaint, parameter.name));
    return;  // whoever did not answer this one is not asked for more
  }
}

void Parameters::StandIn() {
  for (Parameter& parameter : parameters_) {
    if (!parameter.values.empty() || !parameter.question) continue;
    parameter.values = {parameter.question->is_number ? json(1) : json("text")};
  }
}

bool Parameters::CheckMatrix(const Node& root) const {
  bool complete = true;
  std::size_t count = 1;
  bool too_many = false;
  for (const Parameter& parameter : parameters_) {
    if (parameter.values.empty()) {
      complete = false;
      if (!parameter.question) continue;  // reported when it was read
      const std::string& prompt = parameter.question->prompt;
      const Node place = root.Member("parameters");
      place.Member(parameter.name)
          .Error(
              fmt::format("the parameter has no value; give one with --set {}=...{}{}",
                          parameter.name, prompt.empty() ? "" : " (" + Quoted(prompt) + ")",
                          parameter.question->example ? ", or take its example: --examples" : ""));
      continue;
    }
    const std::size_t values = parameter.values.size();
    too_many = too_many || count > kMostCases / values;
    if (!too_many) count *= values;
  }
  if (!too_many) return complete;
  double total = 1;  // a double: the number may be past any integer
  for (const Parameter& parameter : parameters_) {
    total *= static_cast<double>(std::max<std::size_t>(1, parameter.values.size()));
  }
  root.Member("parameters")
      .Error(fmt::format("found a matrix of {:.{}g} cases, expected at most {}", total,
                         total < 1e15 ? 15 : 3, kMostCases));
  return false;
}

std::size_t Parameters::CaseCount() const {
  std::size_t count = 1;
  for (const Parameter& parameter : parameters_) count *= parameter.values.size();
  return count;
}

json Parameters::CaseAt(std::size_t index) const {
  json values = json::object();
  for (auto parameter = parameters_.rbegin(); parameter != parameters_.rend(); ++parameter) {
    values[parameter->name] = parameter->values[index % parameter->values.size()];
    index /= parameter->values.size();
  }
  return values;
}

const Parameter* Parameters::Find(std::string_view name) const {
  const auto found = std::find_if(parameters_.begin(), parameters_.end(),
                                  [&](const Parameter& p) { return p.name == name; });
  return found == parameters_.end() ? nullptr : &*found;
}

std::vector<std::string_view> Parameters::Names() const {
  std::vector<std::string_view> names;
  for (const Parameter& parameter : parameters_) names.emplace_back(parameter.name);
  return names;
}

bool CaseFilter::Keeps(const json& case_parameters) const {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& entry) {
    const auto& [name, values] = entry;
    return std::find(values.begin(), values.end(), case_parameters.at(name)) != values.end();
  });
}

CaseFilter ReadCaseFilter(const Node& root, const Parameters& parameters,
                          const std::vector<Assignment>& assignments) {
  CaseFilter filter;
  for (const Assignment& assignment : assignments) {
    json value;
    const Parameter* const named = ReadAssignment(root, "--case", parameters, assignment, value);
    if (named == nullptr) continue;
    const auto& values = named->values;
    if (std::find(values.begin(), values.end(), value) == values.end()) {
      ReportOption(root.problems(), "--case", assignment,
                   "no case has this value; there are " + ValuesText(values));
      continue;
    }
    const auto entry = std::find_if(filter.wanted.begin(), filter.wanted.end(),
                                    [&](const auto& other) { return other.first == named->name; });
    if (entry == filter.wanted.end()) {
      filter.wanted.push_back({named->name, {std::move(value)}});
    } else {
      entry->second.push_back(std::move(value));
    }
  }
  return filter;
}

std::string ValuesText(const std::vector<json>& values) {
  constexpr std::size_t kShown = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(values.size(), kShown); ++i) {
    text += (i == 0 ? "" : ", ") +
            (values[i].is_string() ? Quoted(ScalarText(values[i])) : values[i].dump());
  }
  return values.size() > kShown ? text + "..." : text;
}

std::string CaseText(const json& case_parameters) {
  std::string text;
  for (const auto& [name, value] : case_parameters.items()) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name,
                        value.is_string() ? Quoted(ScalarText(value)) : value.dump());
  }
  return text.empty() ? "the only case" : text;
}

}  // namespace tcplab::internal
