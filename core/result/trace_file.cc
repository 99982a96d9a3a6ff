#include "core/result/trace_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "core/base/sha256.h"
#include "core/result/json_writer.h"
#include "core/scenario/loader.h"

namespace tcplab {
namespace {

using nlohmann::json;
using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kMagic = "tcplab-traces/1\n";
constexpr std::size_t kSealBytes = 64;
constexpr std::size_t kSizeBytes = 8;

std::string EncodeSize(std::uint64_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < kSizeBytes; ++i, size >>= 8U) {
    bytes += static_cast<char>(size & 0xFFU);
  }
  return bytes;
}

std::uint64_t DecodeSize(std::string_view bytes) {
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < kSizeBytes; ++i) {
    size |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return size;
}

// A body is an encoded trace, which ends in a seal of its own over all that stands before it: so
// that is all of it that has to go into this one.
std::string SealOf(std::string_view previous, std::string_view sizes, std::string_view header,
                   std::string_view body) {
  std::string sealed(previous);
  sealed.append(sizes).append(header).append(
      body.substr(body.size() - std::min(body.size(), kSealBytes)));
  return Sha256Hex(sealed);
}

}  // namespace

Result<Scenario> LoadTracedScenario(const TracedScenario& traced) {
  LoadOptions options;
  options.overrides = traced.overrides;
  options.only_cases = traced.only_cases;
  options.trials = traced.trials;
  options.allow_remote = traced.allow_remote;
  LoadedScenario loaded = LoadScenarioText(CanonicalJson(traced.document), traced.file, options);
  if (loaded.scenario) return std::move(*loaded.scenario);
  const bool none = loaded.diagnostics.empty();
  return Invalid(none ? traced.file + ": is no scenario"
                      : FormatDiagnostic(loaded.diagnostics.front()));
}

Result<TraceFileWriter> TraceFileWriter::Create(const std::string& path,
                                                const TracedScenario& scenario) {
  Result<AtomicFile> file = AtomicFile::Create(path);
  if (!file) return Forward(file);
  TraceFileWriter writer(std::move(*file));
  if (Status put = writer.file_.Append(kMagic); !put) return Forward(put);
  const json header = {{"record", "scenario"},
                       {"file", scenario.file},
                       {"document", scenario.document},
                       {"trials", scenario.trials},
                       {"set", scenario.overrides},
                       {"case", scenario.only_cases},
                       {"allow_remote", scenario.allow_remote}};
  if (Status put = writer.Put(header, {}); !put) return Forward(put);
  return writer;
}

Status TraceFileWriter::Add(std::size_t case_index, std::size_t round, const TrialTrace& trace) {
  ++trials_;
  return Put({{"record", "trial"}, {"case", case_index}, {"round", round}}, Encode(trace));
}

Result<std::string> TraceFileWriter::Commit() {
  if (Status put = Put({{"record", "end"}, {"trials", trials_}}, {}); !put) return Forward(put);
  if (Status done = file_.Commit(); !done) return Forward(done);
  return seal_;
}

Status TraceFileWriter::Put(const json& header, std::string_view body) {
  const std::string text = CanonicalJson(header);
  const std::string sizes = EncodeSize(text.size()) + EncodeSize(body.size());
  seal_ = SealOf(seal_, sizes, text, body);
  if (Status put = file_.Append(sizes + text); !put) return put;
  if (Status put = file_.Append(body); !put) return put;
  return file_.Append(seal_);
}

Result<TraceFileReader> TraceFileReader::Open(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return Invalid(path + ": " + error.message());
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return Invalid(path + ": " + std::generic_category().message(errno));
  TraceFileReader reader(path, std::move(file), size);
  std::string magic;
  if (!reader.Take(kMagic.size(), magic) || magic != kMagic) {
    return reader.Broken("its first line is not that of a file of traces");
  }
  if (Status read = reader.ReadScenario(); !read) return Forward(read);
  return reader;
}

TraceFileReader::TraceFileReader(std::string path, std::ifstream file, std::uint64_t bytes_left)
    : path_(std::move(path)), file_(std::move(file)), bytes_left_(bytes_left) {}

Result<std::optional<KeptTrial>> TraceFileReader::Next() {
  if (ended_) return std::optional<KeptTrial>();
  Result<Record> record = Get();
  if (!record) return Forward(record);
  const json& header = record->header;
  try {
    if (header.at("record") == "end") {
      if (header.at("trials") != trials_) return Broken("trials are missing");
      if (bytes_left_ != 0) return Broken("something stands after its end");
      ended_ = true;
      return std::optional<KeptTrial>();
    }
    KeptTrial trial;
    trial.case_index = header.at("case").get<std::size_t>();
    trial.round = header.at("round").get<std::size_t>();
    Result<TrialTrace> trace = DecodeTrialTrace(record->body);
    if (!trace) return Broken(fmt::format("trial {}: {}", trials_, trace.error().message));
    trial.trace = std::move(*trace);
    ++trials_;
    return std::optional(std::move(trial));
  } catch (const json::exception& exception) {
    return Broken(exception.what());
  }
}

Result<TraceFileReader::Record> TraceFileReader::Get() {
  std::string sizes;
  if (!Take(2 * kSizeBytes, sizes)) return Broken("it is cut short");
  const std::uint64_t header_size = DecodeSize(sizes);
  const std::uint64_t body_size = DecodeSize(std::string_view(sizes).substr(kSizeBytes));
  std::string header;
  Record record;
  std::string seal;
  if (!Take(header_size, header) || !Take(body_size, record.body) || !Take(kSealBytes, seal)) {
    return Broken("it is cut short, or was changed");
  }
  seal_ = SealOf(seal_, sizes, header, record.body);
  if (seal_ != seal)
    return Broken(fmt::format("the seal after {} trials does not fit: it was changed", trials_));
  record.header = json::parse(header, nullptr, false);
  if (record.header.is_discarded()) return Broken("a record's header is not JSON");
  return record;
}

tl::unexpected<Error> TraceFileReader::Broken(const std::string& what) const {
  return Invalid(path_ + ": these traces cannot be used: " + what);
}

// Never more than the file has, whatever a changed size says.
Status TraceFileReader::Take(std::uint64_t size, std::string& bytes) {
  if (size > bytes_left_) return Broken("it is cut short");
  bytes.resize(size);
  file_.read(bytes.data(), static_cast<std::streamsize>(size));
  if (static_cast<std::uint64_t>(file_.gcount()) != size) return Broken("it cannot be read");
  bytes_left_ -= size;
  return {};
}

Status TraceFileReader::ReadScenario() {
  Result<Record> record = Get();
  if (!record) return Forward(record);
  const json& header = record->header;
  try {
    if (header.at("record") != "scenario") return Broken("it does not begin with its scenario");
    scenario_.file = header.at("file").get<std::string>();
    scenario_.document = header.at("document");
    scenario_.trials = header.at("trials").get<std::uint32_t>();
    scenario_.overrides = header.at("set").get<Pairs>();
    scenario_.only_cases = header.at("case").get<Pairs>();
    scenario_.allow_remote = header.at("allow_remote").get<bool>();
  } catch (const json::exception& exception) {
    return Broken(exception.what());
  }
  return {};
}

}  // namespace tcplab
