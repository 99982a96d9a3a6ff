#include "core/stack/stack.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"
#include "core/net/address.h"
#include "core/scenario/diagnostics.h"
#include "core/scenario/json_text.h"
#include "core/scenario/node.h"
#include "core/scenario/when.h"

namespace tcplab {
namespace {

using internal::Field;
using internal::Node;
using internal::Problems;
using nlohmann::json;

constexpr std::size_t kMostWordBytes = 4096;
constexpr double kLongestSeconds = 86'400;
constexpr auto kPlaceholders =
    std::to_array<std::string_view>({"{scratch}", "{stacks}", "{runner}"});

// A word in braces has to be a placeholder: a misspelt one would be a name of a file. Shells have
// braces of their own.
void CheckPlaceholders(const Node& node, const std::string& word) {
  for (std::size_t at = word.find('{'); at != std::string::npos; at = word.find('{', at + 1)) {
    const std::size_t end = word.find('}', at);
    if (end == std::string::npos) return;
    const std::string found = word.substr(at, end - at + 1);
    const std::string inner = found.substr(1, found.size() - 2);
    const bool other = inner.empty() || (at > 0 && word[at - 1] == '$') ||
                       inner.find_first_not_of("abcdefghijklmnopqrstuvwxyz") != std::string::npos;
    const bool known =
        std::find(kPlaceholders.begin(), kPlaceholders.end(), found) != kPlaceholders.end();
    if (other || known) continue;
    node.Error(fmt::format("found the placeholder {}, expected {}{}", internal::Quoted(found),
                           JoinWords(kPlaceholders), internal::DidYouMean(found, kPlaceholders)));
  }
}

std::optional<std::string> ReadWord(const Node& node) {
  std::optional<std::string> word = internal::ReadText(node, kMostWordBytes);
  if (!word) return std::nullopt;
  if (word->empty() || word->find('\0') != std::string::npos) {
    node.Mismatch("a word of a command");
    return std::nullopt;
  }
  CheckPlaceholders(node, *word);
  return word;
}

void ReadCommand(const Node& node, Stack& stack) {
  if (!internal::ExpectList(node, "words: the program and its arguments")) return;
  if (node.value().empty()) node.Mismatch("at least one word: the program");
  for (std::size_t i = 0; i < node.value().size() && !node.problems().full(); ++i) {
    stack.command.push_back(ReadWord(node.Element(i)).value_or(""));
  }
}

void ReadPackages(const Node& node, Stack& stack) {
  if (!internal::ExpectList(node, "names of packages")) return;
  for (std::size_t i = 0; i < node.value().size() && !node.problems().full(); ++i) {
    internal::NameInto(node.Element(i), stack.packages.emplace_back());
  }
}

constexpr auto kInabilityFields = std::to_array<Field<Inability>>({
    {"feature",
     [](const Node& node, Inability& out) {
       const auto text = internal::ReadText(node, kMostWordBytes);
       if (!text) return;
       out.feature = *text;
       if (const std::string expected = WhyNoFeature(*text); !expected.empty()) {
         node.Mismatch(expected);
       }
     },
     true},
    {"reason",
     [](const Node& node, Inability& out) {
       out.reason = internal::ReadText(node, kMostWordBytes).value_or("");
       if (node.value() == "") node.Mismatch("why, for whoever reads the result");
     },
     true},
});

void ReadInabilities(const Node& node, Stack& stack) {
  if (!internal::ExpectList(node, "features and reasons")) return;
  for (std::size_t i = 0; i < node.value().size() && !node.problems().full(); ++i) {
    internal::ReadObject<Inability>(node.Element(i), "what a stack cannot do", kInabilityFields,
                                    stack.cannot.emplace_back());
  }
}

// What of an environment a stack can be known by.
std::vector<std::string_view> RecognisedBy() {
  std::vector<std::string_view> names = {"id", "os", "stack"};
  for (const std::string_view facet : internal::FacetNames()) {
    if (facet != "os") names.push_back(facet);
  }
  return names;
}

void ReadRecognise(const Node& node, Stack& stack) {
  if (!node.value().is_object() || node.value().empty()) {
    node.Mismatch(R"(an object such as {"stack": "gvisor"}, by which its results are known)");
    return;
  }
  const std::vector<std::string_view> names = RecognisedBy();
  for (const auto& [name, value] : node.value().items()) {
    if (node.problems().full()) return;
    const Node place = node.Member(name);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      place.KeyError(fmt::format("an environment has no {}; expected {}{}", internal::Quoted(name),
                                 JoinWords(names), internal::DidYouMean(name, names)));
    } else if (!value.is_string() && !value.is_number()) {
      place.Mismatch("a word or a number");
    }
  }
  stack.recognise = node.value();
}

void ReadAddress(const Node& node, Stack& stack) {
  const auto text = internal::ReadText(node, kMostWordBytes);
  if (!text) return;
  const Result<Address> address = Address::Parse(*text, 0);
  if (!address || address->is_ipv6() || address->is_wildcard()) {
    return node.Mismatch("an IPv4 address by which servers in there are reached");
  }
  stack.address = *text;
}

constexpr auto kStackFields = std::to_array<Field<Stack>>({
    {"name", [](const Node& n, Stack& s) { internal::NameInto(n, s.name); }, true},
    {"summary", [](const Node& n,
                   Stack& s) { s.summary = internal::ReadText(n, kMostWordBytes).value_or(""); }},
    {"command", ReadCommand, true},
    {"runner", [](const Node& n, Stack& s) { s.runner = ReadWord(n).value_or(""); }},
    {"server_agent",
     [](const Node& n, Stack& s) {
       s.server_agent = ReadWord(n).value_or("");
       if (s.server_agent.find("{scratch}") != std::string::npos) {
         n.Error("{scratch} is not there yet when the program is asked what it is");
       }
     }},
    {"address", ReadAddress},
    {"recognise", ReadRecognise, true},
    {"cannot", ReadInabilities},
    {"packages", ReadPackages},
    {"jobs", [](const Node& n, Stack& s) { internal::WholeInto(n, 1, 1024, s.jobs); }},
    {"limit_seconds",
     [](const Node& n, Stack& s) {
       internal::NumberInto(n, 0.1, kLongestSeconds, s.limit_seconds);
     }},
});

struct StacksFile {
  std::vector<Stack> stacks;
};

void ReadStackList(const Node& node, StacksFile& out) {
  if (!internal::ExpectList(node, "stacks")) return;
  for (std::size_t i = 0; i < node.value().size() && !node.problems().full(); ++i) {
    const Node place = node.Element(i);
    Stack stack;
    if (!internal::ReadObject<Stack>(place, "a stack", kStackFields, stack)) continue;
    const bool twice = std::any_of(out.stacks.begin(), out.stacks.end(),
                                   [&](const Stack& other) { return other.name == stack.name; });
    if (twice && place.Has("name")) place.Member("name").Error("this name is there twice");
    out.stacks.push_back(std::move(stack));
  }
}

constexpr auto kFileFields = std::to_array<Field<StacksFile>>({
    {"$schema", [](const Node& /*node*/, StacksFile& /*out*/) {}},
    {"stacks", ReadStackList, true},
});

void Replace(std::string& word, std::string_view placeholder, const std::string& by) {
  for (std::size_t at = word.find(placeholder); at != std::string::npos;
       at = word.find(placeholder, at + by.size())) {
    word.replace(at, placeholder.size(), by);
  }
}

void ReplaceAll(std::string& word, const Stack& stack, const StackPlaces& places) {
  std::error_code ignored;
  const std::string folder =
      std::filesystem::absolute(stack.file, ignored).parent_path().lexically_normal().string();
  Replace(word, "{scratch}", places.scratch);
  Replace(word, "{stacks}", folder);
  Replace(word, "{runner}", places.runner);
}

// A facet that is a hint counts by what was found.
json ValueThere(const json& environment, const std::string& name) {
  const json& facets = environment.at("facets");
  const json value = environment.contains(name) ? environment[name] : facets.value(name, json());
  return value.is_object() && value.contains("found") ? value["found"] : value;
}

}  // namespace

LoadedStacks LoadStacksText(const std::string& text, const std::string& file) {
  LoadedStacks loaded;
  json document;
  if (auto error = internal::ParseJsonText(text, document)) {
    const internal::Place place = internal::PlaceOf(text, error->offset);
    loaded.diagnostics.push_back({Severity::kError, file, place.line, place.column,
                                  std::move(error->pointer), std::move(error->message)});
    return loaded;
  }
  Problems problems;
  StacksFile read;
  internal::ReadObject<StacksFile>(Node(document, problems), "a file of stacks", kFileFields, read);
  loaded.diagnostics = internal::PlaceProblems(problems, text, file);
  if (problems.has_errors()) return loaded;
  loaded.stacks = std::move(read.stacks);
  for (Stack& stack : loaded.stacks) stack.file = file;
  return loaded;
}

LoadedStacks LoadStacksFile(const std::string& path) {
  std::string text;
  if (auto problem = internal::ReadTextFile(path, "a file of stacks", text)) {
    return {{}, {{Severity::kError, path, 0, 0, {}, std::move(*problem)}}};
  }
  return LoadStacksText(text, path);
}

Result<Stack> FindStack(const std::vector<Stack>& stacks, const std::string& name,
                        const std::string& option) {
  std::vector<std::string_view> names;
  for (const Stack& stack : stacks) {
    if (stack.name == name) return stack;
    names.push_back(stack.name);
  }
  const std::string_view closest = ClosestWord(name, names);
  const std::string there = names.empty() ? "the file has none" : "expected " + JoinWords(names);
  return Invalid(fmt::format("{} {}: there is no such stack; {}", option, Printable(name),
                             closest.empty() ? there : fmt::format("did you mean {}?", closest)));
}

std::vector<std::string> StackCommand(const Stack& stack, const StackPlaces& places) {
  std::vector<std::string> command = stack.command;
  command.push_back(stack.runner);
  for (std::string& word : command) ReplaceAll(word, stack, places);
  return command;
}

std::string ServerAgentOf(const Stack& stack, const std::string& runner) {
  std::string program = stack.server_agent;
  ReplaceAll(program, stack, {"", runner});
  return program;
}

std::optional<std::string> WhyNotRecognised(const Stack& stack, const json& environment) {
  for (const auto& [name, wanted] : stack.recognise.items()) {
    const json found = ValueThere(environment, name);
    if (found == wanted) continue;
    return fmt::format("its result is of {}, whose {} is {}, and not {} as {} says",
                       environment.at("id").get<std::string>(), name, found.dump(), wanted.dump(),
                       stack.file);
  }
  return std::nullopt;
}

}  // namespace tcplab
