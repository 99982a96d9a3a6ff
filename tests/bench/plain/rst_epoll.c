// Connections as fast as one event loop of clients and one event loop as a server make them, each
// closed by RST so that no TIME_WAIT is left behind.
//
//   plain_rst_epoll server COUNT                  prints "port N", and at the end "last NS"
//   plain_rst_epoll client COUNT PORT CLIENTS     prints "first NS last NS"
//
// COUNT is the number of all connections; CLIENTS of them are under way at a time. The stamps are
// CLOCK_MONOTONIC, taken before the first call and after the last one.
#define _GNU_SOURCE  // accept4
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { kBacklog = 4096, kLongestSeconds = 120, kEvents = 1024, kMostClients = 1024 };

static void Die(const char* what) {
  perror(what);
  exit(1);
}

static long long Now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static struct sockaddr_in Loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons((unsigned short)port);
  return address;
}

static int Listen(void) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (listener < 0) Die("socket");
  struct sockaddr_in address = Loopback(0);
  if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0) Die("bind");
  if (listen(listener, kBacklog) != 0) Die("listen");
  socklen_t length = sizeof address;
  if (getsockname(listener, (struct sockaddr*)&address, &length) != 0) Die("getsockname");
  printf("port %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

static void Watch(int epoll, int fd, unsigned events, unsigned slot) {
  struct epoll_event event = {.events = events};
  event.data.u32 = slot;
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) Die("epoll_ctl");
}

// One accept a wake: the listener stays readable while its queue is not empty.
static void Serve(long count) {
  int listener = Listen();
  int epoll = epoll_create1(0);
  Watch(epoll, listener, EPOLLIN, 0);
  long accepted = 0;
  while (accepted < count) {
    struct epoll_event event;
    if (epoll_wait(epoll, &event, 1, -1) != 1) Die("epoll_wait");
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    int connection = accept4(listener, (struct sockaddr*)&peer, &length, SOCK_NONBLOCK);
    if (connection < 0 && errno == EAGAIN) continue;
    if (connection < 0) Die("accept");
    ++accepted;
    close(connection);
  }
  printf("last %lld\n", Now());
}

static int sockets[kMostClients];

static void Begin(int epoll, unsigned slot, const struct sockaddr_in* server) {
  sockets[slot] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (sockets[slot] < 0) Die("socket");
  const int result = connect(sockets[slot], (const struct sockaddr*)server, sizeof *server);
  if (result != 0 && errno != EINPROGRESS) Die("connect");
  Watch(epoll, sockets[slot], EPOLLOUT, slot);
}

static void End(unsigned slot) {
  const struct linger reset = {.l_onoff = 1, .l_linger = 0};
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(sockets[slot], SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) {
    errno = error;
    Die("connect");
  }
  if (setsockopt(sockets[slot], SOL_SOCKET, SO_LINGER, &reset, sizeof reset) != 0) Die("linger");
  close(sockets[slot]);
}

static void Connect(long count, int port, unsigned clients) {
  const struct sockaddr_in server = Loopback(port);
  int epoll = epoll_create1(0);
  long begun = 0;
  long ended = 0;
  const long long first = Now();
  for (unsigned slot = 0; slot < clients && begun < count; ++slot, ++begun) {
    Begin(epoll, slot, &server);
  }
  while (ended < count) {
    static struct epoll_event events[kEvents];
    const int ready = epoll_wait(epoll, events, kEvents, -1);
    if (ready < 0) Die("epoll_wait");
    for (int i = 0; i < ready; ++i) {
      End(events[i].data.u32);
      ++ended;
      if (begun == count) continue;
      Begin(epoll, events[i].data.u32, &server);
      ++begun;
    }
  }
  printf("first %lld last %lld\n", first, Now());
}

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  alarm(kLongestSeconds);  // never left behind, whatever becomes of who started it
  if (argc == 3 && strcmp(argv[1], "server") == 0) {
    Serve(atol(argv[2]));
    return 0;
  }
  if (argc == 5 && strcmp(argv[1], "client") == 0 && atol(argv[4]) <= kMostClients) {
    Connect(atol(argv[2]), atoi(argv[3]), (unsigned)atol(argv[4]));
    return 0;
  }
  fprintf(stderr, "usage: plain_rst_epoll server COUNT | client COUNT PORT CLIENTS\n");
  return 2;
}
