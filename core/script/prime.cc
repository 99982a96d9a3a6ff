#include "core/script/prime.h"

#include <algorithm>
#include <array>

namespace tcplab {
namespace {

// a * b modulo m, for m up to 2^63, by doubling: no standard type is wide enough for the product.
std::uint64_t MultiplyModulo(std::uint64_t a, std::uint64_t b, std::uint64_t m) {
  std::uint64_t product = 0;
  for (a %= m; b > 0; b >>= 1U) {
    if ((b & 1U) != 0) product = product >= m - a ? product - (m - a) : product + a;
    a = a >= m - a ? a - (m - a) : a + a;
  }
  return product;
}

std::uint64_t PowerModulo(std::uint64_t base, std::uint64_t exponent, std::uint64_t m) {
  std::uint64_t power = 1;
  for (base %= m; exponent > 0; exponent >>= 1U) {
    if ((exponent & 1U) != 0) power = MultiplyModulo(power, base, m);
    base = MultiplyModulo(base, base, m);
  }
  return power;
}

}  // namespace

bool IsPrime(std::uint64_t number) {
  constexpr auto kBases =
      std::to_array<std::uint64_t>({2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37});
  if (number < 2) return false;
  for (const std::uint64_t base : kBases) {
    if (number % base == 0) return number == base;
  }
  std::uint64_t odd = number - 1;
  unsigned halvings = 0;
  for (; odd % 2 == 0; odd /= 2) ++halvings;
  const auto is_witness = [&](std::uint64_t base) {
    std::uint64_t x = PowerModulo(base, odd, number);
    if (x == 1 || x == number - 1) return false;
    for (unsigned i = 1; i < halvings; ++i) {
      x = MultiplyModulo(x, x, number);
      if (x == number - 1) return false;
    }
    return true;
  };
  return std::none_of(kBases.begin(), kBases.end(), is_witness);
}

}  // namespace tcplab
