/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line.c - see line.h.
 */
#include "prove/line.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "memory/memory.h"

#define PIECE 65536
#define TO_PEER_MOST (1u << 20)	     /* then the host is not read from */
#define TO_HOST_MOST (1u << 20)	     /* then the broker is not, */
#define BEHIND_GATE_MOST (16u << 20) /* or, of answers that wait behind a gate, then */
#define DRAIN_NS INT64_C(5000000000)

static size_t to_host_most(const struct line *line)
{
	return line->gate_count ? BEHIND_GATE_MOST : TO_HOST_MOST;
}

void line_wants(const struct line *line, struct pollfd fds[2])
{
	bool open = line->state == LINE_OPEN;
	size_t before = line->gate_count ? line->gates[0].at - line->to_host.passed : SIZE_MAX;

	fds[0] = (struct pollfd){.fd = line->host, .events = POLLRDHUP};
	fds[1] = (struct pollfd){.fd = line->peer};
	if (line->state == LINE_GREETING ||
	    (line->state != LINE_OVER && bytes_left(&line->to_peer) < TO_PEER_MOST))
		fds[0].events |= POLLIN;
	if (open && bytes_left(&line->to_host) && before)
		fds[0].events |= POLLOUT;
	if (line->state == LINE_CONNECTING || bytes_left(&line->to_peer))
		fds[1].events |= POLLOUT;
	if ((open && !line->peer_ended && bytes_left(&line->to_host) < to_host_most(line)) ||
	    line->state == LINE_DRAINING)
		fds[1].events |= POLLIN;
	if (line->peer_ended)
		fds[1].fd = -1;
}

/* ---- both ends ---- */

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void over(struct line *line)
{
	close_one(&line->host);
	close_one(&line->peer);
	line->state = LINE_OVER;
}

/* The broker could not be reached, or has reset its connection: resets the host's. */
static void reset_host(struct line *line)
{
	const struct linger at_once = {.l_onoff = 1};

	setsockopt(line->host, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	over(line);
}

static socklen_t peer_address(const struct divert_hello *hello, struct sockaddr_storage *to)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	if (memcmp(hello->peer_address, mapped, sizeof(mapped)) == 0) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(hello->peer_port);
		memcpy(&v4->sin_addr, hello->peer_address + 12, 4);
		return sizeof(*v4);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(hello->peer_port);
	memcpy(&v6->sin6_addr, hello->peer_address, 16);
	return sizeof(*v6);
}

void line_connect(struct line *line)
{
	struct sockaddr_storage to;
	socklen_t bytes = peer_address(&line->hello, &to);
	int one = 1;

	line->peer = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (line->peer < 0 ||
	    (connect(line->peer, (struct sockaddr *)&to, bytes) != 0 && errno != EINPROGRESS)) {
		reset_host(line);
		return;
	}
	/* Small answers and requests are sent at once. */
	setsockopt(line->peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(line->host, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	line->state = LINE_CONNECTING;
}

static void connected(struct line *line)
{
	int error = 0;
	socklen_t bytes = sizeof(error);

	getsockopt(line->peer, SOL_SOCKET, SO_ERROR, &error, &bytes);
	if (error)
		reset_host(line);
	else
		line->state = LINE_OPEN;
}

/* ---- gates ---- */

static void gate_add(struct line *line, int64_t now_ns)
{
	if (line->gate_count == line->gate_room) {
		line->gate_room = line->gate_room ? line->gate_room * 2 : 8;
		line->gates = memory_grown(line->gates, line->gate_room, sizeof(*line->gates));
	}
	line->gates[line->gate_count++] = (struct line_gate){
		.at = line->to_host.passed + bytes_left(&line->to_host), .came_ns = now_ns};
}

static void gate_open(struct line *line, enum holds_end how, int64_t now_ns)
{
	struct line_gate gate = line->gates[0];

	memmove(line->gates, line->gates + 1, --line->gate_count * sizeof(*line->gates));
	holds_end(line->holds, how, now_ns);
	if (how != HOLDS_BY_TIME || !line->told)
		return;
	line->told->due_ns = gate.came_ns;
	line->told->due_for_ns = now_ns - gate.came_ns;
}

void line_open_due(struct line *line, int64_t now_ns)
{
	while (line->gate_count && now_ns >= holds_until(line->holds, line->gates[0].came_ns))
		gate_open(line, HOLDS_BY_TIME, now_ns);
}

void line_open_all(struct line *line, enum holds_end how, int64_t now_ns)
{
	while (line->gate_count)
		gate_open(line, how, now_ns);
}

/* ---- from the host ---- */

static void host_ended(struct line *line, int64_t now_ns)
{
	if (line->gate_count && line->told)
		line->told->cut_ns = now_ns;
	line_open_all(line, HOLDS_BY_END, now_ns);
	close_one(&line->host);
	if (line->state != LINE_OPEN && line->state != LINE_CONNECTING) {
		over(line);
		return;
	}
	line->state = LINE_DRAINING;
	line->until_ns = now_ns + DRAIN_NS;
}

/* Reads what there is, up to the limit; all of it once the host's end has closed. False: it has
 * ended. */
static bool host_read(struct line *line, short events)
{
	size_t most = events & (POLLRDHUP | POLLHUP | POLLERR) ? SIZE_MAX : TO_PEER_MOST;
	uint8_t piece[PIECE];

	while (bytes_left(&line->to_peer) < most) {
		ssize_t got = recv(line->host, piece, sizeof(piece), MSG_DONTWAIT);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 && errno == EAGAIN;
		answers_sent(&line->answers, piece, (size_t)got);
		bytes_add(&line->to_peer, piece, (size_t)got);
	}
	return true;
}

/* ---- from the broker ---- */

static void answer_add(struct line *line, const uint8_t *bytes, size_t count, int64_t now_ns)
{
	struct answers_piece piece;

	while (answers_received(&line->answers, &bytes, &count, &piece)) {
		if (piece.begins_produce && line->told)
			line->told->last_ns = now_ns;
		if (piece.begins_produce && line->holds && holds_begin(line->holds, now_ns))
			gate_add(line, now_ns);
		bytes_add(&line->to_host, piece.bytes, piece.count);
	}
}

static void peer_read(struct line *line, int64_t now_ns)
{
	uint8_t piece[PIECE];

	while (bytes_left(&line->to_host) < to_host_most(line)) {
		ssize_t got = recv(line->peer, piece, sizeof(piece), MSG_DONTWAIT);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0) {
			line->peer_ended = true;
			return;
		}
		if (line->state == LINE_OPEN)
			answer_add(line, piece, (size_t)got, now_ns);
	}
}

/* ---- work ---- */

static size_t may_pass(const struct line *line)
{
	return line->gate_count ? (size_t)(line->gates[0].at - line->to_host.passed)
				: bytes_left(&line->to_host);
}

static void work_open(struct line *line, const struct pollfd fds[2], int64_t now_ns)
{
	bool goes_on = true;

	if (fds[1].revents & (POLLIN | POLLHUP | POLLERR))
		peer_read(line, now_ns);
	if (fds[0].revents & (POLLIN | POLLRDHUP | POLLHUP | POLLERR))
		goes_on = host_read(line, fds[0].revents);
	if (goes_on && bytes_write(&line->to_host, line->host, may_pass(line)) != 0)
		goes_on = host_read(line, POLLERR); /* what it had sent before */
	if (bytes_write(&line->to_peer, line->peer, SIZE_MAX) != 0)
		line->peer_ended = true;
	if (line->told)
		line->told->lost |= line->answers.lost;
	if (!goes_on)
		host_ended(line, now_ns);
	else if (line->peer_ended && !bytes_left(&line->to_host))
		over(line);
}

static void work_draining(struct line *line, int64_t now_ns)
{
	if (bytes_write(&line->to_peer, line->peer, SIZE_MAX) != 0)
		line->peer_ended = true;
	if (!bytes_left(&line->to_peer) && !line->peer_told) {
		shutdown(line->peer, SHUT_WR);
		line->peer_told = true;
	}
	bytes_free(&line->to_host);
	peer_read(line, now_ns);
	if (line->peer_ended || now_ns >= line->until_ns)
		over(line);
}

void line_work(struct line *line, const struct pollfd fds[2], int64_t now_ns)
{
	if (line->state == LINE_CONNECTING) {
		if (fds[0].revents & (POLLIN | POLLRDHUP | POLLHUP | POLLERR) &&
		    !host_read(line, fds[0].revents))
			host_ended(line, now_ns);
		else if (fds[1].revents)
			connected(line);
	}
	if (line->state == LINE_OPEN)
		work_open(line, fds, now_ns);
	if (line->state == LINE_DRAINING)
		work_draining(line, now_ns);
}

void line_free(struct line *line)
{
	over(line);
	bytes_free(&line->to_peer);
	bytes_free(&line->to_host);
	answers_free(&line->answers);
	free(line->gates);
}
