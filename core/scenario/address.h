// Literal IP addresses. Names are refused: what `localhost` means differs from system to system.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tcplab::internal {

// An IPv4 or IPv6 address in network byte order; IPv4 uses the first four bytes.
struct IpAddress {
  bool is_v6 = false;
  std::array<std::uint8_t, 16> bytes{};

  // 127.0.0.0/8, ::1, and 127.0.0.0/8 mapped into IPv6.
  [[nodiscard]] bool IsLoopback() const;
};

// `text` as dotted decimal or RFC 4291 section 2.2 notation, without a zone.
[[nodiscard]] std::optional<IpAddress> ParseIpAddress(std::string_view text);

// An IPv4 address as a number, by which addresses are counted, and back.
[[nodiscard]] std::uint32_t Ipv4Number(const IpAddress& address);
[[nodiscard]] std::string Ipv4Literal(std::uint32_t number);

}  // namespace tcplab::internal
