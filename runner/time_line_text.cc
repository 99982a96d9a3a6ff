#include "runner/time_line_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <string_view>

#include "runner/actor_calls.h"
#include "runner/columns.h"
#include "runner/describe.h"

namespace tcplab {
namespace {

using Side = TimeLineRow::Side;

constexpr std::size_t kLeastTimeColumns = 8;  // up to 9999.999 ms
constexpr std::size_t kMostNameColumns = 16;
constexpr std::string_view kBetween = " | ";
constexpr std::size_t kIndent = 2;  // of what does not fit into a row's first line
constexpr std::size_t kLeastRoom = 8;
constexpr std::size_t kMostClientLines = 32;  // more than that are told in groups

std::string FoldInWords(const TimeLineRow& row) {
  const std::string longest =
      row.longest_ns > 0 ? fmt::format(", up to {}", DurationInWords(row.longest_ns)) : "";
  return fmt::format("(x {} more{}, until {:.3f} ms)", row.more, longest, row.until_ms);
}

std::string Time(double ms) { return fmt::format("{:.3f}", ms); }

class TimeLinePage {
 public:
  TimeLinePage(const TimeLine& line, const TimeLineStyle& style) : style_(style) {
    for (const auto* rows : {&line.rows, &line.last_rows}) {
      for (const TimeLineRow& row : *rows) {
        std::size_t& width = row.side == Side::kClients ? client_name_ : server_name_;
        width = std::min(std::max(width, ColumnsOf(row.who)), kMostNameColumns);
        time_ = std::max(time_, Time(row.ms).size());
      }
    }
    // Both sides have the same room for what happened.
    const std::size_t taken = time_ + 2 + client_name_ + 2 + kBetween.size() + server_name_ + 2;
    room_ = std::max(kLeastRoom, (style.width - std::min(style.width, taken)) / 2);
  }

  void Line(std::string_view text, std::size_t indent) {
    std::size_t before = 0;
    for (const std::string_view line : WrappedTo(text, style_.width, indent)) {
      text_.append(before, ' ').append(line) += '\n';
      before = indent;
    }
  }

  void Columns() { Put("ms", "clients", "server"); }

  // The first and the last of what is too much.
  void Rows(std::span<const TimeLineRow> rows) {
    const std::size_t most = style_.most_rows;
    if (most == 0 || rows.size() <= most) {
      for (const TimeLineRow& row : rows) Row(row);
      return;
    }
    const std::size_t at_end = most / 3;
    const std::size_t at_begin = most - at_end;
    for (const TimeLineRow& row : rows.first(at_begin)) Row(row);
    const std::span<const TimeLineRow> left_out = rows.subspan(at_begin, rows.size() - most);
    Line(fmt::format("{:>{}}  ({} more until {:.3f} ms; --all shows them)", "...", time_,
                     Counted(left_out.size(), "row"), left_out.back().ms),
         time_ + 2);
    for (const TimeLineRow& row : rows.last(at_end)) Row(row);
  }

  void End(const TimeLine& line) {
    Line(fmt::format("{:>{}}  -- the trial ends ({}) --", Time(line.end_ms), time_,
                     line.why_it_ended),
         time_ + 2);
  }

  void Clients(std::span<const ClientLine> clients);

  [[nodiscard]] std::string Take() { return std::move(text_); }

 private:
  void Row(const TimeLineRow& row) {
    const bool left = row.side == Side::kClients;
    const std::size_t name = left ? client_name_ : server_name_;
    const std::string who = PaddedTo(FirstColumns(row.who, name), name) + "  ";
    std::string time = Time(row.ms);
    std::string before = who;
    for (const std::string& part : Parts(row)) {
      Put(time, left ? before + part : "", left ? "" : before + part);
      time.clear();
      before = std::string(name + 2 + kIndent, ' ');
    }
  }

  // What happened, and how often: in one line where both fit.
  [[nodiscard]] std::vector<std::string> Parts(const TimeLineRow& row) const {
    std::string what = row.what;
    const std::string fold = row.more > 0 ? FoldInWords(row) : "";
    const bool fits = ColumnsOf(what) + 1 + ColumnsOf(fold) <= room_;
    if (fits && !fold.empty()) what += " " + fold;
    std::vector<std::string> parts;
    for (const std::string_view part : WrappedTo(what, room_, kIndent)) parts.emplace_back(part);
    if (fits || fold.empty()) return parts;
    for (const std::string_view part : WrappedTo(fold, room_ - kIndent, 0)) {
      parts.emplace_back(part);
    }
    return parts;
  }

  void Put(std::string_view time, std::string_view left, std::string_view right) {
    std::string line = fmt::format("{:>{}}  {}{}{}", time, time_,
                                   PaddedTo(left, client_name_ + 2 + room_), kBetween, right);
    while (line.ends_with(' ')) line.pop_back();
    text_ += line + '\n';
  }

  const TimeLineStyle& style_;
  std::size_t time_ = kLeastTimeColumns;  // columns
  std::size_t client_name_ = 0;
  std::size_t server_name_ = 0;
  std::size_t room_ = 0;  // for what happened, on each side
  std::string text_;
};

void TimeLinePage::Clients(std::span<const ClientLine> clients) {
  // By what became of them; each for itself where there are few.
  std::vector<std::pair<std::string, std::vector<std::size_t>>> groups;
  std::map<std::string, std::size_t> places;
  for (const ClientLine& client : clients) {
    const std::string text = client.outcome + (client.stood.empty() ? "" : "; ") + client.stood;
    const auto [place, is_new] = places.try_emplace(text, groups.size());
    if (is_new || clients.size() <= kMostClientLines) {
      place->second = groups.size();
      groups.emplace_back(text, std::vector<std::size_t>{});
    }
    groups[place->second].second.push_back(client.number);
  }
  for (const auto& [text, numbers] : groups) {
    Line(fmt::format("client{} {}: {}", numbers.size() == 1 ? "" : "s", Ranges(numbers), text), 4);
  }
}

}  // namespace

std::string TimeLineText(const std::vector<std::string>& heading, const TimeLine& line,
                         const TimeLineStyle& style) {
  TimeLinePage page(line, style);
  for (std::size_t i = 0; i < heading.size(); ++i) {
    page.Line((i == 0 ? "" : "  ") + heading[i], 2);
  }
  page.Line("", 0);
  page.Columns();
  page.Rows(line.rows);
  page.End(line);
  page.Rows(line.last_rows);
  page.Line("", 0);
  page.Clients(line.clients);
  return page.Take();
}

}  // namespace tcplab
