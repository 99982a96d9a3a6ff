// What is projected: rows in columns, whatever there is to show.
#include "runner/time_line_text.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/text.h"
#include "runner/columns.h"

namespace tcplab {
namespace {

using testing::HasSubstr;
using testing::Not;
using Side = TimeLineRow::Side;

TimeLine Small() {
  TimeLine line;
  line.rows = {
      {0.071, Side::kClients, "client 0", "connect -> ok (0.040 ms)", 0, 0},
      {0.08, Side::kServer, "server", "accept -> connection 0 (client 0)", 0, 0},
      {0.1, Side::kClients, "client 0", "send 1 -> 1", 99, 3.214, 1200000},
      {0.11, Side::kServer, "conn 0", "recv 1024 -> 100 \"aaaaaaaaaaaa\" (waited 3.10 ms)", 0, 0}};
  line.end_ms = 1500.1;
  line.why_it_ended = "window of 1500 ms";
  line.last_rows = {{1500.1, Side::kServer, "conn 0", "... still in recv (1496.9 ms)", 0, 0}};
  line.clients = {{0, "accepted as connection 0", "established"}};
  return line;
}

TEST(TimeLineText, HasTheClientsAtTheLeftAndTheServerAtTheRight) {
  EXPECT_EQ(TimeLineText({"small", "what it is about"}, Small(), {80, 200}),
            "small\n"
            "  what it is about\n"
            "\n"
            "      ms  clients                            | server\n"
            "   0.071  client 0  connect -> ok (0.040 ms) |\n"
            "   0.080                                     | server  accept -> connection 0\n"
            "                                             |           (client 0)\n"
            "   0.100  client 0  send 1 -> 1              |\n"
            "                      (x 99 more, up to 1.20 |\n"
            "                      ms, until 3.214 ms)    |\n"
            "   0.110                                     | conn 0  recv 1024 -> 100\n"
            "                                             |           \"aaaaaaaaaaaa\" (waited\n"
            "                                             |           3.10 ms)\n"
            "1500.100  -- the trial ends (window of 1500 ms) --\n"
            "1500.100                                     | conn 0  ... still in recv\n"
            "                                             |           (1496.9 ms)\n"
            "\n"
            "client 0: accepted as connection 0; established\n");
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  for (const std::string_view line : Split(text, '\n')) lines.emplace_back(line);
  return lines;
}

TEST(TimeLineText, FitsIntoItsWidthWhateverIsInIt) {
  TimeLine line = Small();
  line.rows.push_back(
      {123456.789, Side::kServer, "a server with a long name",
       "recv 1024 -> 30 \"\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E and more\" " + std::string(300, 'x'),
       12345, 234567.891});
  line.rows.push_back({1, Side::kClients, "client 100000",
                       "recv 1024 -> 9 \"\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E\"", 0, 0});
  line.clients.push_back({1, "pending", std::string(300, 'y')});
  for (const std::size_t width : {80U, 100U, 140U}) {
    const std::string text = TimeLineText({std::string(200, 't')}, line, {width, 200});
    EXPECT_TRUE(IsUtf8(text));
    for (const std::string& shown : LinesOf(text)) {
      EXPECT_LE(ColumnsOf(shown), width) << shown;
    }
  }
}

TEST(TimeLineText, KeepsItsColumnsBesideWideCharacters) {
  TimeLine line = Small();
  line.rows = {{1, Side::kClients, "client 0", "recv 9 -> 6 \"\xE6\x97\xA5\xE6\x9C\xAC\"", 0, 0},
               {2, Side::kClients, "client 0", "recv 9 -> 6 \"abcd\"", 0, 0}};
  const std::vector<std::string> lines = LinesOf(TimeLineText({"t"}, line, {100, 200}));
  const auto bar = [](const std::string& shown) {
    return ColumnsOf(shown.substr(0, shown.find('|')));
  };
  EXPECT_EQ(bar(lines[3]), bar(lines[4]));
}

TEST(TimeLineText, ShowsTheBeginAndTheEndOfWhatIsTooMuch) {
  TimeLine line = Small();
  line.rows.clear();
  for (int i = 0; i < 500; ++i) {
    line.rows.push_back(
        {i * 1.0, Side::kClients, "client 0", fmt::format("send {} -> 1", i), 0, 0});
  }
  const std::string bounded = TimeLineText({"t"}, line, {100, 30});
  EXPECT_THAT(bounded, HasSubstr("send 19 -> 1"));
  EXPECT_THAT(bounded, Not(HasSubstr("send 20 -> 1")));
  EXPECT_THAT(bounded, HasSubstr("...  (470 rows more until 489.000 ms; --all shows them)"));
  EXPECT_THAT(bounded, Not(HasSubstr("send 489 -> 1")));
  EXPECT_THAT(bounded, HasSubstr("send 490 -> 1"));
  EXPECT_THAT(bounded, HasSubstr("send 499 -> 1"));

  const std::string whole = TimeLineText({"t"}, line, {100, 0});
  for (int i = 0; i < 500; ++i) EXPECT_THAT(whole, HasSubstr(fmt::format("send {} -> 1", i)));
  EXPECT_THAT(whole, Not(HasSubstr("--all")));
}

TEST(TimeLineText, TellsManyClientsInGroups) {
  TimeLine line = Small();
  line.clients.clear();
  for (std::size_t i = 0; i < 32; ++i) line.clients.push_back({i, "pending", "connecting"});
  EXPECT_THAT(TimeLineText({"t"}, line, {}), HasSubstr("client 31: pending; connecting\n"));
  line.clients.push_back({32, "queued", "established"});
  line.clients.push_back({33, "pending", "connecting"});
  const std::string grouped = TimeLineText({"t"}, line, {});
  EXPECT_THAT(grouped, HasSubstr("clients 0-31, 33: pending; connecting\n"));
  EXPECT_THAT(grouped, HasSubstr("client 32: queued; established\n"));
}

}  // namespace
}  // namespace tcplab
