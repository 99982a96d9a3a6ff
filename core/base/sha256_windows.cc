// SHA-256 by the system's own library (CNG), so that nothing has to be brought along.
#include <windows.h>

#include "core/base/sha256.h"
// after windows.h
#include <bcrypt.h>

#include <algorithm>
#include <array>

#include "core/base/check.h"
#include "core/base/text.h"

namespace tcplab {

std::string Sha256Hex(std::string_view bytes) {
  std::array<char, 32> digest{};
  BCRYPT_ALG_HANDLE algorithm = nullptr;
  BCRYPT_HASH_HANDLE hash = nullptr;
  TCPLAB_CHECK(BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_SHA256_ALGORITHM, nullptr, 0) == 0);
  TCPLAB_CHECK(BCryptCreateHash(algorithm, &hash, nullptr, 0, nullptr, 0, 0) == 0);
  // The interface takes what it only reads as if it wrote there, and no more than 4 GiB at once.
  constexpr std::size_t kMost = 1U << 30U;
  for (std::string_view left = bytes; !left.empty();
       left.remove_prefix(std::min(left.size(), kMost))) {
    auto* const begin = reinterpret_cast<UCHAR*>(const_cast<char*>(left.data()));
    TCPLAB_CHECK(BCryptHashData(hash, begin, static_cast<ULONG>(std::min(left.size(), kMost)), 0) ==
                 0);
  }
  TCPLAB_CHECK(BCryptFinishHash(hash, reinterpret_cast<UCHAR*>(digest.data()), digest.size(), 0) ==
               0);
  BCryptDestroyHash(hash);
  BCryptCloseAlgorithmProvider(algorithm, 0);
  return ToHex({digest.data(), digest.size()});
}

}  // namespace tcplab
