#include "core/scenario/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/scenario/cases.h"
#include "core/scenario/expectations.h"
#include "core/scenario/parameters.h"
#include "core/scenario/warnings.h"

namespace tcplab::internal {
namespace {

constexpr std::int64_t kMostTrials = 100'000;

// What the top level says directly.
struct Header {
  Scenario scenario;
  std::optional<bool> sensitive;
};

constexpr auto kTimingWords =
    std::to_array<Word<bool>>({{"sensitive", true}, {"insensitive", false}});
constexpr auto kLocalErrorsWords = std::to_array<Word<bool>>({{"data", true}});

void TextInto(const Node& node, std::string& out) {
  if (auto text = ReadText(node, kMostTextBytes)) out = std::move(*text);
}

void ReadName(const Node& node, Header& header) {
  TextInto(node, header.scenario.name);
  if (node.value() == "") node.Mismatch("a name");
}

void ReadSources(const Node& node, Header& header) {
  if (!ExpectList(node, "strings")) return;
  for (std::size_t i = 0; i < node.value().size() && !node.problems().full(); ++i) {
    TextInto(node.Element(i), header.scenario.source.emplace_back());
  }
}

void ReadTrials(const Node& node, Header& header) {
  if (node.value().is_string()) {
    node.Mismatch(fmt::format(
        "a whole number from 1 to {}: all cases have the same number of trials", kMostTrials));
    return;
  }
  WholeInto(node, 1, kMostTrials, header.scenario.trials);
}

void ReadTiming(const Node& node, Header& header) {
  bool sensitive = false;
  WordInto<bool>(node, kTimingWords, sensitive);
  header.sensitive = sensitive;
}

// Read once the parameters are known.
void ReadLater(const Node& /*node*/, Header& /*header*/) {}

constexpr auto kHeaderFields = std::to_array<Field<Header>>({
    {"$schema",
     [](const Node& n, Header& /*header*/) {
       std::string unused;
       TextInto(n, unused);
     }},
    {"name", ReadName, true},
    {"summary", [](const Node& n, Header& h) { TextInto(n, h.scenario.summary); }},
    {"source", ReadSources},
    {"parameters", ReadLater},
    {"trials", ReadTrials},
    {"window_ms", ReadLater},
    {"timing", ReadTiming},
    {"local_errors",
     [](const Node& n, Header& h) {
       WordInto<bool>(n, kLocalErrorsWords, h.scenario.local_errors_are_data);
     }},
    {"server", ReadLater, true},
    {"servers", ReadLater},
    {"clients", ReadLater, true},
    {"expect", ReadLater},
});

// Standard input is there once: for one client, in one trial of one case.
void CheckStdin(const Node& root, const CaseFilter& filter,
                const std::optional<std::uint32_t>& trials_option, Scenario& scenario) {
  if (!SendsStdin(scenario)) return;
  const auto cases =
      std::count_if(scenario.cases.begin(), scenario.cases.end(),
                    [&](const Case& a_case) { return filter.Keeps(a_case.parameters); });
  if (cases > 1) {
    root.Member("parameters")
        .Error(fmt::format(
            "found {} cases, expected one: the scenario sends standard input, which can be read "
            "only once (--set or --case leaves one case)",
            cases));
  }
  if (root.Has("trials") && scenario.trials != 1) {
    root.Member("trials").Error(
        fmt::format("found {} trials, expected 1: the scenario sends standard input, which can be "
                    "read only once",
                    scenario.trials));
  }
  if (trials_option.value_or(1) != 1) {
    root.problems().Add(
        {Severity::kError,
         Anchor::kCommandLine,
         {},
         fmt::format(
             "--trials {}: expected 1: the scenario sends standard input, which can be read "
             "only once",
             *trials_option)});
  }
  scenario.trials = 1;
}

std::set<std::string, std::less<>> LabelsOf(const Scenario& scenario) {
  std::set<std::string, std::less<>> labels;
  const auto add = [&](const Script& script) {
    for (const Step& step : script) {
      if (!step.label.empty()) labels.insert(step.label);
    }
  };
  for (const Case& a_case : scenario.cases) {
    for (const ServerSpec& server : a_case.servers) add(server.script);
    for (const ClientGroup& group : a_case.clients) add(group.script);
  }
  return labels;
}

// With a list of servers there is no single one.
std::vector<Field<Header>> HeaderFieldsFor(const Node& root) {
  std::vector<Field<Header>> fields(kHeaderFields.begin(), kHeaderFields.end());
  if (!root.Has("servers")) return fields;
  for (Field<Header>& field : fields) field.required = field.required && field.key != "server";
  if (root.Has("server")) {
    root.Member("servers").KeyError(
        "found \"server\" and \"servers\", expected one of them: a server, or a list of them");
  }
  return fields;
}

}  // namespace

Scenario ReadDocument(const Node& root, const LoadOptions& options) {
  Header header;
  Scenario& scenario = header.scenario;
  const std::vector<Field<Header>> fields = HeaderFieldsFor(root);
  if (!ReadObject<Header>(root, "a scenario", fields, header)) return scenario;

  Parameters parameters;
  if (root.Has("parameters")) parameters.Read(root.Member("parameters"));
  CheckReferences(root, parameters);
  parameters.Override(root, options.overrides);
  scenario.assignments = options.overrides;
  if (options.ask && !root.problems().has_errors()) {
    parameters.Ask(root, options.ask, scenario.assignments);
  } else if (options.ask) {
    parameters.StandIn();  // something is wrong already: nobody is asked, and the rest is checked
  }
  const CaseFilter filter = ReadCaseFilter(root, parameters, options.only_cases);
  if (parameters.CheckMatrix(root)) BuildCases(root, parameters, options.allow_remote, scenario);
  CheckStdin(root, filter, options.trials, scenario);
  if (root.Has("expect")) {
    const ExpectationContext context{parameters, LabelsOf(scenario), !root.problems().has_errors(),
                                     scenario.trials};
    scenario.expectations = ReadExpectations(root.Member("expect"), context);
  }
  if (options.trials) {
    if (*options.trials < 1 || *options.trials > kMostTrials) {
      root.problems().Add({Severity::kError,
                           Anchor::kCommandLine,
                           {},
                           fmt::format("--trials {}: expected a number from 1 to {}",
                                       *options.trials, kMostTrials)});
    }
    scenario.trials = SendsStdin(scenario) ? 1 : *options.trials;
  }
  if (root.problems().has_errors()) return scenario;
  scenario.document = root.value();

  ChooseIo(scenario);
  scenario.sensitive = header.sensitive.value_or(ClientsStartTogether(scenario));
  AddWarnings(root, scenario);
  std::erase_if(scenario.cases, [&](const Case& c) { return !filter.Keeps(c.parameters); });
  if (scenario.cases.empty()) {
    root.problems().Add(
        {Severity::kError, Anchor::kCommandLine, {}, "--case: no case has all these values"});
  }
  return scenario;
}

}  // namespace tcplab::internal
