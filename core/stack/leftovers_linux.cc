#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>

#include "core/base/clock.h"
#include "core/net/syscalls.h"
#include "core/stack/leftovers.h"

namespace tcplab {
namespace {

namespace fs = std::filesystem;

// The parent of a process, from proc(5): "17 (a name) S 4 ..."; 0 where it is gone.
pid_t ParentOf(const fs::path& process) {
  std::ifstream file(process / "stat");
  std::string text;
  std::getline(file, text);
  const std::size_t after_name = text.rfind(')');  // a program's name may hold anything
  if (after_name == std::string::npos || after_name + 4 >= text.size()) return 0;
  pid_t parent = 0;
  std::from_chars(text.data() + after_name + 4, text.data() + text.size(), parent);
  return parent;
}

std::vector<std::int64_t> ChildrenOfThisProcess() {
  std::vector<std::int64_t> children;
  std::error_code error;
  const pid_t self = getpid();
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    pid_t pid = 0;
    const auto [last, wrong] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (wrong != std::errc() || last != name.data() + name.size()) continue;
    if (ParentOf(entry->path()) == self) children.push_back(pid);
  }
  return children;
}

// False when there is no child left.
bool ReapWhoeverEnded() {
  for (;;) {
    const pid_t reaped = waitpid(-1, nullptr, WNOHANG);
    if (reaped == 0) return true;
    if (reaped < 0 && errno != EINTR) return false;
  }
}

// As proc(5) writes paths in mountinfo: a space is \040.
std::string Unescaped(std::string_view path) {
  std::string text;
  for (std::size_t i = 0; i < path.size(); ++i) {
    unsigned code = 0;
    const bool is_code =
        path[i] == '\\' && i + 3 < path.size() &&
        std::from_chars(path.data() + i + 1, path.data() + i + 4, code, 8).ec == std::errc();
    text += is_code ? static_cast<char>(code) : path[i];
    if (is_code) i += 3;
  }
  return text;
}

}  // namespace

void AdoptDescendants() {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): prctl's interface
  prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL);
}

// Only children are killed, whose ids nobody else can get before they are reaped; the children of
// one that was killed are the next to be ours.
std::vector<std::int64_t> EndDescendants(double seconds) {
  constexpr std::int64_t kPauseNs = 2 * kNsPerMs;
  const std::int64_t deadline_ns = MonotonicNs() + static_cast<std::int64_t>(seconds * 1e9);
  for (;;) {
    if (!ReapWhoeverEnded()) return {};
    std::vector<std::int64_t> children = ChildrenOfThisProcess();
    if (MonotonicNs() > deadline_ns) return children;
    for (const std::int64_t child : children) kill(static_cast<pid_t>(child), SIGKILL);
    SysSleepUntil(MonotonicNs() + kPauseNs);
  }
}

bool HasMounts(const std::string& folder) {
  std::error_code ignored;
  const std::string whole = fs::weakly_canonical(folder, ignored).string();
  std::ifstream file("/proc/self/mountinfo");
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string id;
    std::string parent;
    std::string device;
    std::string root;
    std::string place;
    words >> id >> parent >> device >> root >> place;
    place = Unescaped(place);
    if (place == whole || place.starts_with(whole + "/")) return true;
  }
  return false;
}

}  // namespace tcplab
