/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connection.c - one client: reads as slowly as asked, answers in order.
 *
 * What is not read stays in the kernel and fills the client's send buffer.
 * A frame's first 12 bytes are read by themselves, so that the rest of a
 * Produce can be left lying from its very first byte.
 */
#include "broker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define FRAME_MOST (512u << 20)
#define HEAD_BYTES 12u
#define READ_MOST (256u << 10)
#define SECOND 1000000000ll
#define MILLISECOND 1000000ll

struct connection *connection_open(int fd)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	struct sockaddr_in from = {0};
	socklen_t length = sizeof(from);
	int on = 1;
	char address[INET_ADDRSTRLEN] = "?";
	connection->fd = fd;
	connection->end = "open";
	if (getpeername(fd, (struct sockaddr *)&from, &length) == 0)
		inet_ntop(AF_INET, &from.sin_addr, address, sizeof(address));
	snprintf(connection->peer, sizeof(connection->peer), "%s:%d", address,
		 ntohs(from.sin_port));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return connection;
}

void connection_end(struct connection *connection, const char *how)
{
	close(connection->fd);
	connection->fd = -1;
	connection->end = how;
	free(connection->frame);
	connection->frame = NULL;
	while (connection->answers) {
		struct answer *answer = connection->answers;
		connection->answers = answer->next;
		free(answer->frame.at);
		free(answer);
	}
}

void connection_reset(struct connection *connection)
{
	struct linger linger = {.l_onoff = 1, .l_linger = 0};
	setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	connection_end(connection, "we-reset");
}

/* --- reading ------------------------------------------------------------------ */

static bool is_produce(const struct connection *connection)
{
	return !connection->tokens && connection->frame_at >= 6 && connection->head[4] == 0 &&
	       connection->head[5] == API_PRODUCE;
}

static void produce_begins(struct connection *connection)
{
	if (connection->produced)
		return;
	connection->produced = true;
	int64_t now = now_ns();
	connection->quiet_until_ns = now + (int64_t)(settings.stall_s * (double)SECOND);
	if (settings.late_byte_ms >= 0)
		connection->late_byte_ns = now + settings.late_byte_ms * MILLISECOND;
}

/* Bytes that complete the head; a frame may be shorter than that. */
static size_t head_wants(const struct connection *connection)
{
	uint32_t head = connection->frame_at < 4 ? 4 : HEAD_BYTES;
	if (connection->frame_bytes && connection->frame_bytes < head)
		head = connection->frame_bytes;
	return connection->frame_at < head ? head - connection->frame_at : 0;
}

static bool length_known(struct connection *connection)
{
	struct body head = {.at = connection->head, .end = connection->head + 4};
	int64_t length = read_number(&head, 4);
	if (length < 0 || length > FRAME_MOST)
		return false;
	connection->frame_bytes = (uint32_t)length + 4;
	connection->frame = malloc((size_t)length + 1);
	return connection->frame != NULL;
}

/* All of a frame is here. False: the connection has ended. */
static bool frame_ends(struct connection *connection)
{
	uint32_t bytes = connection->frame_bytes - 4;
	uint32_t in_head = bytes < HEAD_BYTES - 4 ? bytes : HEAD_BYTES - 4;
	memcpy(connection->frame, connection->head + 4, in_head);
	struct body body = {.at = connection->frame, .end = connection->frame + bytes};
	bool good = request_serve(connection, &body);
	free(connection->frame);
	connection->frame = NULL;
	connection->frame_at = connection->frame_bytes = 0;
	if (connection->fd < 0)
		return false;
	if (good && settings.leave_after >= 0 &&
	    connection->records >= (uint64_t)settings.leave_after) {
		broker_leave();
		good = false;
	}
	if (good && settings.close_after >= 0 &&
	    connection->requests[API_PRODUCE] >= (uint64_t)settings.close_after)
		good = false;
	if (!good)
		connection_end(connection, "we-closed");
	return good;
}

/* `count` bytes were read to where they belong. */
static bool advance(struct connection *connection, size_t count)
{
	connection->received += count;
	uint32_t before = connection->frame_at;
	connection->frame_at += (uint32_t)count;
	if (before < 4 && connection->frame_at == 4 && !length_known(connection)) {
		connection_end(connection, "we-closed");
		return false;
	}
	if (is_produce(connection)) {
		if (before < HEAD_BYTES && connection->frame_at >= HEAD_BYTES) {
			connection->produce_bytes += connection->frame_at;
			produce_begins(connection);
		} else if (before >= HEAD_BYTES) {
			connection->produce_bytes += count;
		}
	}
	if (settings.reset_after >= 0 && connection->produce_bytes > 0 &&
	    connection->produce_bytes >= (uint64_t)settings.reset_after) {
		connection_reset(connection);
		return false;
	}
	return connection->frame_at != connection->frame_bytes || frame_ends(connection);
}

/* Where the next bytes go, and how many at most. */
static uint8_t *place(struct connection *connection, size_t *most)
{
	size_t head = head_wants(connection);
	if (head) {
		*most = head;
		return connection->head + connection->frame_at;
	}
	*most = connection->frame_bytes - connection->frame_at;
	if (*most > READ_MOST)
		*most = READ_MOST;
	/* Not a byte more than it takes to know that it is time. */
	if (settings.reset_after >= 0 && is_produce(connection) &&
	    (uint64_t)settings.reset_after > connection->produce_bytes &&
	    *most > (uint64_t)settings.reset_after - connection->produce_bytes)
		*most = (uint64_t)settings.reset_after - connection->produce_bytes;
	return connection->frame + connection->frame_at - 4;
}

/* What may be read now at the rate asked for; a read is paid for after it. */
static size_t allowance(size_t most)
{
	if (!settings.rate)
		return most;
	size_t slice = (size_t)settings.rate / 50 + 1;
	return most < slice ? most : slice;
}

static void pay(struct connection *connection, size_t count)
{
	if (!settings.rate)
		return;
	int64_t now = now_ns();
	if (connection->paced_ns < now)
		connection->paced_ns = now;
	connection->paced_ns +=
		(int64_t)((double)count / (double)settings.rate * (double)SECOND);
}

bool connection_may_read(const struct connection *connection)
{
	int64_t now = now_ns();
	if (connection->fd < 0)
		return false;
	return draining || (now >= connection->quiet_until_ns && now >= connection->paced_ns);
}

void connection_read(struct connection *connection)
{
	while (connection_may_read(connection)) {
		size_t most;
		uint8_t *at = place(connection, &most);
		ssize_t count = recv(connection->fd, at, allowance(most), MSG_DONTWAIT);
		if (count < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (count <= 0) {
			connection_end(connection, count == 0 ? "closed" : "reset");
			return;
		}
		pay(connection, (size_t)count);
		if (!advance(connection, (size_t)count))
			return;
	}
}

/* --- answering ------------------------------------------------------------------ */

void connection_answer(struct connection *connection, struct frame *frame, enum api api)
{
	int delay_ms = api == API_PRODUCE ? settings.delay_ms : 0;
	struct answer *answer = calloc(1, sizeof(*answer));
	struct frame length = {0};
	put_number(&length, 4, (int64_t)frame->count - 4);
	memcpy(frame->at, length.at, 4);
	free(length.at);
	answer->api = api;
	answer->frame = *frame;
	answer->due_ns = now_ns() + delay_ms * MILLISECOND;
	struct answer **place_of = &connection->answers;
	while (*place_of)
		place_of = &(*place_of)->next;
	*place_of = answer;
	connection_write(connection);
}

bool connection_wants_write(const struct connection *connection)
{
	return !draining && connection->answers && connection->answers->due_ns <= now_ns();
}

void connection_write(struct connection *connection)
{
	while (connection->fd >= 0 && connection_wants_write(connection)) {
		struct answer *answer = connection->answers;
		ssize_t count = send(connection->fd, answer->frame.at + answer->written,
				     answer->frame.count - answer->written,
				     MSG_DONTWAIT | MSG_NOSIGNAL);
		if (count < 0)
			return; /* no room, or gone: reading will tell */
		answer->written += (size_t)count;
		if (answer->written < answer->frame.count)
			return;
		connection->answered += answer->api == API_PRODUCE;
		connection->answers = answer->next;
		free(answer->frame.at);
		free(answer);
	}
}

/* A byte that nobody asked for: to a client that has closed with data still
 * queued, it is the reset that throws the data away. */
void connection_late_byte(struct connection *connection)
{
	if (connection->fd < 0 || !connection->late_byte_ns ||
	    connection->late_byte_ns > now_ns())
		return;
	connection->late_byte_ns = 0;
	send(connection->fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void sooner(int64_t *wakes, int64_t when)
{
	if (when > now_ns() && when < *wakes)
		*wakes = when;
}

/* When something is due here that poll() will not report. */
int64_t connection_wakes_ns(const struct connection *connection)
{
	int64_t wakes = INT64_MAX;
	sooner(&wakes, connection->quiet_until_ns);
	sooner(&wakes, connection->paced_ns);
	sooner(&wakes, connection->late_byte_ns);
	if (connection->answers)
		sooner(&wakes, connection->answers->due_ns);
	return wakes;
}
