// The sockets of liblwip, beside those of the system. Debian's is built for the system's own
// structures and numbers (its lwipopts.h: LWIP_SOCKET_EXTERNAL_HEADERS), so no header of lwIP's is
// needed for them.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstddef>

extern "C" {
int lwip_socket(int domain, int type, int protocol);
int lwip_bind(int socket, const sockaddr* name, socklen_t length);
int lwip_listen(int socket, int backlog);
int lwip_connect(int socket, const sockaddr* name, socklen_t length);
int lwip_accept(int socket, sockaddr* name, socklen_t* length);
ssize_t lwip_recv(int socket, void* memory, std::size_t size, int flags);
ssize_t lwip_send(int socket, const void* data, std::size_t size, int flags);
int lwip_shutdown(int socket, int how);
int lwip_close(int socket);
int lwip_fcntl(int socket, int command, int value);
int lwip_ioctl(int socket, long command, void* argument);
int lwip_poll(pollfd* watched, nfds_t count, int timeout_ms);
int lwip_getsockname(int socket, sockaddr* name, socklen_t* length);
int lwip_getpeername(int socket, sockaddr* name, socklen_t* length);
int lwip_getsockopt(int socket, int level, int option, void* value, socklen_t* length);
int lwip_setsockopt(int socket, int level, int option, const void* value, socklen_t length);
}

namespace tcplab {

// The address that lwIP has, in network order: what a scenario calls 127.0.0.1.
extern in_addr_t lwip_own_address;

}  // namespace tcplab
