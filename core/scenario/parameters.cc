#include "core/scenario/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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

void ReadParameter(const Node& node, Parameter& parameter) {
  struct Prompt {
    std::string text;
  };
  static constexpr auto kKeys = std::to_array<Field<Prompt>>({
      {"prompt",
       [](const Node& n, Prompt& p) {
         if (auto text = ReadText(n, kMostTextBytes)) p.text = std::move(*text);
       },
       true},
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
    Prompt prompt;
    ReadObject<Prompt>(node, "a parameter without a value", kKeys, prompt);
    parameter.prompt = std::move(prompt.text);
  } else {
    ReadValue(node, parameter.values);
  }
  parameter.declared = parameter.values;
}

// The text of a command line as a value of the kind that `like` holds.
std::optional<json> ParseLike(const std::string& text, const std::vector<json>& like) {
  const auto all = [&](auto is_kind) { return std::all_of(like.begin(), like.end(), is_kind); };
  const auto any = [&](auto is_kind) { return std::any_of(like.begin(), like.end(), is_kind); };
  const auto is_text = [](const json& v) { return v.is_string(); };
  if (all(is_text)) return text;  // a prompt as well
  const json value = json::parse(text, nullptr, false);
  const auto same_kind = [&](const json& v) {
    return (v.is_number() && value.is_number()) || (v.is_boolean() && value.is_boolean());
  };
  if (any(same_kind)) return value;
  if (any(is_text)) return text;
  return std::nullopt;
}

std::string KindText(const std::vector<json>& values) {
  const bool numbers =
      std::any_of(values.begin(), values.end(), [](const json& v) { return v.is_number(); });
  const bool booleans =
      std::any_of(values.begin(), values.end(), [](const json& v) { return v.is_boolean(); });
  if (numbers) return booleans ? "a number, true or false" : "a number";
  return "true or false";
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
  } else if (!IsUtf8(text) || text.size() > kMostTextBytes) {
    fail("the value is not UTF-8 text of at most 1 MiB");
  } else if (auto parsed = ParseLike(text, parameter->declared)) {
    value = std::move(*parsed);
    return parameter;
  } else {
    fail(fmt::format("found {}, expected {}", Quoted(text), KindText(parameter->declared)));
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
    parameters_.push_back({name, {}, {}, std::nullopt});
    ReadParameter(member, parameters_.back());
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

bool Parameters::CheckMatrix(const Node& root) const {
  bool complete = true;
  std::size_t count = 1;
  bool too_many = false;
  for (const Parameter& parameter : parameters_) {
    if (parameter.values.empty()) {
      complete = false;
      if (!parameter.prompt) continue;  // reported when it was read
      const Node place = root.Member("parameters");
      place.Member(parameter.name)
          .Error(fmt::format(
              "the parameter has no value; give one with --set {}=...{}", parameter.name,
              parameter.prompt->empty() ? "" : " (" + Quoted(*parameter.prompt) + ")"));
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
