/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tries.c - connects once, to where somebody listens or nobody does, and learns what came
 * of it in the way that it is told.
 *
 * tries refused|made|asked HOW
 * asked: nobody answers (the queue of who listens is full).
 * HOW: waits (connect blocks), asks (SO_ERROR), again (connect once more), writes, reads,
 * closes (never asks), ends (nor closes).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in address = {.sin_family = AF_INET};
static const struct sockaddr *const to = (const struct sockaddr *)&address;

/* Bound, so that nobody else gets the number; and listening, if somebody is to be there. */
static void place(const char *what)
{
	socklen_t bytes = sizeof address;
	int there = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(there, to, bytes) != 0 ||
	    getsockname(there, (struct sockaddr *)&address, &bytes) != 0)
		_exit(2);
	if (strcmp(what, "refused") != 0)
		listen(there, strcmp(what, "asked") == 0 ? 0 : 4);
}

/* What the kernel queues beyond its limit is dropped, and asked for again. */
static void fill(void)
{
	for (int i = 0; i < 2; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		fcntl(fd, F_SETFL, O_NONBLOCK);
		connect(fd, to, sizeof address);
		poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, 100);
	}
}

static int asks(int fd)
{
	int error = -1;
	socklen_t bytes = sizeof error;

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &bytes);
	return error;
}

static int learns(int fd, const char *how)
{
	char byte = 0;

	if (strcmp(how, "asks") == 0)
		return asks(fd);
	if (strcmp(how, "again") == 0)
		return connect(fd, to, sizeof address) == 0 || errno == EISCONN ? 0 : errno;
	if (strcmp(how, "writes") == 0)
		return send(fd, &byte, 1, MSG_NOSIGNAL) == 1 ? 0 : errno;
	if (strcmp(how, "reads") == 0)
		return recv(fd, &byte, 1, MSG_DONTWAIT) >= 0 || errno == EAGAIN ? 0 : errno;
	return -1;
}

int main(int argc, char **argv)
{
	const char *how = argc > 2 ? argv[2] : "asks";
	int fd, error;

	place(argv[1]);
	if (strcmp(argv[1], "asked") == 0)
		fill();
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (strcmp(how, "waits") != 0)
		fcntl(fd, F_SETFL, O_NONBLOCK);
	error = connect(fd, to, sizeof address) == 0 ? 0 : errno;
	if (error == EINPROGRESS) {
		poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, 200);
		error = learns(fd, how);
	}
	printf("%s\n", error == 0	       ? "made"
		       : error == ECONNREFUSED ? "refused"
		       : error < 0	       ? "never asked"
		       : error == EINPROGRESS || error == EALREADY || error == EAGAIN
			       ? "still asking"
			       : strerror(error));
	if (strcmp(how, "ends") != 0)
		close(fd);
	return 0;
}
