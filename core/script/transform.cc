#include "core/script/transform.h"

#include <algorithm>

#include "core/base/check.h"

namespace tcplab {
namespace {

std::string Uppercase(std::string_view message) {
  std::string upper(message);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return upper;
}

}  // namespace

std::string Apply(Transform transform, std::string_view message) {
  switch (transform) {
    case Transform::kUppercase:
      return Uppercase(message);
    case Transform::kEcho:
      return std::string(message);
  }
  TCPLAB_CHECK(false);
  return {};
}

}  // namespace tcplab
