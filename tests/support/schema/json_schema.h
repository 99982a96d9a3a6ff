// The schema that editors use, as a validator.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>

namespace tcplab {

// Draft 7 of JSON Schema; types are strict, "1" is no number.
class JsonSchema {
 public:
  explicit JsonSchema(const nlohmann::json& text);
  ~JsonSchema();
  JsonSchema(const JsonSchema&) = delete;
  JsonSchema& operator=(const JsonSchema&) = delete;

  [[nodiscard]] bool Accepts(nlohmann::json document) const;

 private:
  struct Validator;
  std::unique_ptr<Validator> validator_;
};

}  // namespace tcplab
