#include "core/net/address.h"

#include <gtest/gtest.h>
#include <uv.h>

#include <string>

namespace tcplab {
namespace {

TEST(Address, LiteralsOfBothFamiliesAreRead) {
  const Result<Address> ipv4 = Address::Parse("192.0.2.7", 8080);
  ASSERT_TRUE(ipv4);
  EXPECT_FALSE(ipv4->is_ipv6());
  EXPECT_EQ(ipv4->ToString(), "192.0.2.7:8080");
  const Result<Address> ipv6 = Address::Parse("2001:db8::1", 443);
  ASSERT_TRUE(ipv6);
  EXPECT_TRUE(ipv6->is_ipv6());
  EXPECT_EQ(ipv6->ToString(), "[2001:db8::1]:443");
}

TEST(Address, NamesAndRubbishAreRefused) {
  for (const char* literal : {"localhost", "", "127.0.0", "127.0.0.1.2", "1:2", "256.0.0.1"}) {
    const Result<Address> address = Address::Parse(literal, 1);
    ASSERT_FALSE(address) << literal;
    EXPECT_EQ(address.error().kind, ErrorKind::kInvalid);
    EXPECT_NE(address.error().message.find(literal), std::string::npos);
  }
}

TEST(Address, SurvivesTheWayThroughASockaddr) {
  for (const char* literal : {"127.0.0.1", "::1", "2001:db8::ff00:42:8329"}) {
    const Address address = *Address::Parse(literal, 54321);
    sockaddr_storage storage;
    const std::uint32_t length = address.ToSockaddr(storage);
    EXPECT_EQ(length, address.is_ipv6() ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
    EXPECT_EQ(Address::FromSockaddr(storage), address) << literal;
  }
}

TEST(Address, EmptySockaddrGivesAnAddressThatIsNotValid) {
  const Address address = Address::FromSockaddr(sockaddr_storage{});
  EXPECT_FALSE(address.valid());
  EXPECT_EQ(address.ToString(), "?");
  EXPECT_EQ(address.Encoded(), "");
}

TEST(Address, EncodedFormIsFamilyPortAndBytes) {
  EXPECT_EQ(Address::Parse("1.2.3.4", 0x1234)->Encoded(),
            std::string("\x04\x12\x34\x01\x02\x03\x04"));
  EXPECT_EQ(Address::Parse("::1", 1)->Encoded(),
            std::string("\x06\x00\x01", 3) + std::string(15, '\0') + '\x01');
}

TEST(Address, EncodedFormIsReadBack) {
  for (const char* literal : {"127.0.0.1", "::1"}) {
    for (const std::uint16_t port : {0, 1, 255, 256, 65535}) {
      const Address address = *Address::Parse(literal, port);
      EXPECT_EQ(Address::Decode(address.Encoded()), address);
    }
  }
}

TEST(Address, WhatEncodedDidNotGiveIsNotValid) {
  const std::string whole = Address::Parse("127.0.0.1", 80)->Encoded();
  EXPECT_FALSE(Address::Decode("").valid());
  EXPECT_FALSE(Address::Decode(whole.substr(0, 6)).valid());
  EXPECT_FALSE(Address::Decode(whole + "x").valid());
  EXPECT_FALSE(Address::Decode("\x06" + whole.substr(1)).valid());
  EXPECT_FALSE(Address::Decode("\x05" + whole.substr(1)).valid());
}

TEST(Address, WildcardIsTheAddressOfZeros) {
  EXPECT_TRUE(Address::Parse("0.0.0.0", 80)->is_wildcard());
  EXPECT_TRUE(Address::Parse("::", 80)->is_wildcard());
  EXPECT_FALSE(Address::Parse("127.0.0.1", 80)->is_wildcard());
  EXPECT_FALSE(Address::Parse("::1", 80)->is_wildcard());
}

TEST(Address, PortIsPartOfIt) {
  Address address = *Address::Parse("127.0.0.1", 1);
  const Address other = *Address::Parse("127.0.0.1", 2);
  EXPECT_NE(address, other);
  address.set_port(2);
  EXPECT_EQ(address, other);
  EXPECT_EQ(address.port(), 2);
}

}  // namespace
}  // namespace tcplab
