#include "tests/support/schema/json_schema.h"

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

// g++ 12 warns of its own <regex> once a sanitizer is on (GCC bug 105562).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

namespace tcplab {
namespace {

// To a schema 5.0 is an integer (draft 7, 6.1.1), and equal to 5; valijson looks at how it is
// stored. As deep as the document.
void WriteWholeNumbersAsSuch(nlohmann::json& value) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (value.is_structured()) {
    for (nlohmann::json& inner : value) WriteWholeNumbersAsSuch(inner);
  } else if (value.is_number_float()) {
    const double number = value.get<double>();
    if (std::trunc(number) == number && std::fabs(number) <= kExact) {
      value = static_cast<std::int64_t>(number);
    }
  }
}

}  // namespace

struct JsonSchema::Validator {
  valijson::Schema schema;
  // Keeps the regular expressions that it has compiled.
  valijson::Validator validator{valijson::Validator::kStrongTypes};
};

JsonSchema::JsonSchema(const nlohmann::json& text) : validator_(std::make_unique<Validator>()) {
  const valijson::adapters::NlohmannJsonAdapter adapter(text);
  valijson::SchemaParser(valijson::SchemaParser::kDraft7)
      .populateSchema(adapter, validator_->schema);
}

JsonSchema::~JsonSchema() = default;

bool JsonSchema::Accepts(nlohmann::json document) const {
  WriteWholeNumbersAsSuch(document);
  const valijson::adapters::NlohmannJsonAdapter adapter(document);
  return validator_->validator.validate(validator_->schema, adapter, nullptr);
}

}  // namespace tcplab
