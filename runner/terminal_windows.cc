// Windows: bytes as they are, in UTF-8, and escape sequences for colours.
#include <windows.h>
// after windows.h
#include <fcntl.h>
#include <io.h>

#include <array>
#include <cstdio>

#include "runner/terminal.h"

namespace tcplab {

// Where there is no such signal, a write to a closed pipe just fails.
void IgnoreBrokenPipes() {}

void OpenStandardStreams() {
  for (std::FILE* const stream : {stdin, stdout, stderr}) {
    const int descriptor = _fileno(stream);
    if (descriptor >= 0) _setmode(descriptor, _O_BINARY);
  }
  SetConsoleOutputCP(CP_UTF8);
  SetConsoleCP(CP_UTF8);
  for (const DWORD which : std::array{STD_OUTPUT_HANDLE, STD_ERROR_HANDLE}) {
    const HANDLE console = GetStdHandle(which);
    DWORD mode = 0;
    constexpr DWORD kEscapes = 0x4;  // ENABLE_VIRTUAL_TERMINAL_PROCESSING
    if (GetConsoleMode(console, &mode) != 0) SetConsoleMode(console, mode | kEscapes);
  }
}

}  // namespace tcplab
