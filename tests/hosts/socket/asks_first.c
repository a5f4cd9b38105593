/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asks_first.c - asks for room before each write, so it is never refused.
 *
 * late       1 MB, to a peer that begins to read 300 ms after there is no room
 * fast       200 KB, which both kernels have room for, to one that reads at once
 * else       as late; but when there is no room it waits for an answer, for 400 ms
 *            or until there is, and then sends what fits
 * Each question may wait TIMEOUT milliseconds, and is asked again then. It prints how long
 * the longest question for room was by its own clock: more than that is no stall here.
 * asks_first poll|ppoll|select|pselect|epoll|oneshot|pwait late|fast|else TIMEOUT
 * links: threads
 */
#define _GNU_SOURCE
#include "peer.h"
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

#define PIECE 1000
#define FITS 20000 /* a third of the buffer is free when there is room again */

static const char *how;
static int fd, waiter = -1;

static int by_poll(short event, int timeout_ms)
{
	struct pollfd polled[2] = {{.fd = -1, .events = POLLOUT}, {.fd = fd, .events = event}};
	struct timespec timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000000};
	int given =
		how[1] == 'p' ? ppoll(polled, 2, &timeout, NULL) : poll(polled, 2, timeout_ms);

	return given > 0 && polled[1].revents & event;
}

static int by_select(int writes, int timeout_ms)
{
	struct timeval timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
	struct timespec same = {timeout.tv_sec, timeout.tv_usec * 1000};
	fd_set in, out;

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(fd, writes ? &out : &in);
	return (how[0] == 'p' ? pselect(fd + 1, &in, &out, NULL, &same, NULL)
			      : select(fd + 1, &in, &out, NULL, &timeout)) > 0;
}

static int by_epoll(uint32_t event, int timeout_ms)
{
	struct epoll_event asked = {.events = event, .data.u64 = 77}, told = {.events = 0};
	static uint32_t before;

	if (strcmp(how, "oneshot") == 0)
		asked.events |= EPOLLONESHOT;
	if (waiter < 0) {
		waiter = epoll_create1(EPOLL_CLOEXEC);
		epoll_ctl(waiter, EPOLL_CTL_ADD, fd, &asked);
	} else if (event != before || asked.events & EPOLLONESHOT) {
		epoll_ctl(waiter, EPOLL_CTL_MOD, fd, &asked);
	}
	before = event;
	return (how[0] == 'p' ? epoll_pwait(waiter, &told, 1, timeout_ms, NULL)
			      : epoll_wait(waiter, &told, 1, timeout_ms)) > 0 &&
	       told.events & event;
}

static int is_ready(int writes, int timeout_ms)
{
	if (strstr(how, "poll") && how[0] != 'e')
		return by_poll(writes ? POLLOUT : POLLIN, timeout_ms);
	if (strstr(how, "select"))
		return by_select(writes, timeout_ms);
	return by_epoll(writes ? EPOLLOUT : EPOLLIN, timeout_ms);
}

static long long asked_ns; /* the longest question for room */

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int has_room(int timeout_ms)
{
	long long began = now_ns();
	int ready = is_ready(1, timeout_ms);
	long long took = now_ns() - began;

	if (took > asked_ns)
		asked_ns = took;
	return ready;
}

int main(int argc, char **argv)
{
	static char bytes[PIECE];
	const char *reader = argc > 3 ? argv[2] : "late";
	int fast = strcmp(reader, "fast") == 0, waits_else = strcmp(reader, "else") == 0;
	struct peer peer = {.reads_after_ms = fast ? 0 : 300, .after_full = !fast};
	int timeout_ms = argc > 3 ? atoi(argv[3]) : 5000;
	size_t sent, size = fast ? 200000 : 1000000;

	how = argc > 1 ? argv[1] : "poll";
	peer_start(&peer, fast ? 0 : 16384);
	fd = peer_connect(&peer, fast ? 0 : 65536);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	__atomic_store_n(&peer.sender, fd, __ATOMIC_RELEASE);
	for (sent = 0; sent < size; sent += PIECE) {
		if (waits_else && !has_room(0)) {
			do
				is_ready(0, 400);
			while (!peer_sees_room(fd));
			waits_else = 0;
			size = sent + FITS;
		}
		while (!has_room(timeout_ms))
			;
		if (send(fd, bytes, PIECE, MSG_NOSIGNAL) != PIECE) {
			perror("refused");
			return 1;
		}
	}
	close(fd);
	peer_wait(&peer);
	printf("%s\n", peer.received_bytes == sent ? "received all" : "not all was received");
	printf("asked for %lld ns\n", asked_ns);
	return 0;
}
