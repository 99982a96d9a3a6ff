#include <fmt/format.h>

#include <string_view>

#include "runner/diff_report.h"

namespace tcplab {
namespace {

// For a line of GitHub's Markdown, and for a cell of its tables: nothing in it is markup.
std::string InMarkdown(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '\n':
      case '\r':
        escaped += ' ';
        break;
      case '|':
      case '\\':
      case '`':
      case '*':
      case '_':
      case '[':
      case ']':
      case '#':
      case '~':
      case '@':  // would call somebody
        escaped += fmt::format("&#{};", static_cast<int>(c));
        break;
      default:
        escaped += c;
    }
  }
  return escaped.empty() ? " " : escaped;
}

std::string InHtml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string MarkdownTable(const ReportTable& table) {
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text = "|";
    for (std::size_t i = 0; i < table.head.size(); ++i) {
      text += " " + InMarkdown(i < cells.size() ? cells[i] : "") + " |";
    }
    return text + "\n";
  };
  std::string text = "\n" + line(table.head) + "|";
  for (std::size_t i = 0; i < table.head.size(); ++i) text += " --- |";
  text += "\n";
  for (const auto& row : table.rows) text += line(row);
  return text + "\n";
}

std::string HtmlTable(const ReportTable& table) {
  std::string text = "<table>\n<tr>";
  for (const std::string& cell : table.head) text += "<th>" + InHtml(cell) + "</th>";
  text += "</tr>\n";
  for (const auto& row : table.rows) {
    text += "<tr>";
    for (const std::string& cell : row) text += "<td>" + InHtml(cell) + "</td>";
    text += "</tr>\n";
  }
  return text + "</table>\n";
}

const char* ClassOf(Tone tone) {
  switch (tone) {
    case Tone::kGood:
      return "good";
    case Tone::kBad:
      return "bad";
    case Tone::kDoubtful:
      return "doubtful";
    case Tone::kPlain:
    case Tone::kBold:
      return "plain";
  }
  return "plain";
}

constexpr std::string_view kHtmlHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tcplab diff: {}</title>
<style>
body {{ font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; color: #222; }}
table {{ border-collapse: collapse; margin: .4em 0 1.2em; }}
th, td {{ border: 1px solid #ccc; padding: .2em .6em; text-align: left; vertical-align: top; white-space: pre-wrap; }}
th {{ background: #f3f3f3; }}
h2.bad {{ color: #b00020; }} h2.doubtful {{ color: #8a5a00; }} h2.good {{ color: #11702f; }}
h3 {{ margin-bottom: .2em; }}
</style>
</head>
<body>
<h1>{}</h1>
)";

}  // namespace

std::string ReportAsMarkdown(const Report& report) {
  std::string text = "## " + InMarkdown(report.end) + "\n";
  for (const ReportSection& section : report.sections) {
    text += "\n";
    if (!section.title.empty()) text += "### " + InMarkdown(section.title) + "\n\n";
    for (const std::string& line : section.lines) text += "- " + InMarkdown(line) + "\n";
    for (const ReportBlock& block : section.blocks) {
      if (!block.title.empty()) text += "\n**" + InMarkdown(block.title) + "**\n";
      if (!block.line.empty()) text += "\n" + InMarkdown(block.line) + "\n";
      if (!block.table.rows.empty()) text += MarkdownTable(block.table);
    }
  }
  return text;
}

std::string ReportAsHtml(const Report& report) {
  std::string text = fmt::format(kHtmlHead, InHtml(report.title), InHtml(report.end));
  for (const ReportSection& section : report.sections) {
    if (!section.title.empty()) {
      text +=
          fmt::format("<h2 class=\"{}\">{}</h2>\n", ClassOf(section.tone), InHtml(section.title));
    }
    if (!section.lines.empty()) {
      text += "<ul>\n";
      for (const std::string& line : section.lines) text += "<li>" + InHtml(line) + "</li>\n";
      text += "</ul>\n";
    }
    for (const ReportBlock& block : section.blocks) {
      if (!block.title.empty()) text += "<h3>" + InHtml(block.title) + "</h3>\n";
      if (!block.line.empty()) text += "<p>" + InHtml(block.line) + "</p>\n";
      if (!block.table.rows.empty()) text += HtmlTable(block.table);
    }
  }
  return text + "</body>\n</html>\n";
}

}  // namespace tcplab
