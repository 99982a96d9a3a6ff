// The schema that editors use, as a validator.
#pragma once

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

// Draft 7 of JSON Schema; types are strict, "1" is no number.
class JsonSchema {
 public:
  explicit JsonSchema(const nlohmann::json& text) {
    const valijson::adapters::NlohmannJsonAdapter adapter(text);
    valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(adapter, schema_);
  }

  [[nodiscard]] bool Accepts(nlohmann::json document) const {
    WriteWholeNumbersAsSuch(document);
    const valijson::adapters::NlohmannJsonAdapter adapter(document);
    return validator_.validate(schema_, adapter, nullptr);
  }

 private:
  // To a schema 5.0 is an integer (draft 7, 6.1.1), and equal to 5; valijson looks at how it is
  // stored. As deep as the document.
  static void WriteWholeNumbersAsSuch(nlohmann::json& value) {
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

  valijson::Schema schema_;
  // Keeps the regular expressions that it has compiled.
  mutable valijson::Validator validator_{valijson::Validator::kStrongTypes};
};

}  // namespace tcplab
