// How the calls of Winsock return: SOCKET_ERROR and WSAGetLastError(). For the platform files of
// this folder only.
#pragma once

#include <winsock2.h>

#include "core/net/errors.h"
#include "core/net/syscalls.h"

namespace tcplab {

// Errors of sockets under the names that other systems give them. libuv knows most; these it has no
// name for, or another one than accept(2) and recv(2) have: a call that was interrupted
// (CancelIoEx) is EINTR, not ECANCELED.
[[nodiscard]] inline ErrorCode ErrorFromWinsock(int error) {
  switch (error) {
    case WSAEINTR:
    case WSA_OPERATION_ABORTED:
      return errors::kInterrupted;
    case WSAENOPROTOOPT:
      return errors::kNoProtoOpt;
    case WSAEOPNOTSUPP:
      return errors::kNotSupported;
    case WSAEDESTADDRREQ:
      return ErrorCodeOf("EDESTADDRREQ");
    case WSAEHOSTDOWN:
      return ErrorCodeOf("EHOSTDOWN");
    case WSAENETDOWN:
      return ErrorCodeOf("ENETDOWN");
    case WSAEPROTOTYPE:
      return ErrorCodeOf("EPROTOTYPE");
    case WSAENETRESET:  // keep-alive or TTL gave the connection up: ETIMEDOUT on POSIX (MSDN, recv)
      return ErrorCodeOf("ETIMEDOUT");
    case WSA_INVALID_HANDLE:
      return ErrorCodeOf("EBADF");
    default:
      return ErrorFromSystem(error);
  }
}

// `value` is what the call returned; SOCKET_ERROR and INVALID_SOCKET are both -1.
inline CallResult ReturnedBySocket(std::int64_t value) {
  if (value != SOCKET_ERROR) return {value, ErrorCode::kNone};
  return {-1, ErrorFromWinsock(WSAGetLastError())};
}

}  // namespace tcplab
