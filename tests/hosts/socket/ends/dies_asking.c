/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dies_asking.c - asks for room before each write, and ends in the question.
 *
 * The peer never reads; SIGKILL (or, with "exit", an exit by another thread) comes 400 ms
 * after it has begun to wait for room. "else" waits for an answer by then, and has printed
 * how long the longest question for room was by its own clock.
 * dies_asking poll|select|epoll room|else|exit
 * links: threads
 */
#define _GNU_SOURCE
#include "peer.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>

static int fd, waiter = -1, exits;
static long long asked_ns;
static const char *how;

static void *end_soon(void *argument)
{
	(void)argument;
	while (!peer_sender_sleeps())
		usleep(1000);
	usleep(400000);
	if (exits)
		exit(0);
	kill(getpid(), SIGKILL);
	return NULL;
}

static int by_poll(short event, int timeout_ms)
{
	struct pollfd polled[2] = {{.fd = -1}, {.fd = fd, .events = event}};

	return poll(polled, 2, timeout_ms) > 0 && polled[1].revents & event;
}

static int by_select(int writes, int timeout_ms)
{
	struct timeval timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	return select(fd + 1, writes ? NULL : &set, writes ? &set : NULL, NULL, &timeout) > 0;
}

static int by_epoll(uint32_t event, int timeout_ms)
{
	struct epoll_event asked = {.events = event}, told;

	if (waiter < 0) {
		waiter = epoll_create1(EPOLL_CLOEXEC);
		epoll_ctl(waiter, EPOLL_CTL_ADD, fd, &asked);
	} else if (event != EPOLLOUT) {
		epoll_ctl(waiter, EPOLL_CTL_MOD, fd, &asked);
	}
	return epoll_wait(waiter, &told, 1, timeout_ms) > 0;
}

static int is_ready(int writes, int timeout_ms)
{
	if (how[0] == 'p')
		return by_poll(writes ? POLLOUT : POLLIN, timeout_ms);
	if (how[0] == 's')
		return by_select(writes, timeout_ms);
	return by_epoll(writes ? EPOLLOUT : EPOLLIN, timeout_ms);
}

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int has_room(void)
{
	long long began = now_ns();
	int ready = is_ready(1, 5000);
	long long took = now_ns() - began;

	if (took > asked_ns)
		asked_ns = took;
	return ready;
}

/* Until there is no room, and after the peer's last acknowledgement none either. */
static int fill(void)
{
	static char bytes[1000];

	do {
		while (peer_sees_room(fd))
			if (has_room() && send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL) !=
						  (ssize_t)sizeof(bytes))
				return 0;
		usleep(150000);
	} while (peer_sees_room(fd));
	return 1;
}

int main(int argc, char **argv)
{
	struct peer peer = {.reads_after_ms = 60000};
	const char *what = argc > 2 ? argv[2] : "room";
	pthread_t killer;

	how = argc > 1 ? argv[1] : "poll";
	exits = strcmp(what, "exit") == 0;
	peer_start(&peer, 16384);
	fd = peer_connect(&peer, 65536);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (!fill())
		return 2;
	if (strcmp(what, "else") == 0) {
		printf("asked for %lld ns\n", asked_ns);
		fflush(stdout);
	}
	if (pthread_create(&killer, NULL, end_soon, NULL) != 0)
		return 2;
	is_ready(strcmp(what, "else") != 0, 60000);
	return 1;
}
