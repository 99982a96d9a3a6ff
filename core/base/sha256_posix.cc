#include <sodium.h>

#include <array>

#include "core/base/sha256.h"
#include "core/base/text.h"

namespace tcplab {

std::string Sha256Hex(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the C interface takes unsigned
  // bytes.
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size());
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
  return ToHex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace tcplab
