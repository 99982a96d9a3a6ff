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

constexpr int kStdout = 1;
constexpr int kStderr = 2;

}  // namespace

bool StdoutIsTerminal() { return uv_guess_handle(kStdout) == UV_TTY; }
bool StderrIsTerminal() { return uv_guess_handle(kStderr) == UV_TTY; }

bool StdoutHasColor() {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  const bool refused = no_color != nullptr && *no_color != '\0';
  const bool dumb = term != nullptr && std::string_view(term) == "dumb";
  return !refused && !dumb && StdoutIsTerminal();
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
