// Steps that move bytes: send, recv, reply.
#include <fmt/format.h>

#include "core/base/text.h"
#include "core/scenario/script_reader.h"
#include "core/scenario/socket_options.h"
#include "core/scenario/words.h"

namespace tcplab::internal {

using nlohmann::json;

namespace {

constexpr std::size_t kMostReplyEnd = 1024;

// A flag's name, or a list of them.
void ReadFlags(const Node& node, MessageFlags& flags) {
  const auto read = [&](const Node& flag) {
    if (const auto index = ReadWordIndex(flag, MessageFlagNames())) {
      flags.emplace_back(MessageFlagNames()[*index]);
    }
  };
  if (!node.value().is_array()) return read(node);
  for (std::size_t i = 0; i < node.value().size() && !node.problems().full(); ++i) {
    read(node.Element(i));
  }
}

// Where the bytes come from that the scenario does not hold.
void ReadSendFrom(const Node& node, Labelled<SendStep>& out) {
  static constexpr auto kSources = std::to_array<std::string_view>({"stdin"});
  if (!ReadWordIndex(node, kSources)) return;
  out.step.from_stdin = true;
  if (out.lowering->role != ScriptRole::kHandler) return;
  node.Error(
      "standard input is one stream, and a server's script runs once for each connection: only a "
      "client's script can send it");
}

constexpr auto kSendKeys = std::to_array<Key<SendStep>>({
    {"text",
     [](const Node& n, auto& s) {
       if (auto text = ReadText(n, kMostPayloadBytes)) s.step.text = std::move(*text);
     }},
    {"bytes",
     [](const Node& n, auto& s) {
       s.step.is_text = false;
       WholeInto(n, 0, kMostPayloadBytes, s.step.bytes);
     }},
    {"from", ReadSendFrom},
    {"example",
     [](const Node& n, auto& s) {
       if (auto text = ReadText(n, kMostTextBytes)) s.step.example = std::move(*text);
     }},
    {"each", [](const Node& n, auto& s) { WholeInto(n, 1, kMostPayloadBytes, s.step.each); }},
    {"flags", [](const Node& n, auto& s) { ReadFlags(n, s.step.flags); }},
    kSocket<SendStep>,
    kLabel<SendStep>,
});

// A delimiter, a number of bytes, or "eof".
void ReadRecvUntil(const Node& node, Labelled<RecvStep>& out) {
  RecvUntil& until = out.step.until;
  if (node.value().is_number()) {
    until.kind = RecvUntil::Kind::kBytes;
    WholeInto(node, 1, kMostPayloadBytes, until.bytes);
    return;
  }
  const bool is_text =
      node.value().is_string() && !node.value().get_ref<const std::string&>().empty();
  if (!is_text) {
    node.Mismatch("a delimiter, a whole number of bytes, or \"eof\"");
  } else if (node.value() == "eof") {
    until.kind = RecvUntil::Kind::kEof;
  } else {
    until.kind = RecvUntil::Kind::kDelimiter;
    until.delimiter = node.value().get<std::string>();
  }
}

constexpr auto kRecvKeys = std::to_array<Key<RecvStep>>({
    {"until", ReadRecvUntil},
    {"buffer", [](const Node& n, auto& s) { WholeInto(n, 1, kMostPayloadBytes, s.step.buffer); }},
    {"timeout_ms", [](const Node& n, auto& s) { NumberInto(n, 0, kLongestMs, s.step.timeout_ms); }},
    {"flags", [](const Node& n, auto& s) { ReadFlags(n, s.step.flags); }},
    kSocket<RecvStep>,
    kLabel<RecvStep>,
});

constexpr auto kReplyKeys = std::to_array<Key<ReplyStep>>({
    {"transform",
     [](const Node& n, auto& s) { WordInto<Transform>(n, kTransformWords, s.step.transform); }},
    {"end",
     [](const Node& n, auto& s) {
       if (auto text = ReadText(n, kMostReplyEnd)) s.step.end = std::move(*text);
     }},
    kSocket<ReplyStep>,
    kLabel<ReplyStep>,
});

void ReadSend(const Node& node, Lowering& lowering) {
  ReadStep<SendStep>(
      node, kSendKeys,
      [](const Node& n, auto& s) {
        kSendKeys[n.value().is_number() ? 1 : 0].read(n, s);  // a number is short for "bytes"
      },
      lowering);
  if (node.value().is_string() || node.value().is_number()) return;
  const int sources = static_cast<int>(node.Has("text")) + static_cast<int>(node.Has("bytes")) +
                      static_cast<int>(node.Has("from"));
  if (sources != 1) {
    node.Error("the step needs exactly one of \"text\", \"bytes\" and \"from\"");
  } else if (!node.Has("from")) {
    if (!node.Has("example")) return;
    node.Member("example").KeyError(
        "an example stands for standard input: expected it beside \"from\": \"stdin\"");
  } else {
    for (const std::string_view key : {"each", "flags"}) {
      if (!node.Has(key)) continue;
      node.Member(key).KeyError(fmt::format(
          "standard input is sent as it comes, a plain send a read: expected no {}", Quoted(key)));
    }
  }
}

void ReadRecv(const Node& node, Lowering& lowering) {
  auto draft = ReadDraft<RecvStep>(node, kRecvKeys, ReadRecvUntil, lowering);
  const auto has = [&](std::string_view flag) {
    const MessageFlags& flags = draft.step.flags;
    return std::find(flags.begin(), flags.end(), flag) != flags.end();
  };
  // Neither takes what it returns out of the stream, so there is nothing to go on from.
  if ((has("MSG_PEEK") || has("MSG_OOB")) && node.Has("until")) {
    node.Member("until").KeyError(
        "a recv with MSG_PEEK or MSG_OOB is one call: expected no \"until\"");
  }
  Append(std::move(draft), lowering);
}

constexpr auto kDataSteps = std::to_array<StepKind>({
    {"send", ReadSend},
    {"recv", ReadRecv},
    {"reply",
     [](const Node& n, Lowering& l) { ReadStep<ReplyStep>(n, kReplyKeys, kReplyKeys[0].read, l); }},
});

}  // namespace

std::span<const StepKind> DataSteps() { return kDataSteps; }

}  // namespace tcplab::internal
