#include <nlohmann/json.hpp>

#include "core/base/check.h"
#include "core/result/json_writer.h"
#include "runner/output.h"

namespace tcplab {

std::string JsonReport(std::span<const nlohmann::json> documents, bool as_array) {
  if (as_array) {
    nlohmann::json array = nlohmann::json::array();
    for (const nlohmann::json& document : documents) array.push_back(document);
    return WriteJson(array);
  }
  TCPLAB_CHECK(documents.size() == 1);
  return WriteJson(documents.front());
}

}  // namespace tcplab
