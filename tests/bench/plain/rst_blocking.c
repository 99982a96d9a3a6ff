// Connections as fast as one blocking client and one blocking server make them, each closed by RST
// so that no TIME_WAIT is left behind.
//
//   plain_rst_blocking server COUNT          prints "port N", and at the end "last NS"
//   plain_rst_blocking client COUNT PORT     prints "first NS last NS"
//
// The stamps are CLOCK_MONOTONIC, taken before the first call and after the last one.
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { kBacklog = 4096, kLongestSeconds = 120 };

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
  int listener = socket(AF_INET, SOCK_STREAM, 0);
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

static void Serve(long count) {
  int listener = Listen();
  for (long i = 0; i < count; ++i) {
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    int connection = accept(listener, (struct sockaddr*)&peer, &length);
    if (connection < 0) Die("accept");
    close(connection);
  }
  printf("last %lld\n", Now());
}

static void Connect(long count, int port) {
  const struct sockaddr_in server = Loopback(port);
  const struct linger reset = {.l_onoff = 1, .l_linger = 0};
  const long long first = Now();
  for (long i = 0; i < count; ++i) {
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connection < 0) Die("socket");
    if (connect(connection, (const struct sockaddr*)&server, sizeof server) != 0) Die("connect");
    if (setsockopt(connection, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) != 0) Die("linger");
    close(connection);
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
  if (argc == 4 && strcmp(argv[1], "client") == 0) {
    Connect(atol(argv[2]), atoi(argv[3]));
    return 0;
  }
  fprintf(stderr, "usage: plain_rst_blocking server COUNT | client COUNT PORT\n");
  return 2;
}
