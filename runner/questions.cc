#include "runner/questions.h"

#include <optional>
#include <string>
#include <utility>

#include "core/base/text.h"
#include "runner/terminal.h"

namespace tcplab {
namespace {

Result<std::string> AskThePerson(const Question& question) {
  if (!question.complaint.empty()) Complain(question.complaint);
  std::string prompt =
      Printable(question.prompt.empty() ? question.parameter + ":" : question.prompt, 4096);
  if (!prompt.ends_with(' ')) prompt += ' ';
  WriteErr(prompt);
  std::optional<std::string> line = ReadLine();
  if (line) return std::move(*line);
  WriteErr("\n");  // the cursor stands behind the prompt
  return Invalid("standard input ended at its prompt");
}

}  // namespace

Asker PersonAtTheTerminal() { return StdinIsTerminal() ? AskThePerson : Asker(); }

Asker Examples() {
  return [](const Question& question) -> Result<std::string> {
    if (question.example) return *question.example;
    return Invalid("the scenario gives no example of it");
  };
}

Asker AnyAnswer() {
  return [](const Question& question) -> Result<std::string> {
    if (question.example) return *question.example;
    return std::string(question.is_number ? "1" : "text");
  };
}

}  // namespace tcplab
