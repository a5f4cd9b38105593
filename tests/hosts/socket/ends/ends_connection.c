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
#include "frame.h"
#include <signal.h>
#include <unistd.h>

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
	size_t size = frame_make(atoi(argv[3]));
	int fd = frame_connect(argv[argc - 1], strcmp(what, "full") == 0 ? 16384 : 1000000);

	prepare(fd, what);
	printf("sent %zu of %zu\n", send_request(fd, size, what), size);
	fflush(stdout);
	if (strcmp(what, "drain") == 0)
		drain(fd);
	return leave(fd, way);
}
