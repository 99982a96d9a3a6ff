#include "runner/case_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "core/base/text.h"
#include "core/result/status.h"
#include "runner/describe.h"
#include "runner/expectation_words.h"
#include "runner/value_rows.h"
#include "runner/value_words.h"

namespace tcplab {
namespace {

using nlohmann::json;

constexpr std::size_t kValueBytes = 240;

Tone ToneOf(ResultStatus status) {
  switch (status) {
    case ResultStatus::kOk:
      return Tone::kGood;
    case ResultStatus::kUnsupported:
    case ResultStatus::kInterrupted:
      return Tone::kDoubtful;
    case ResultStatus::kFailed:
    case ResultStatus::kError:
      return Tone::kBad;
  }
  return Tone::kBad;
}

bool AnyValue(const json& values, bool (*is_worth_a_row)(const json&)) {
  return std::any_of(values.begin(), values.end(),
                     [&](const json& entry) { return is_worth_a_row(entry.at("value")); });
}

bool AnyNotEmpty(const json& list) {
  return std::any_of(list.begin(), list.end(),
                     [](const json& element) { return !element.empty(); });
}

bool AnyUnusualEnd(const json& ends) {
  for (const json& side : ends) {
    for (const json& end : side) {
      if (!end.is_null() && end != "open" && end != "eof") return true;
    }
  }
  return false;
}

bool AnyUnusualSend(const json& clients) {
  for (const json& outcomes : clients) {
    for (const auto& [word, count] : outcomes.items()) {
      if (!word.starts_with("ok")) return true;
    }
  }
  return false;
}

// Clients: who was connected, in which order, and what came back.
void AddClientRows(TextLayout& layout, const json& a_case, std::uint64_t measured) {
  const json& outcomes = ValuesOf(a_case, "connect_outcomes");
  AddValueRows(layout, "clients", outcomes, measured,
               [](const json& value) { return ValueInWords("connect_outcomes", value); });
  const bool several = AnyValue(outcomes, [](const json& value) { return value.size() > 1; });
  const auto ranges = [](const json& value) { return ValueInWords("accept_order", value); };
  for (const auto& [observation, label] :
       {std::pair("accept_order", "accept order"), std::pair("queue_order", "queue order")}) {
    const json& orders = ValuesOf(a_case, observation);
    if (several && AnyValue(orders, [](const json& value) { return !value.empty(); })) {
      AddValueRows(layout, label, orders, measured, ranges);
    }
  }
  const json& servers = ValuesOf(a_case, "accepted_by");
  if (AnyValue(servers, [](const json& value) { return !value.empty(); })) {
    AddValueRows(layout, "accepted by", servers, measured,
                 [](const json& value) { return ValueInWords("accepted_by", value); });
  }
  const json& replies = ValuesOf(a_case, "replies");
  if (AnyValue(replies, AnyNotEmpty)) {
    AddValueRows(layout, "replies", replies, measured,
                 [](const json& value) { return ValueInWords("replies", value); });
  }
}

// Streams: sizes, and whatever did not go as it should.
void AddStreamRows(TextLayout& layout, const json& a_case, std::uint64_t measured) {
  AddRecvRows(layout, ValuesOf(a_case, "recv_histogram"), measured);
  const json& sends = ValuesOf(a_case, "send_results");
  if (AnyValue(sends, AnyUnusualSend)) {
    AddValueRows(layout, "sends", sends, measured,
                 [](const json& value) { return ValueInWords("send_results", value); });
  }
  const json& ends = ValuesOf(a_case, "stream_end");
  if (AnyValue(ends, AnyUnusualEnd)) {
    AddValueRows(layout, "streams", ends, measured,
                 [](const json& value) { return ValueInWords("stream_end", value); });
  }
}

// One row a label: values of different labels are counted apart.
void AddStepRows(TextLayout& layout, const json& a_case, std::uint64_t measured) {
  const json& values = ValuesOf(a_case, "steps");
  std::map<std::string, json> by_label;
  for (const json& entry : values) {
    for (const auto& [label, actors] : entry.at("value").items()) {
      by_label[label].push_back({{"value", actors}, {"trials", entry.at("trials")}});
    }
  }
  for (const auto& [label, of_label] : by_label) {
    AddValueRows(layout, "step " + Printable(label, 30), of_label, measured,
                 [](const json& value) { return ValueInWords("steps.", value); });
  }
}

// Which trial to look at, and how.
void AddCommand(TextLayout& layout, const json& a_case, const json& entry,
                const TrialCommands& commands) {
  if (!commands) return;
  std::optional<std::size_t> trial;
  if (entry.contains("trial")) trial = entry["trial"].get<std::size_t>();
  const std::string command = commands(a_case.at("parameters"), trial);
  if (!command.empty()) layout.Verbatim("    see: " + command);
}

void AddExpectationRows(TextLayout& layout, const json& a_case, std::uint64_t measured,
                        const TrialCommands& commands) {
  const json& expectations = a_case.at("expectations");
  if (expectations.empty()) return;
  const auto met = static_cast<std::size_t>(
      std::count_if(expectations.begin(), expectations.end(),
                    [](const json& entry) { return entry.at("met").get<bool>(); }));
  const bool all = met == expectations.size();
  layout.Row("expected", "",
             fmt::format("{} of {} met", met, Counted(expectations.size(), "expectation")),
             all ? Tone::kGood : Tone::kBad);
  for (const json& entry : expectations) {
    if (entry.at("met").get<bool>()) continue;
    std::string text =
        fmt::format("expected {} in {} or more", ExpectationInWords(entry.at("expect")),
                    Counted(entry.at("needed").get<std::uint64_t>(), "trial"));
    if (const std::string seen = SeenInWords(entry); !seen.empty()) text += "; " + seen;
    layout.Row("not met", HowOften(entry.at("trials").get<std::uint64_t>(), measured), text,
               Tone::kBad);
    AddCommand(layout, a_case, entry, commands);
    layout.EndOfRows();
  }
}

// Only what gives reason to doubt the figures above.
void AddHealthRows(TextLayout& layout, const json& a_case) {
  constexpr double kDoubtfulDelayMs = 10;
  constexpr double kDoubtfulGapMs = 20;
  const json& health = a_case.at("health");
  const auto doubt = [&](const std::string& text) {
    layout.Row("doubtful", "", text, Tone::kDoubtful);
  };
  const auto count = [&](const char* key) { return health.at(key).get<std::uint64_t>(); };
  const auto ms = [&](const char* key) { return health.at(key).get<double>(); };
  const auto clock_bound_ms = health.value("clock_bound_ms", 0.0);
  if (!health.at("bytes_conserved").get<bool>() && clock_bound_ms > 0) {
    doubt("bytes were received before they were sent, as far as two clocks can tell");
  } else if (!health.at("bytes_conserved").get<bool>()) {
    doubt(
        "bytes were received that nobody had sent, or in another order: the instrument is broken");
  }
  if (count("disturbed") > 0) {
    doubt("the machine stood still in " + Counted(count("disturbed"), "trial") +
          ", which did not count and was run again");
  }
  if (ms("max_delay_ms") > kDoubtfulDelayMs) {
    doubt(
        fmt::format("an actor was up to {:.1f} ms late: the machine was busy", ms("max_delay_ms")));
  }
  if (ms("freeze_gap_ms") > kDoubtfulGapMs) {
    doubt(fmt::format("up to {:.1f} ms passed between the freeze and the end of the drain",
                      ms("freeze_gap_ms")));
  }
  // What the other delays may be, times of two clocks may be as well.
  if (clock_bound_ms > kDoubtfulDelayMs) {
    doubt(fmt::format("times of clients and servers may be off by {:.1f} ms: their clocks differ",
                      clock_bound_ms));
  }
  if (count("late") > 0) {
    doubt(Counted(count("late"), "client") +
          " counted as pending connected while the trial was being ended");
  }
  if (count("strangers") > 0) {
    doubt(Counted(count("strangers"), "connection") + " came from somebody else");
  }
  if (const auto nameless = health.value("nameless", std::uint64_t{0}); nameless > 0) {
    doubt(Counted(nameless, "connection") +
          " had no address when accepted: whose they were is not known");
  }
  if (count("queue_mismatches") > 0) {
    doubt("the kernel's queue length and the connections found in it differ in " +
          Counted(count("queue_mismatches"), "trial"));
  }
}

void AddErrorRows(TextLayout& layout, const json& a_case, std::size_t attempted) {
  std::map<std::string, std::uint64_t> groups;
  for (const json& error : a_case.at("errors")) {
    ++groups[fmt::format("{}: {}", error.at("code").get<std::string>(),
                         Printable(error.at("message").get<std::string>(), kValueBytes))];
  }
  for (const auto& [text, trials] : groups) {
    layout.Row("error", HowOften(trials, attempted), text, Tone::kBad);
  }
}

}  // namespace

std::string ParametersInWords(const json& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters.items()) {
    if (!text.empty()) text += ' ';
    text +=
        name + "=" +
        (value.is_string() ? Printable(value.get<std::string>()) : ShortJson(value, kValueBytes));
  }
  return text.empty() ? "the only case" : text;
}

std::string CaseReport(const json& a_case, const TextStyle& style, const TrialCommands& commands) {
  const auto measured = a_case.at("trials").get<std::uint64_t>();
  const std::size_t attempted = measured + a_case.at("errors").size();
  TextLayout layout(style, HowOften(attempted, attempted).size());
  const ResultStatus status = ResultStatusOf(a_case.at("status").get<std::string>());
  layout.Line(fmt::format(
      "{} ({}, {})", layout.Toned(ParametersInWords(a_case.at("parameters")), Tone::kBold),
      Counted(measured, "trial"), layout.Toned(ResultStatusName(status), ToneOf(status))));
  if (a_case.contains("reason")) {
    layout.Row("unsupported", "", a_case["reason"].get<std::string>(), Tone::kDoubtful);
  }
  AddClientRows(layout, a_case, measured);
  AddStreamRows(layout, a_case, measured);
  AddStepRows(layout, a_case, measured);
  AddConnectTimes(layout, ValuesOf(a_case, "connect_ms"));
  AddExpectationRows(layout, a_case, measured, commands);
  AddHealthRows(layout, a_case);
  AddErrorRows(layout, a_case, attempted);
  return layout.text();
}

}  // namespace tcplab
