#include "runner/terminal.h"

#include <fmt/format.h>
#include <uv.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>

namespace tcplab {
namespace {

constexpr int kStdin = 0;
constexpr int kStdout = 1;
constexpr int kStderr = 2;

}  // namespace

bool StdinIsTerminal() { return uv_guess_handle(kStdin) == UV_TTY; }
bool StdoutIsTerminal() { return uv_guess_handle(kStdout) == UV_TTY; }
bool StderrIsTerminal() { return uv_guess_handle(kStderr) == UV_TTY; }

bool StdoutHasColor() {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  const bool refused = no_color != nullptr && *no_color != '\0';
  const bool dumb = term != nullptr && std::string_view(term) == "dumb";
  return !refused && !dumb && StdoutIsTerminal();
}

std::optional<std::string> ReadLine() {
  std::setvbuf(stdin, nullptr, _IONBF, 0);
  std::clearerr(stdin);  // a terminal's end of file is over once it was seen
  std::string line;
  int c = std::getc(stdin);
  if (c == EOF) return std::nullopt;
  for (; c != EOF && c != '\n'; c = std::getc(stdin)) line += static_cast<char>(c);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string ReadBytes(std::size_t count) {
  std::setvbuf(stdin, nullptr, _IONBF, 0);
  std::string bytes(count, '\0');
  bytes.resize(std::fread(bytes.data(), 1, count, stdin));
  return bytes;
}

Status WriteOut(std::string_view text) {
  errno = 0;
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (written && std::fflush(stdout) == 0) return {};
  const int error = errno;
  std::clearerr(stdout);
  if (error == EPIPE) return {};
  return HarnessFault("standard output: " + std::generic_category().message(error));
}

void WriteErr(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

void Complain(std::string_view message) { WriteErr(fmt::format("runner: {}\n", message)); }

}  // namespace tcplab
