/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meets_full_buffer.c - 1 MB to a peer that reads late, without blocking.
 *
 * After EAGAIN it waits with poll, select or epoll, sleeps a little, or
 * ("spin") tries again at once.
 * meets_full_buffer poll|select|epoll|sleep|spin
 * links: threads
 */
#include "peer.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

static void wait_writable(int fd, const char *how)
{
	struct pollfd polled = {.fd = fd, .events = POLLOUT};
	struct epoll_event event = {.events = EPOLLOUT};
	fd_set set;

	if (strcmp(how, "poll") == 0) {
		poll(&polled, 1, 5000);
	} else if (strcmp(how, "select") == 0) {
		FD_ZERO(&set);
		FD_SET(fd, &set);
		select(fd + 1, NULL, &set, NULL, &(struct timeval){.tv_sec = 5});
	} else if (strcmp(how, "epoll") == 0) {
		int waiter = epoll_create1(EPOLL_CLOEXEC);

		epoll_ctl(waiter, EPOLL_CTL_ADD, fd, &event);
		epoll_wait(waiter, &event, 1, 5000);
		close(waiter);
	} else if (strcmp(how, "sleep") == 0) {
		usleep(1000);
	}
}

int main(int argc, char **argv)
{
	static char bytes[1000000];
	const char *how = argc > 1 ? argv[1] : "poll";
	struct peer peer = {.reads_after_ms = 150};
	size_t sent = 0;
	int fd;

	peer_start(&peer, 16384);
	fd = peer_connect(&peer, 65536);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (sent < sizeof(bytes)) {
		ssize_t took = send(fd, bytes + sent, sizeof(bytes) - sent, MSG_NOSIGNAL);

		if (took > 0)
			sent += (size_t)took;
		else if (errno == EAGAIN)
			wait_writable(fd, how);
		else
			break;
	}
	printf("sent %zu\n", sent);
	close(fd);
	peer_wait(&peer);
	printf("received %zu\n", peer.received_bytes);
	return 0;
}
