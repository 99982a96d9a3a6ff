// An IPv4 or IPv6 address with a port. A value: copied freely, owns nothing.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

struct sockaddr;
struct sockaddr_storage;

namespace tcplab {

class Address {
 public:
  Address() = default;

  // A literal IPv4 or IPv6 address; no name is ever looked up.
  [[nodiscard]] static Result<Address> Parse(const std::string& literal, std::uint16_t port);

  // From what a system call filled in. An empty or unknown sockaddr gives an address that is not
  // valid().
  [[nodiscard]] static Address FromSockaddr(const sockaddr_storage& storage);

  // What Encoded() gave; not valid() when it is something else.
  [[nodiscard]] static Address Decode(std::string_view encoded);

  // Fills `storage` for bind or connect and returns its length in bytes.
  std::uint32_t ToSockaddr(sockaddr_storage& storage) const;

  // 7 bytes (IPv4) or 19 (IPv6): family 4 or 6, port (big endian), address (network order).
  [[nodiscard]] std::string Encoded() const;

  [[nodiscard]] std::string ToString() const;  // "127.0.0.1:8080", "[::1]:8080"

  [[nodiscard]] bool valid() const { return family_ != 0; }
  [[nodiscard]] bool is_ipv6() const { return family_ == kIpv6; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool is_wildcard() const;
  void set_port(std::uint16_t port) { port_ = port; }

  friend bool operator==(const Address&, const Address&) = default;
  friend auto operator<=>(const Address&, const Address&) = default;

 private:
  static constexpr std::uint8_t kIpv4 = 4;
  static constexpr std::uint8_t kIpv6 = 6;

  std::uint8_t family_ = 0;
  std::uint16_t port_ = 0;
  std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace tcplab
