#include "core/compare/matching.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "core/base/text.h"
#include "core/result/json_writer.h"

namespace tcplab::internal {
namespace {

using nlohmann::json;

constexpr std::size_t kMostPlaces = 6;

// "A", "B"... "Z", "AA".
std::string Letter(std::size_t index) {
  std::string letters;
  for (std::size_t rest = index + 1; rest > 0; rest = (rest - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  }
  return letters;
}

std::string PlainText(const json& value) {
  return value.is_string() ? value.get<std::string>() : CanonicalJson(value);
}

Column ColumnOf(const ResultSource& source, std::size_t index) {
  Column column;
  column.source = index;
  column.label = Letter(index);
  column.name = source.name;
  std::set<std::string> environments;
  for (const auto& [key, document] : source.documents) {
    environments.insert(document.at("environment").at("id").get<std::string>());
  }
  column.environment = environments.size() == 1 ? *environments.begin() : "several environments";
  if (source.documents.size() == 1) {
    column.started = source.documents.begin()->second.at("run").value("started", "");
  }
  return column;
}

// Every value that a source's cases have for a parameter, in their order.
std::vector<json> ValuesOfParameter(const ResultSource& source, const std::string& name) {
  std::vector<json> values;
  for (const auto& [key, document] : source.documents) {
    for (const json& a_case : document.at("cases")) {
      const auto value = a_case.at("parameters").find(name);
      if (value == a_case.at("parameters").end()) continue;
      if (std::find(values.begin(), values.end(), *value) == values.end()) values.push_back(*value);
    }
  }
  return values;
}

tl::unexpected<Error> NoSuchParameter(const std::vector<ResultSource>& sources,
                                      const std::string& name, const char* option) {
  std::set<std::string> names;
  for (const ResultSource& source : sources) {
    for (const auto& [key, document] : source.documents) {
      for (const json& a_case : document.at("cases")) {
        for (const auto& item : a_case.at("parameters").items()) names.insert(item.key());
      }
    }
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view closest = ClosestWord(name, views);
  const std::string hint = !closest.empty() ? fmt::format("did you mean {}?", closest)
                           : views.empty()  ? std::string("there are no parameters")
                                            : "there are " + JoinWords(views, "and");
  return Invalid(
      fmt::format("{} {}: no case has such a parameter; {}", option, Printable(name), hint));
}

bool HasParameter(const std::vector<ResultSource>& sources, const std::string& name) {
  return std::any_of(sources.begin(), sources.end(), [&](const ResultSource& source) {
    return !ValuesOfParameter(source, name).empty();
  });
}

bool IsWanted(const json& parameters, const CompareOptions& options) {
  return std::all_of(options.cases.begin(), options.cases.end(), [&](const auto& wanted) {
    const auto value = parameters.find(wanted.first);
    if (value == parameters.end()) return false;
    // The same name twice: either value.
    return std::any_of(options.cases.begin(), options.cases.end(), [&](const auto& other) {
      return other.first == wanted.first && PlainText(*value) == other.second;
    });
  });
}

// Where two documents differ, as JSON pointers.
void FindDifferences(const json& a, const json& b, const std::string& pointer,
                     std::vector<std::string>& places) {
  if (a == b) return;
  if (a.is_object() && b.is_object()) {
    std::set<std::string> keys;
    for (const auto& item : a.items()) keys.insert(item.key());
    for (const auto& item : b.items()) keys.insert(item.key());
    static const json kNone;
    for (const std::string& key : keys) {
      FindDifferences(a.contains(key) ? a.at(key) : kNone, b.contains(key) ? b.at(key) : kNone,
                      pointer + "/" + key, places);
    }
    return;
  }
  if (a.is_array() && b.is_array() && a.size() == b.size()) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      FindDifferences(a[i], b[i], pointer + "/" + std::to_string(i), places);
    }
    return;
  }
  places.push_back(pointer.empty() ? "/" : pointer);
}

// What of a document can change what was measured, beside the scenario.
std::map<std::string, json> SettingsOf(const json& document) {
  std::map<std::string, json> settings;
  const json& environment = document.at("environment");
  for (const char* name : {"id", "os", "stack"}) {
    if (environment.contains(name)) settings[name] = environment.at(name);
  }
  for (const auto& [name, value] : environment.at("facets").items()) settings[name] = value;
  for (const char* name : {"kept_awake", "realtime", "jobs", "target"}) {
    const auto value = document.at("run").find(name);
    if (value != document.at("run").end()) settings[std::string("run.") + name] = *value;
  }
  const auto version = document.at("run").find("version");
  if (version != document.at("run").end()) settings["tcplab"] = *version;
  return settings;
}

std::map<std::string, std::string> SettingsOf(const ResultSource& source) {
  std::map<std::string, std::string> all;
  for (const auto& [key, document] : source.documents) {
    for (const auto& [name, value] : SettingsOf(document)) {
      const auto [place, is_new] = all.try_emplace(name, PlainText(value));
      if (!is_new && place->second != PlainText(value)) place->second = "(varies)";
    }
  }
  return all;
}

}  // namespace

bool IsSameRun(const json& a, const json& b) {
  return a.at("run") == b.at("run") && a.at("environment") == b.at("environment") &&
         a.at("scenario") == b.at("scenario");
}

double LongestDelayMs(const json& document) {
  double longest = 0;
  for (const json& a_case : document.at("cases")) {
    const json::json_pointer pointer("/health/max_delay_ms");
    if (!a_case.contains(pointer) || !a_case.at(pointer).is_number()) continue;
    longest = std::max(longest, a_case.at(pointer).get<double>());
  }
  return longest;
}

Result<std::vector<Column>> ColumnsOf(const std::vector<ResultSource>& sources,
                                      const CompareOptions& options) {
  for (const auto& [name, value] : options.cases) {
    if (!HasParameter(sources, name)) return NoSuchParameter(sources, name, "--case");
  }
  std::vector<Column> columns;
  if (!options.across) {
    for (std::size_t i = 0; i < sources.size(); ++i) columns.push_back(ColumnOf(sources[i], i));
    return columns;
  }
  if (!HasParameter(sources, *options.across)) {
    return NoSuchParameter(sources, *options.across, "--across");
  }
  for (std::size_t i = 0; i < sources.size(); ++i) {
    // The same file twice says nothing more than once.
    const bool again = std::any_of(
        sources.begin(), sources.begin() + static_cast<std::ptrdiff_t>(i),
        [&](const ResultSource& before) { return before.documents == sources[i].documents; });
    if (again) continue;
    for (const json& value : ValuesOfParameter(sources[i], *options.across)) {
      Column column = ColumnOf(sources[i], i);
      const std::string text = *options.across + "=" + Printable(PlainText(value), 40);
      column.label = sources.size() == 1 ? text : column.label + " " + text;
      column.value = value;
      columns.push_back(std::move(column));
    }
  }
  if (columns.size() >= 2) {
    // Labels need a letter only where there are several sources.
    const bool one_source = columns.front().source == columns.back().source;
    for (Column& column : columns) {
      if (one_source) {
        column.label = *options.across + "=" + Printable(PlainText(*column.value), 40);
      }
    }
    return columns;
  }
  return Invalid(fmt::format("--across {}: it has one value only, {}: there is nothing to compare",
                             Printable(*options.across), columns.front().label));
}

std::vector<MatchedCase> MatchCases(const std::vector<ResultSource>& sources,
                                    const std::vector<Column>& columns,
                                    const CompareOptions& options) {
  std::set<std::string> keys;
  for (const ResultSource& source : sources) {
    for (const auto& [key, document] : source.documents) keys.insert(key);
  }
  std::vector<MatchedCase> matched;
  for (const std::string& key : keys) {
    std::map<std::string, std::size_t> places;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const auto document = sources[columns[c].source].documents.find(key);
      if (document == sources[columns[c].source].documents.end()) continue;
      for (const json& a_case : document->second.at("cases")) {
        json parameters = a_case.at("parameters");
        if (!IsWanted(parameters, options)) continue;
        if (columns[c].value) {
          const auto value = parameters.find(*options.across);
          if (value == parameters.end() || *value != *columns[c].value) continue;
          parameters.erase(*options.across);
        }
        const auto [place, is_new] = places.try_emplace(CanonicalJson(parameters), matched.size());
        if (is_new) {
          matched.push_back(
              {key, std::move(parameters), std::vector<const json*>(columns.size(), nullptr)});
        }
        matched[place->second].cases[c] = &a_case;
      }
    }
  }
  return matched;
}

std::vector<Setting> DifferentSettings(const std::vector<ResultSource>& sources,
                                       const std::vector<Column>& columns) {
  std::vector<std::map<std::string, std::string>> all;
  std::set<std::string> names;
  for (const Column& column : columns) {
    all.push_back(SettingsOf(sources[column.source]));
    for (const auto& [name, value] : all.back()) names.insert(name);
  }
  std::vector<Setting> different;
  for (const std::string& name : names) {
    Setting setting{name, {}};
    for (const auto& settings : all) {
      const auto value = settings.find(name);
      setting.values.push_back(value == settings.end() ? "(not told)" : value->second);
    }
    const bool same = std::all_of(setting.values.begin(), setting.values.end(),
                                  [&](const auto& value) { return value == setting.values[0]; });
    if (!same) different.push_back(std::move(setting));
  }
  return different;
}

std::vector<std::string> NotesOn(const std::vector<ResultSource>& sources,
                                 const std::vector<Column>& columns) {
  std::vector<std::string> notes;
  const std::size_t first = columns.front().source;
  for (std::size_t s = 0; s < sources.size() && columns.front().source != columns.back().source;
       ++s) {
    double longest = 0;
    for (const auto& [key, document] : sources[s].documents) {
      longest = std::max(longest, LongestDelayMs(document));
    }
    if (longest <= kBusyDelayMs) continue;
    notes.push_back(
        fmt::format("the machine of {} was busy (an actor was up to {:.0f} ms late): what varies "
                    "there may be its doing",
                    Letter(s), longest));
  }
  for (std::size_t s = first + 1; s < sources.size(); ++s) {
    std::size_t same_runs = 0;
    for (const auto& [key, a] : sources[first].documents) {
      const auto found = sources[s].documents.find(key);
      if (found == sources[s].documents.end()) continue;
      const json& b = found->second;
      same_runs += IsSameRun(a, b) ? 1 : 0;
      const bool other_hash =
          a.at("scenario").value("sha256", "") != b.at("scenario").value("sha256", "");
      std::vector<std::string> places;
      FindDifferences(a.at("scenario").at("document"), b.at("scenario").at("document"), "", places);
      if (places.empty() && !other_hash) continue;
      const std::size_t all = places.size();
      if (all > kMostPlaces) places.resize(kMostPlaces);
      const std::vector<std::string_view> views(places.begin(), places.end());
      notes.push_back(fmt::format(
          "{}{} and {} ran different scenarios{}{}", key.empty() ? "" : key + ": ", Letter(first),
          Letter(s),
          places.empty() ? std::string(": their SHA-256 differ")
                         : ": they differ at " + JoinWords(views, "and"),
          all > kMostPlaces ? fmt::format(" and at {} more places", all - kMostPlaces) : ""));
    }
    if (same_runs > 0) {
      notes.push_back(
          fmt::format("{} and {} are {} of one run (the same start, seed and duration): their "
                      "trials are compared one by one",
                      Letter(first), Letter(s),
                      same_runs == 1 ? "copies" : fmt::format("{} copies", same_runs)));
    }
  }
  return notes;
}

}  // namespace tcplab::internal
