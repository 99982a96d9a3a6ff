// A textbook's TCP server: takes one connection, reads it to its end, says how many bytes each recv
// returned.
//
// It prints its port first, so that whoever started it knows that it listens. The sizes are kept in
// memory and printed at the end: a printf between two recvs would change what the next one returns.
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kBacklog = 5, kBuffer = 2048, kMostRecvs = 4096, kLongestSeconds = 60 };

static void Die(const char* what) {
  perror(what);
  exit(1);
}

static int Listen(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0) Die("socket");
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0) Die("bind");
  if (listen(listener, kBacklog) != 0) Die("listen");
  socklen_t length = sizeof address;
  if (getsockname(listener, (struct sockaddr*)&address, &length) != 0) Die("getsockname");
  printf("port %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  alarm(kLongestSeconds);  // never left behind, whatever becomes of who started it
  static ssize_t sizes[kMostRecvs];
  char buffer[kBuffer];
  memset(buffer, 0, sizeof buffer);
  int count = 0;

  int listener = Listen();
  int connection = accept(listener, NULL, NULL);
  if (connection < 0) Die("accept");
  for (;;) {
    ssize_t got = recv(connection, buffer, sizeof buffer, 0);
    if (got < 0) Die("recv");
    if (got == 0) break;
    if (count < kMostRecvs) sizes[count] = got;
    ++count;
  }
  close(connection);
  close(listener);

  printf("recvs %d:", count);
  for (int i = 0; i < count && i < kMostRecvs; ++i) printf(" %zd", sizes[i]);
  printf("\n");
  return 0;
}
