#include "core/net/address.h"

#include <uv.h>

#include <algorithm>
#include <cstring>

namespace tcplab {
namespace {

constexpr std::size_t kIpv4Bytes = 4;
constexpr std::size_t kIpv6Bytes = 16;
constexpr std::size_t kHeaderBytes = 3;

}  // namespace

Result<Address> Address::Parse(const std::string& literal, std::uint16_t port) {
  Address address;
  address.port_ = port;
  if (uv_inet_pton(AF_INET, literal.c_str(), address.bytes_.data()) == 0) {
    address.family_ = kIpv4;
    return address;
  }
  if (uv_inet_pton(AF_INET6, literal.c_str(), address.bytes_.data()) == 0) {
    address.family_ = kIpv6;
    return address;
  }
  return Invalid("\"" + literal + "\" is no literal IPv4 or IPv6 address");
}

Address Address::FromSockaddr(const sockaddr_storage& storage) {
  Address address;
  if (storage.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &storage, sizeof in);
    address.family_ = kIpv4;
    address.port_ = ntohs(in.sin_port);
    std::memcpy(address.bytes_.data(), &in.sin_addr, kIpv4Bytes);
  } else if (storage.ss_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &storage, sizeof in);
    address.family_ = kIpv6;
    address.port_ = ntohs(in.sin6_port);
    std::memcpy(address.bytes_.data(), &in.sin6_addr, kIpv6Bytes);
  }
  return address;
}

Address Address::Decode(std::string_view encoded) {
  Address address;
  const bool ipv4 = encoded.size() == kHeaderBytes + kIpv4Bytes && encoded[0] == kIpv4;
  const bool ipv6 = encoded.size() == kHeaderBytes + kIpv6Bytes && encoded[0] == kIpv6;
  if (!ipv4 && !ipv6) return address;
  address.family_ = ipv4 ? kIpv4 : kIpv6;
  address.port_ = static_cast<std::uint16_t>((static_cast<unsigned char>(encoded[1]) << 8U) |
                                             static_cast<unsigned char>(encoded[2]));
  std::memcpy(address.bytes_.data(), encoded.data() + kHeaderBytes, encoded.size() - kHeaderBytes);
  return address;
}

std::uint32_t Address::ToSockaddr(sockaddr_storage& storage) const {
  std::memset(&storage, 0, sizeof storage);
  if (is_ipv6()) {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port_);
    std::memcpy(&in.sin6_addr, bytes_.data(), kIpv6Bytes);
    std::memcpy(&storage, &in, sizeof in);
    return sizeof in;
  }
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(port_);
  std::memcpy(&in.sin_addr, bytes_.data(), kIpv4Bytes);
  std::memcpy(&storage, &in, sizeof in);
  return sizeof in;
}

std::string Address::Encoded() const {
  if (!valid()) return {};
  std::string encoded;
  encoded += static_cast<char>(family_);
  encoded += static_cast<char>(port_ >> 8U);
  encoded += static_cast<char>(port_ & 0xFFU);
  for (std::size_t i = 0; i < (is_ipv6() ? kIpv6Bytes : kIpv4Bytes); ++i) {
    encoded += static_cast<char>(bytes_[i]);
  }
  return encoded;
}

std::string Address::ToString() const {
  if (!valid()) return "?";
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (uv_inet_ntop(is_ipv6() ? AF_INET6 : AF_INET, bytes_.data(), text.data(), text.size()) != 0)
    return "?";
  const std::string host = text.data();
  return (is_ipv6() ? "[" + host + "]" : host) + ":" + std::to_string(port_);
}

bool Address::is_wildcard() const {
  return std::all_of(bytes_.begin(), bytes_.end(), [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace tcplab
