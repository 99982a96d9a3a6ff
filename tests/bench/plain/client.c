// A textbook's TCP client: sends 100 times one byte, with or without a pause, then waits for the
// server to close.
//
//   plain_client PORT NODELAY PAUSE_US WAIT_US
//
// WAIT_US is how long it sleeps before it connects, as a person does between two commands.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { kSends = 100, kBuffer = 2048, kLongestSeconds = 60 };

static void Die(const char* what) {
  perror(what);
  exit(1);
}

static void Sleep(long microseconds) {
  if (microseconds <= 0) return;
  struct timespec pause = {.tv_sec = microseconds / 1000000,
                           .tv_nsec = microseconds % 1000000 * 1000};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

int main(int argc, char** argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: plain_client PORT NODELAY PAUSE_US WAIT_US\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  alarm(kLongestSeconds);  // never left behind, whatever becomes of who started it
  const int nodelay = atoi(argv[2]);
  const long pause_us = atol(argv[3]);
  struct sockaddr_in server = {.sin_family = AF_INET};
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  server.sin_port = htons((unsigned short)atoi(argv[1]));

  Sleep(atol(argv[4]));
  int connection = socket(AF_INET, SOCK_STREAM, 0);
  if (connection < 0) Die("socket");
  if (setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &nodelay, sizeof nodelay) != 0) {
    Die("setsockopt");
  }
  if (connect(connection, (struct sockaddr*)&server, sizeof server) != 0) Die("connect");
  for (int i = 0; i < kSends; ++i) {
    const char byte = (char)('a' + i % 26);
    if (send(connection, &byte, 1, 0) != 1) Die("send");
    Sleep(pause_us);
  }
  shutdown(connection, SHUT_WR);
  char buffer[kBuffer];
  while (recv(connection, buffer, sizeof buffer, 0) > 0) {
  }
  close(connection);
  return 0;
}
