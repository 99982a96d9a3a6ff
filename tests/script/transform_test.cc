#include "core/script/transform.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/script/prime.h"

namespace tcplab {
namespace {

TEST(Transform, UppercaseChangesLettersAndNothingElse) {
  EXPECT_EQ(Apply(Transform::kUppercase, "ciao 1, Mondo!\r\n"), "CIAO 1, MONDO!\r\n");
}

TEST(Transform, UppercaseLeavesBytesBeyondAsciiAlone) {
  const std::string bytes = "perch\xC3\xA9\xFF";
  EXPECT_EQ(Apply(Transform::kUppercase, bytes), "PERCH\xC3\xA9\xFF");
  const std::string with_zero("a\0b", 3);
  EXPECT_EQ(Apply(Transform::kUppercase, with_zero), std::string("A\0B", 3));
}

TEST(Transform, EchoIsTheMessageItself) {
  const std::string bytes("a\0\xFFZ", 4);
  EXPECT_EQ(Apply(Transform::kEcho, bytes), bytes);
  EXPECT_EQ(Apply(Transform::kEcho, ""), "");
}

TEST(Transform, ConsonantsAreCountedInEitherCase) {
  EXPECT_EQ(Apply(Transform::kConsonants, "Programmazione\n"), "8");
  EXPECT_EQ(Apply(Transform::kConsonants, "bcdfghjklmnpqrstvwxyzBCDFGHJKLMNPQRSTVWXYZ"), "42");
  EXPECT_EQ(Apply(Transform::kConsonants, "aeiouAEIOU 123.,\r\n"), "0");
  EXPECT_EQ(Apply(Transform::kConsonants, ""), "0");
}

TEST(Transform, ConsonantsAreLettersOfAsciiWhateverStandsBesideThem) {
  EXPECT_EQ(Apply(Transform::kConsonants, "perch\xC3\xA9"), "4");  // UTF-8
  EXPECT_EQ(Apply(Transform::kConsonants, "\xC3"), "0");
  EXPECT_EQ(Apply(Transform::kConsonants, std::string("b\0c", 3)), "2");
}

TEST(Transform, PrimeAnswersForEveryMessage) {
  const std::vector<std::pair<std::string, std::string>> kAnswers = {
      {"2\n", "prime"},
      {" 97 \r\n", "prime"},
      {"+7", "prime"},
      {"007", "prime"},
      {"0", "not prime"},
      {"1", "not prime"},
      {"-7", "not prime"},
      {"-99999999999999999999999", "not prime"},
      {"9223372036854775783", "prime"},
      {"9223372036854775808", "not prime"},  // 2^63
      {"9223372036854775809", "too large"},
      {"18446744073709551616", "too large"},
      {std::string(1000, '9'), "too large"},
      {"", "not a number"},
      {"\n", "not a number"},
      {"-", "not a number"},
      {"+-7", "not a number"},
      {"1 7", "not a number"},
      {"7.0", "not a number"},
      {"0x7", "not a number"},
      {"abc", "not a number"},
      {std::string("7\0", 2), "not a number"},
  };
  for (const auto& [message, answer] : kAnswers) {
    EXPECT_EQ(Apply(Transform::kPrime, message), answer) << message;
  }
}

bool IsPrimeByDivision(std::uint64_t number) {
  for (std::uint64_t divisor = 2; divisor * divisor <= number; ++divisor) {
    if (number % divisor == 0) return false;
  }
  return number >= 2;
}

TEST(IsPrime, AgreesWithTrialDivision) {
  for (std::uint64_t number = 0; number < 20'000; ++number) {
    ASSERT_EQ(IsPrime(number), IsPrimeByDivision(number)) << number;
  }
  for (std::uint64_t number = 4'294'967'296U - 500; number < 4'294'967'296U + 500; ++number) {
    ASSERT_EQ(IsPrime(number), IsPrimeByDivision(number)) << number;
  }
}

// Composites that pass the test for the first bases (Jaeschke 1993, OEIS A014233), and Carmichael
// numbers, which pass Fermat's for all.
TEST(IsPrime, IsNotTakenInByPseudoprimes) {
  for (const std::uint64_t number :
       {2047ULL, 1373653ULL, 25326001ULL, 3215031751ULL, 2152302898747ULL, 3474749660383ULL,
        341550071728321ULL, 3825123056546413051ULL, 561ULL, 1105ULL, 6601ULL,
        9223372036854775807ULL, 9223372036854775808ULL, 3037000499ULL * 3037000499ULL}) {
    EXPECT_FALSE(IsPrime(number)) << number;
  }
}

TEST(IsPrime, KnowsLargePrimes) {
  for (const std::uint64_t number : {2147483647ULL, 4294967291ULL, 1000000000039ULL,
                                     2305843009213693951ULL, 9223372036854775783ULL}) {
    EXPECT_TRUE(IsPrime(number)) << number;
  }
}

}  // namespace
}  // namespace tcplab
