// The binary form of traces: between agents and controller, and in kept trace files.
#include <cstring>
#include <type_traits>

#include "core/base/sha256.h"
#include "core/trace/trial_trace.h"

namespace tcplab {
namespace {

constexpr std::string_view kAgentMagic = "tcplab-agent-trace/1\n";
constexpr std::string_view kTrialMagic = "tcplab-trial-trace/2\n";
constexpr std::size_t kDigestBytes = 64;
constexpr std::size_t kEncodedEventBytes = 40;

class Writer {
 public:
  explicit Writer(std::string_view magic) : bytes_(magic) {}

  template <typename T>
  void Number(T value) {
    using Unsigned = std::make_unsigned_t<T>;
    auto rest = static_cast<std::uint64_t>(static_cast<Unsigned>(value));
    for (std::size_t i = 0; i < sizeof(T); ++i, rest >>= 8U)
      bytes_ += static_cast<char>(rest & 0xFFU);
  }
  void Text(std::string_view text) {
    Number<std::uint64_t>(text.size());
    bytes_.append(text);
  }
  void Reserve(std::size_t more) { bytes_.reserve(bytes_.size() + more); }
  std::string Sealed() && {
    bytes_ += Sha256Hex(bytes_);
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
};

// Reads what Writer wrote. After the first read past the end every value is zero and ok() is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
  T Number() {
    if (rest_.size() < sizeof(T)) {
      Break();
      return T{};
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest_[i])) << (8 * i);
    }
    rest_.remove_prefix(sizeof(T));
    return static_cast<T>(value);
  }
  std::string_view Text() {
    const auto size = Number<std::uint64_t>();
    if (size > rest_.size()) {
      Break();
      return {};
    }
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  // A count of things that take at least `bytes_each`: never more than there can be.
  std::size_t Count(std::size_t bytes_each) {
    const auto count = Number<std::uint64_t>();
    if (count > rest_.size() / bytes_each) {
      Break();
      return 0;
    }
    return count;
  }
  [[nodiscard]] bool Exhausted() const { return ok_ && rest_.empty(); }

 private:
  void Break() {
    ok_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

void PutEvent(Writer& out, const Event& event) {
  out.Number(event.begin_ns);
  out.Number(event.end_ns);
  out.Number(event.result);
  out.Number(event.actor);
  out.Number(event.argument);
  out.Number(event.data);
  out.Number(event.step);
  out.Number(event.socket);
  out.Number(static_cast<std::uint8_t>(event.op));
}

Event GetEvent(Reader& in) {
  Event event;
  event.begin_ns = in.Number<std::int64_t>();
  event.end_ns = in.Number<std::int64_t>();
  event.result = in.Number<std::int64_t>();
  event.actor = in.Number<std::uint32_t>();
  event.argument = in.Number<std::uint32_t>();
  event.data = in.Number<std::uint32_t>();
  event.step = in.Number<std::uint16_t>();
  event.socket = in.Number<std::uint8_t>();
  event.op = static_cast<Op>(in.Number<std::uint8_t>());
  return event;
}

void PutAgent(Writer& out, const AgentTrace& trace) {
  out.Text(trace.name);
  out.Text(trace.clock);
  out.Number(trace.freeze_ns);
  out.Number<std::uint64_t>(trace.recorders.size());
  for (const RecorderTrace& recorder : trace.recorders) {
    out.Number(recorder.recorded);
    out.Number(recorder.dropped);
    out.Text(recorder.arena);
    out.Number<std::uint64_t>(recorder.events.size());
    out.Reserve(recorder.events.size() * kEncodedEventBytes + kDigestBytes);
    for (const Event& event : recorder.events) PutEvent(out, event);
  }
}

AgentTrace GetAgent(Reader& in) {
  constexpr std::size_t kSmallestRecorder = 4 * sizeof(std::uint64_t);
  AgentTrace trace;
  trace.name = in.Text();
  trace.clock = in.Text();
  trace.freeze_ns = in.Number<std::int64_t>();
  trace.recorders.resize(in.Count(kSmallestRecorder));
  for (RecorderTrace& recorder : trace.recorders) {
    recorder.recorded = in.Number<std::uint64_t>();
    recorder.dropped = in.Number<std::uint64_t>();
    recorder.arena = in.Text();
    recorder.events.resize(in.Count(kEncodedEventBytes));
    for (Event& event : recorder.events) event = GetEvent(in);
  }
  return trace;
}

// The content between the magic and the digest, once both are as they must be.
Result<std::string_view> Unseal(std::string_view bytes, std::string_view magic) {
  if (!bytes.starts_with(magic))
    return HarnessFault("this is not a trace: its first line is not the format's");
  if (bytes.size() < magic.size() + kDigestBytes) return HarnessFault("the trace is cut short");
  const std::string_view sealed = bytes.substr(0, bytes.size() - kDigestBytes);
  if (Sha256Hex(sealed) != bytes.substr(sealed.size())) {
    return HarnessFault("the trace was changed or cut: its checksum does not fit");
  }
  return sealed.substr(magic.size());
}

}  // namespace

std::string Encode(const AgentTrace& trace) {
  Writer out(kAgentMagic);
  PutAgent(out, trace);
  return std::move(out).Sealed();
}

std::string Encode(const TrialTrace& trace) {
  Writer out(kTrialMagic);
  out.Number(trace.go_ns);
  for (const std::vector<AgentTrace>* agents : {&trace.servers, &trace.fleets}) {
    out.Number<std::uint64_t>(agents->size());
    for (const AgentTrace& agent : *agents) PutAgent(out, agent);
  }
  return std::move(out).Sealed();
}

Result<AgentTrace> DecodeAgentTrace(std::string_view bytes) {
  const Result<std::string_view> content = Unseal(bytes, kAgentMagic);
  if (!content) return Forward(content);
  Reader in(*content);
  AgentTrace trace = GetAgent(in);
  if (!in.Exhausted()) return HarnessFault("the trace does not have the layout of its format");
  return trace;
}

Result<TrialTrace> DecodeTrialTrace(std::string_view bytes) {
  constexpr std::size_t kSmallestAgent = 4 * sizeof(std::uint64_t);
  const Result<std::string_view> content = Unseal(bytes, kTrialMagic);
  if (!content) return Forward(content);
  Reader in(*content);
  TrialTrace trace;
  trace.go_ns = in.Number<std::int64_t>();
  for (std::vector<AgentTrace>* agents : {&trace.servers, &trace.fleets}) {
    agents->resize(in.Count(kSmallestAgent));
    for (AgentTrace& agent : *agents) agent = GetAgent(in);
  }
  if (!in.Exhausted()) return HarnessFault("the trace does not have the layout of its format");
  return trace;
}

}  // namespace tcplab
