/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ends_connection.c - one Produce request of 100 KB, and then the end.
 *
 * What was done before it:
 * sent     all was accepted by the kernel
 * linger   the same, with SO_LINGER {1, 0}: what is queued will be dropped
 * unread   the same, with input that nobody has read: dropped as well
 * drain    the same, then shutdown(), and read until the peer has closed
 * cut      only its first half was sent
 * full     without blocking, through a buffer too small for it: what fits was sent
 * And how it ends: close (and then return), return, exit, _exit, abort,
 * SIGTERM, SIGKILL, exec.
 * ends_connection sent|linger|unread|drain|cut|full WAY ACKS HOST:PORT
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 100000
#define FRAME_HEAD 47

static unsigned char frame[FRAME_HEAD + BATCH];

static unsigned char *put(unsigned char *at, uint64_t value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
		*at++ = (unsigned char)(value >> (8 * i));
	return at;
}

static unsigned char *put_text(unsigned char *at, const char *text)
{
	at = put(at, strlen(text), 2);
	memcpy(at, text, strlen(text));
	return at + strlen(text);
}

/* Produce v3, one batch of magic 2 with one record. */
static size_t make_request(int acks)
{
	unsigned char *at = frame + 4;

	at = put(at, 0, 2); /* Produce */
	at = put(at, 3, 2);
	at = put(at, 1, 4); /* correlation */
	at = put_text(at, "ends");
	at = put(at, 0xffff, 2); /* no transactional id */
	at = put(at, (uint64_t)acks, 2);
	at = put(at, 30000, 4);
	at = put(at, 1, 4);
	at = put_text(at, "end");
	at = put(at, 1, 4);
	at = put(at, 0, 4); /* partition */
	at = put(at, BATCH, 4);
	put(at + 8, BATCH - 12, 4);
	put(at + 16, 2, 1); /* magic */
	put(at + 57, 1, 4); /* records */
	at += BATCH;
	put(frame, (uint64_t)(at - frame - 4), 4);
	return (size_t)(at - frame);
}

static int connect_to(char *address, int send_buffer)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char *colon = strchr(address, ':');

	*colon = '\0';
	to.sin_port = htons((uint16_t)atoi(colon + 1));
	inet_pton(AF_INET, address, &to.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof(send_buffer));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		perror("connect");
		exit(2);
	}
	return fd;
}

static void prepare(int fd, const char *what)
{
	struct linger at_once = {.l_onoff = 1, .l_linger = 0};
	char byte;

	if (strcmp(what, "unread") == 0)
		recv(fd, &byte, 1, MSG_PEEK);
	if (strcmp(what, "linger") == 0)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

/* The bytes that the kernel accepted. */
static size_t send_request(int fd, size_t size, const char *what)
{
	int flags = MSG_NOSIGNAL | (strcmp(what, "full") == 0 ? MSG_DONTWAIT : 0);
	size_t sent = 0;
	ssize_t took;

	if (strcmp(what, "cut") == 0)
		size /= 2;
	while (sent < size && (took = send(fd, frame + sent, size - sent, flags)) > 0)
		sent += (size_t)took;
	return sent;
}

static void drain(int fd)
{
	char byte;

	shutdown(fd, SHUT_WR);
	while (recv(fd, &byte, 1, 0) > 0)
		;
}

static int leave(int fd, const char *way)
{
	if (strcmp(way, "close") == 0)
		close(fd);
	else if (strcmp(way, "exit") == 0)
		exit(0);
	else if (strcmp(way, "_exit") == 0)
		_exit(0);
	else if (strcmp(way, "abort") == 0)
		abort();
	else if (strcmp(way, "SIGTERM") == 0)
		kill(getpid(), SIGTERM);
	else if (strcmp(way, "SIGKILL") == 0)
		kill(getpid(), SIGKILL);
	else if (strcmp(way, "exec") == 0)
		execl("/bin/true", "true", NULL);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argv[1], *way = argv[2];
	size_t size = make_request(atoi(argv[3]));
	int fd = connect_to(argv[argc - 1], strcmp(what, "full") == 0 ? 16384 : 1000000);

	prepare(fd, what);
	printf("sent %zu of %zu\n", send_request(fd, size, what), size);
	fflush(stdout);
	if (strcmp(what, "drain") == 0)
		drain(fd);
	return leave(fd, way);
}
