#include "core/scenario/address.h"

#include <gtest/gtest.h>

namespace tcplab::internal {
namespace {

bool IsLoopback(std::string_view text) {
  const auto address = ParseIpAddress(text);
  return address && address->IsLoopback();
}

TEST(Address, LiteralAddressesOfBothFamiliesAreRead) {
  for (const char* const text :
       {"127.0.0.1", "0.0.0.0", "255.255.255.255", "::", "::1", "fe80::1:2", "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "::ffff:192.0.2.1", "1:2:3:4:5:6:192.0.2.1",
        "FE80::A"}) {
    EXPECT_TRUE(ParseIpAddress(text)) << text;
  }
}

TEST(Address, NamesAndMalformedAddressesAreRefused) {
  for (const char* const text : {"",
                                 "localhost",
                                 "127.0.0",
                                 "127.0.0.1.",
                                 "127.0.0.256",
                                 "127.0.0.01",
                                 "127.0.0.-1",
                                 "127.1",
                                 "1.2.3.4.5",
                                 " 127.0.0.1",
                                 "127.0.0.1 ",
                                 ":",
                                 ":::",
                                 "1::2::3",
                                 "1:2:3:4:5:6:7",
                                 "1:2:3:4:5:6:7:8:9",
                                 "1:2:3:4::5:6:7:8",
                                 "12345::",
                                 "::g",
                                 "::1%lo",
                                 "1.2.3.4::",
                                 "::1.2.3",
                                 "[::1]",
                                 "0x7f.0.0.1"}) {
    EXPECT_FALSE(ParseIpAddress(text)) << text;
  }
}

TEST(Address, BytesAreInNetworkOrder) {
  const auto v4 = ParseIpAddress("127.1.2.3");
  ASSERT_TRUE(v4);
  EXPECT_FALSE(v4->is_v6);
  EXPECT_EQ(v4->bytes[0], 127);
  EXPECT_EQ(v4->bytes[3], 3);
  const auto v6 = ParseIpAddress("2001:db8::1:203.0.113.9");
  ASSERT_TRUE(v6);
  EXPECT_TRUE(v6->is_v6);
  EXPECT_EQ(v6->bytes[0], 0x20);
  EXPECT_EQ(v6->bytes[3], 0xB8);
  EXPECT_EQ(v6->bytes[11], 1);
  EXPECT_EQ(v6->bytes[12], 203);
  EXPECT_EQ(v6->bytes[15], 9);
}

TEST(Address, LoopbackIsAllOf127AndOneAddressOfIpv6) {
  for (const char* const text : {"127.0.0.1", "127.255.3.4", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(IsLoopback(text)) << text;
  }
  for (const char* const text :
       {"126.0.0.1", "128.0.0.1", "0.0.0.0", "10.0.0.1", "::", "::2", "1::1", "::127.0.0.1"}) {
    EXPECT_FALSE(IsLoopback(text)) << text;
  }
}

}  // namespace
}  // namespace tcplab::internal
