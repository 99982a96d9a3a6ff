// Writes inputs to begin fuzzing with:  fuzz_seeds scenario SCENARIOS FOLDER | trace FOLDER
//
// Short ones, for a fuzzer's speed is that of its inputs: the scenarios as JSON without comments,
// and each of them once more without what is only said about it. Traces lack their checksum, which
// the fuzz target puts on.
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "core/trace/trial_trace.h"
#include "tests/support/trace_builder.h"

namespace tcplab {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

void Write(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void WriteScenarioSeeds(const fs::path& scenarios, const fs::path& folder) {
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(scenarios)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".json") || name.ends_with(".schema.json")) continue;
    std::ifstream file(entry.path());
    json document = json::parse(file, nullptr, true, true);
    Write(folder / name, document.dump());
    for (const char* const key : {"$schema", "summary", "source", "expect"}) document.erase(key);
    Write(folder / ("bare-" + name), document.dump());
  }
  Write(folder / "comments.json", "\xEF\xBB\xBF// first\n{ /* \" [ { */ \"a\": 1 // \"b\": 2\r\n}");
}

void WriteTraceSeed(const fs::path& path, std::string encoded) {
  constexpr std::size_t kDigestBytes = 64;
  encoded.resize(encoded.size() - kDigestBytes);
  Write(path, encoded);
}

void WriteTraceSeeds(const fs::path& folder) {
  const TrialTrace trace = SampleTrace();
  WriteTraceSeed(folder / "trial", Encode(trace));
  WriteTraceSeed(folder / "no-trial", Encode(TrialTrace{}));
  WriteTraceSeed(folder / "server", Encode(trace.servers.front()));
  for (std::size_t i = 0; i < trace.fleets.size(); ++i) {
    WriteTraceSeed(folder / ("fleet" + std::to_string(i)), Encode(trace.fleets[i]));
  }
}

}  // namespace
}  // namespace tcplab

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "scenario" && argc == 4) {
    tcplab::WriteScenarioSeeds(argv[2], argv[3]);
  } else if (what == "trace" && argc == 3) {
    tcplab::WriteTraceSeeds(argv[2]);
  } else {
    return 2;
  }
  return 0;
}
