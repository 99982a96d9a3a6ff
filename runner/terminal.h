// The runner's standard streams. Nothing of core/ writes to them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace tcplab {

// Whether a person looks at the stream, or types into it.
[[nodiscard]] bool StdinIsTerminal();
[[nodiscard]] bool StdoutIsTerminal();
[[nodiscard]] bool StderrIsTerminal();

// Colours on stdout: only on a terminal that shows them, and not where NO_COLOR is set
// (no-color.org).
[[nodiscard]] bool StdoutHasColor();

// A reader who closes the pipe ends our output, not our process (SIGPIPE).
void IgnoreBrokenPipes();

// Where a standard stream was closed (`<&-`), an empty one takes its place: else the next file or
// pipe that is opened would.
void OpenStandardStreams();

// The next line of stdin without its end, read byte by byte so that what follows it stays there;
// nothing at the end of the file.
[[nodiscard]] std::optional<std::string> ReadLine();

// So many bytes of stdin, or as many as there are before it ends, and none more.
[[nodiscard]] std::string ReadBytes(std::size_t count);

// All of it, at once. A reader who went away is no error; a full disk behind `>` is.
Status WriteOut(std::string_view text);

// To stderr; errors there have nobody to be told to.
void WriteErr(std::string_view text);

// "runner: <message>" on stderr.
void Complain(std::string_view message);

}  // namespace tcplab
