// Whether a number is prime: the lecture's third exercise.
#pragma once

#include <cstdint>

namespace tcplab {

// Exact for every 64-bit number: Miller-Rabin with the first twelve primes as bases decides below
// 3.3e24 (Sorenson and Webster, "Strong pseudoprimes to twelve prime bases", 2015).
[[nodiscard]] bool IsPrime(std::uint64_t number);

}  // namespace tcplab
