/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_socket.c - connections: bytes, fill, stalls, Kafka requests, and how they ended.
 */
#include "build/builder.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "format/kafka_api.h"
#include "model/number.h"

const char *build_address(struct builder *builder, const uint8_t *address, uint16_t port)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	static const uint8_t none[16];
	char text[INET6_ADDRSTRLEN];

	if (port == 0 && !memcmp(address, none, sizeof none))
		return NULL;
	if (!memcmp(address, mapped, sizeof mapped)) {
		inet_ntop(AF_INET, address + sizeof mapped, text, sizeof text);
		return model_format(builder->run, "%s:%u", text, port);
	}
	inet_ntop(AF_INET6, address, text, sizeof text);
	return model_format(builder->run, "[%s]:%u", text, port);
}

static int64_t known(int32_t value)
{
	return value == TRACE_UNKNOWN ? UNKNOWN : value;
}

/* The same for a size, which is never below 0. */
static int64_t known_bytes(int32_t bytes)
{
	return bytes < 0 ? UNKNOWN : bytes;
}

static int64_t fill_of(int64_t bucket, int64_t max)
{
	if (bucket == UNKNOWN || max == UNKNOWN)
		return UNKNOWN;
	return (bucket + 1) * 50 < max ? (bucket + 1) * 50 : max;
}

/* The sum of a counter's two parts: the socket's own thread's, and that of all others. */
static int64_t both(uint64_t own, uint64_t others)
{
	return number_of((uint64_t)number_of(own) + (uint64_t)number_of(others));
}

static void socket_traffic(const struct trace_socket *row, const struct trace_socket_more *more,
			   struct socket *socket)
{
	socket->offered_bytes = both(row->offered_bytes, more->others_offered_bytes);
	socket->accepted_bytes = both(row->accepted_bytes, more->others_accepted_bytes);
	socket->writes = both(row->writes, more->others_writes);
	socket->short_writes = number_of(row->short_writes);
	socket->eagain = number_of(row->eagain);
	socket->stalls = number_of(row->stalls);
	socket->stalled_ns = number_of(row->stalled_ns);
	socket->stall_longest_ns = number_of(row->stall_longest_ns);
	socket->stalled_send_buffer_ns = number_of(row->stalled_send_buffer_ns);
	socket->stalled_receiver_ns = number_of(row->stalled_receiver_ns);
	socket->stalled_network_ns = number_of(row->stalled_network_ns);
	socket->eagain_spins = number_of(row->eagain_spins);
	socket->nagle_waits = row->nagle_waits;
	socket->fill.samples = number_of(row->fill_samples);
	socket->fill.max = row->fill_samples ? row->fill_max_permille : UNKNOWN;
	socket->fill.p50 =
		fill_of(build_percentile(row->fill, TRACE_FILL_BUCKETS, 500), socket->fill.max);
	socket->fill.p99 =
		fill_of(build_percentile(row->fill, TRACE_FILL_BUCKETS, 990), socket->fill.max);
}

static int64_t set_or_not(uint32_t value, int64_t unit)
{
	return value ? value * unit : UNKNOWN;
}

/* An older trace has none of these. */
static void socket_consequences(const struct builder *builder,
				const struct trace_socket_more *more, struct socket *socket)
{
	bool told = builder->reader->header.compatible & TRACE_HAS_CONSEQUENCES;

	socket->stalled_lowat_ns = told ? number_of(more->stalled_lowat_ns) : UNKNOWN;
	socket->send_timeouts = told ? more->send_timeouts : UNKNOWN;
	/* A thread without a ring does not record them. */
	socket->send_timeout_bytes = told && (more->send_timeout_bytes || !more->send_timeouts)
					     ? number_of(more->send_timeout_bytes)
					     : UNKNOWN;
	socket->send_gave_up = told && more->flags & SOCKET_SEND_GAVE_UP;
	socket->cork_waits = told ? more->cork_waits : UNKNOWN;
	socket->cork_held_ns = told ? more->cork_held_ms * INT64_C(1000000) : UNKNOWN;
	socket->cork_left_bytes = told ? more->cork_left_bytes : UNKNOWN;
	socket->error = told && more->error > 0 ? more->error : UNKNOWN;
	socket->error_after_ns =
		told && more->error > 0 ? more->error_after_ms * INT64_C(1000000) : UNKNOWN;
	socket->timed_out = socket->error == ETIMEDOUT || socket->error == EHOSTUNREACH ||
			    socket->error == ENETUNREACH;
}

static void socket_settings(const struct trace_socket *row, struct socket *socket)
{
	socket->buffer_requested = known(row->buffer_requested);
	socket->buffer_effective = known_bytes(row->buffer_effective);
	socket->linger_seconds = known(row->linger_seconds);
	socket->send_timeout_ns = set_or_not(row->send_timeout_ms, 1000000);
	socket->user_timeout_ns = set_or_not(row->user_timeout_ms, 1000000);
	socket->notsent_lowat = set_or_not(row->notsent_lowat, 1);
}

static int64_t untold_bytes(const struct builder *builder, uint32_t number,
			    const struct socket *socket)
{
	const struct trace_socket_told *told =
		reader_row(builder->reader, SECTION_SOCKET_TOLD, number);

	if (!told || told->requests == 0)
		return UNKNOWN;
	return number_sum(socket->accepted_bytes, -number_of(told->accepted_bytes));
}

/* A blocking call is a stall once it takes longer than copying: the same rule
 * as the guest's for calls that returned. */
#define HELD_UP_NS 1000000

/*
 * When a call that had not returned at the end began to wait: a blocking write, or a wait for
 * room since which nothing was written. 0: there was none, or it was too short.
 */
static int64_t call_left_open(const struct trace_socket *row,
			      const struct trace_socket_more *more, int64_t until)
{
	bool waits = more->wait_began_ns > 0 && more->wait_began_ns >= row->written_last_ns;
	int64_t began = row->write_began_ns > 0 ? number_at(row->write_began_ns)
			: waits			? number_at(more->wait_began_ns)
						: 0;

	return began && until - began > HELD_UP_NS ? began : 0;
}

static void stall_lasts(struct socket *socket, int64_t began, int64_t until)
{
	socket->stalled_at_end = true;
	if (until <= began)
		return;
	socket->stalled_ns = number_sum(socket->stalled_ns, until - began);
	if (socket->stall_longest_ns < until - began)
		socket->stall_longest_ns = until - began;
}

/*
 * A stall that was open when the process was killed. If the time of that is not known, it has
 * no length; and for a call that had not returned it is not known whether it was blocked.
 */
static void stall_left_open(const struct builder *builder, const struct trace_socket *row,
			    const struct trace_socket_more *more, struct socket *socket)
{
	int64_t until = builder->process->end_ns;
	int64_t began = number_at(row->stall_began_ns);

	if (socket->state == SOCKET_CLOSED)
		return;
	if (until == UNKNOWN) {
		socket->stalled_at_end = began > 0;
		socket->stalled_at_end_unknown = !began && call_left_open(row, more, INT64_MAX);
		if (began > 0)
			socket->stalled_ns = socket->stall_longest_ns = UNKNOWN;
		return;
	}
	if (began <= 0 && (began = call_left_open(row, more, until)))
		socket->stalls++;
	if (began > 0)
		stall_lasts(socket, began, until);
}

/* Whether its requests are not answered (acks=0); over TLS the producer's setting tells. */
static bool is_unanswerable(struct builder *builder, const struct trace_socket *row)
{
	const struct producer *producer =
		row->flags & SOCKET_TLS && row->producer
			? build_producer_at(builder, row->producer - 1)
			: NULL;

	return row->produce_unanswerable > 0 || (producer && producer->acks == 0);
}

/*
 * If the process was killed the kernel's send queue at that time is not known, and with acks=0
 * nothing else tells whether messages arrived. An earlier sample counts, if the peer had room
 * for the bytes queued then and for those written since.
 */
static void socket_queue(struct builder *builder, const struct trace_socket *row,
			 const struct trace_socket_more *more, struct socket *socket)
{
	int64_t end_ns = builder->process->end_ns;
	bool sampled = more->queued_ns > 0 && more->queued_bytes != TRACE_UNKNOWN;
	bool ended = builder->process->how != ENDED_RUNNING && row->state != SOCKET_CLOSED &&
		     row->unsent_bytes == TRACE_UNKNOWN;

	socket->queued_bytes = sampled ? known_bytes(more->queued_bytes) : UNKNOWN;
	socket->queued_held = sampled ? more->queued_held : UNKNOWN;
	socket->queued_age_ns = sampled && end_ns != UNKNOWN && end_ns >= more->queued_ns
					? end_ns - more->queued_ns
					: UNKNOWN;
	socket->queue_open = ended && is_unanswerable(builder, row) &&
			     (!sampled || more->queued_held > 0 ||
			      (int64_t)((uint64_t)socket->accepted_bytes -
					more->queued_accepted) > more->queued_room);
}

static int64_t explained(const struct socket *socket)
{
	return socket->stalled_send_buffer_ns + socket->stalled_receiver_ns +
	       socket->stalled_network_ns +
	       (socket->stalled_lowat_ns == UNKNOWN ? 0 : socket->stalled_lowat_ns);
}

static void shrink(int64_t *ns, double by)
{
	if (*ns != UNKNOWN)
		*ns = (int64_t)((double)*ns * by);
}

/* Several threads that are blocked on one connection at the same time count their time each.
 * Limits the stalled time to the connection's life, and the sum of the causes to the stalled
 * time. */
static void stalls_once(struct socket *socket)
{
	if (socket->stalled_ns == UNKNOWN)
		return;
	if (socket->lived_ns != UNKNOWN && socket->stalled_ns > socket->lived_ns)
		socket->stalled_ns = socket->lived_ns;
	if (socket->stall_longest_ns > socket->stalled_ns)
		socket->stall_longest_ns = socket->stalled_ns;
	if (explained(socket) <= socket->stalled_ns)
		return;
	double by = (double)socket->stalled_ns / (double)explained(socket);

	shrink(&socket->stalled_send_buffer_ns, by);
	shrink(&socket->stalled_receiver_ns, by);
	shrink(&socket->stalled_network_ns, by);
	shrink(&socket->stalled_lowat_ns, by);
}

static void socket_stalls(const struct builder *builder, const struct trace_socket *row,
			  const struct trace_socket_more *more, struct socket *socket)
{
	stall_left_open(builder, row, more, socket);
	stalls_once(socket);
	/* The scaled parts are rounded. */
	socket->stalled_unexplained_ns = socket->stalled_ns == UNKNOWN ? UNKNOWN
					 : socket->stalled_ns > explained(socket)
						 ? socket->stalled_ns - explained(socket)
						 : 0;
	socket->stalled_share = socket_share(socket, socket->stalled_ns);
	socket->rtt_ns = row->rtt_us ? (int64_t)row->rtt_us * 1000 : UNKNOWN;
	socket->flight_bytes = row->flight_bytes ? row->flight_bytes : UNKNOWN;
}

/*
 * Whether answers were unread, or still to come, when the connection ended: its end was a reset
 * then, by which the peer may drop bytes that its TCP had received and the broker had not read.
 * A peer that answers acks=0, as no broker should, has read the requests that it has answered.
 */
static bool answers_due(const struct trace_socket *row)
{
	if (row->flags & SOCKET_BEHIND)
		return true;
	if (row->uncounted_answers > 0)
		return row->responses < row->requests;
	/* All requests were acks=0: the unread bytes are the first answers to those. */
	return row->unread_bytes > 0 &&
	       row->responses + row->produce_unanswerable >= row->requests;
}

static void socket_forgets(struct builder *builder, const struct trace_socket *row,
			   struct socket *socket)
{
	socket->may_forget = is_unanswerable(builder, row) && socket->end != END_NONE &&
			     !socket->kept_elsewhere && (socket->reset || answers_due(row));
}

static int64_t difference(uint64_t whole, uint64_t a, uint64_t b)
{
	return whole < a || whole - a < b ? 0 : number_of(whole - a - b);
}

/* Whether the process was killed in a write that may have had messages. The row
 * gets a request's API when its write begins; the rest of a request keeps it. */
static bool may_write_produce(const struct trace_socket *row)
{
	bool api_known = row->frame_api != TRACE_UNKNOWN && !(row->flags & SOCKET_TLS);

	return row->write_began_ns != 0 && (!api_known || row->frame_api == KAFKA_API_PRODUCE);
}

static void socket_requests(const struct trace_socket *row, struct socket *socket)
{
	socket->requests = number_of(row->requests);
	socket->produce_requests = number_of(row->produce_requests);
	socket->produce_records = number_of(row->produce_records);
	socket->produce_answered = number_of(row->produce_answered);
	socket->produce_answered_records = number_of(row->produce_answered_records);
	socket->produce_unanswerable_records = number_of(row->produce_unanswerable_records);
	socket->produce_unanswerable = number_of(row->produce_unanswerable);
	socket->produce_refused = number_of(row->produce_refused);
	socket->produce_error = row->produce_error;
	socket->produce_open_requests = difference(row->produce_requests, row->produce_answered,
						   row->produce_unanswerable);
	/* Some of the unanswered requests may have been answered after they left the
	 * window: not counted for a client with more requests in flight than that. */
	if (socket->produce_open_requests > 0)
		socket->produce_open_requests =
			socket->produce_open_requests > (int64_t)row->uncounted_answers
				? socket->produce_open_requests -
					  (int64_t)row->uncounted_answers
				: 0;
	socket->produce_open_records =
		difference(row->produce_records, row->produce_answered_records,
			   row->produce_unanswerable_records);
	/* If all requests are acks=0, answers to them do not matter. */
	socket->answers_known = row->uncounted_answers == 0 ||
				row->produce_requests == row->produce_unanswerable;
	socket->produce_last_ns = number_at(row->produce_last_ns);
	socket->produce_was_last = row->produce_last_ns >= row->written_last_ns;
	socket->writing = may_write_produce(row);
	/* Not for encrypted connections, nor those whose frames were lost. */
	socket->records_known =
		!(row->flags & (SOCKET_TLS | SOCKET_WIRE_LOST)) && row->produce_uncounted == 0;
}

static void socket_end(const struct builder *builder, const struct trace_socket *row,
		       const struct trace_socket_more *more, struct socket *socket)
{
	bool process_ended = builder->process->how != ENDED_RUNNING;

	socket->closed_ns = row->state == SOCKET_CLOSED ? number_at(row->closed_ns) : UNKNOWN;
	socket->end = row->end <= END_REPLACED ? (enum trace_socket_end)row->end : END_NONE;
	if (socket->end == END_NONE && row->state != SOCKET_CLOSED && process_ended)
		socket->end = END_PROCESS;
	/* A reset ends a connection for all processes. */
	socket->kept_elsewhere = row->flags & SOCKET_SHARED && socket->end != END_RESET &&
				 !(row->flags & SOCKET_RESET) && !socket->timed_out;
	/* The closing alert of TLS is no data. */
	socket->unsent_bytes =
		more->flags & SOCKET_ALERT_LEFT ? 0 : known_bytes(row->unsent_bytes);
	socket->unread_bytes = known_bytes(row->unread_bytes);
	socket->cut_api = socket->cut_length = socket->cut_accepted = UNKNOWN;
	if (socket->end != END_NONE && row->frame_bytes > row->frame_at && row->frame_at > 0 &&
	    !(row->flags & (SOCKET_WIRE_LOST | SOCKET_TLS)) && row->flags & SOCKET_KAFKA) {
		socket->cut_api = row->frame_api;
		socket->cut_length = row->frame_bytes;
		socket->cut_accepted = row->frame_at;
	}
	/* Unread input or a linger of 0 turns the close into a reset, and the kernel
	 * drops the bytes in the send queue. */
	bool thrown = socket->end != END_NONE && !socket->kept_elsewhere &&
		      socket->unsent_bytes > 0 &&
		      (row->flags & SOCKET_LINGER_ZERO || socket->unread_bytes > 0);
	socket->reset = thrown || socket->end == END_RESET || row->flags & SOCKET_RESET ||
			(socket->timed_out && socket->unsent_bytes > 0);

	int64_t until =
		socket->closed_ns != UNKNOWN ? socket->closed_ns : builder->process->end_ns;
	socket->lived_ns = until != UNKNOWN && row->opened_ns > 0 && until >= row->opened_ns
				   ? until - row->opened_ns
				   : UNKNOWN;
}

static void build_socket(struct builder *builder, uint32_t number,
			 const struct trace_socket *row, struct socket *socket)
{
	static const struct trace_socket_more none = {.queued_bytes = TRACE_UNKNOWN,
						      .unseen_bytes = -1}; /* an older trace */
	const struct producer *producer =
		row->producer ? build_producer_at(builder, row->producer - 1) : NULL;
	const struct trace_socket_more *more =
		reader_row(builder->reader, SECTION_SOCKET_MORE, number);

	if (!more)
		more = &none;
	*socket = (struct socket){
		.row = number,
		.fd = row->fd,
		.producer = producer ? producer - builder->process->producers : UNKNOWN,
		.flags = row->flags,
		.state = row->state,
		.local = build_address(builder, row->local_address, row->local_port),
		.peer = build_address(builder, row->peer_address, row->peer_port),
		.broker = build_string(builder, row->broker),
		.connect_error = row->connect_error,
	};
	socket_settings(row, socket);
	socket_traffic(row, more, socket);
	socket->untold_bytes = untold_bytes(builder, number, socket);
	socket_requests(row, socket);
	socket_consequences(builder, more, socket);
	socket_end(builder, row, more, socket);
	socket_forgets(builder, row, socket);
	socket_stalls(builder, row, more, socket);
	socket_queue(builder, row, more, socket);
	socket->unseen_bytes =
		more->unseen_bytes < 0 ? UNKNOWN : number_of((uint64_t)more->unseen_bytes);
	socket->buffer_forced = more->flags & SOCKET_BUFFER_FORCED;
}

void build_sockets(struct builder *builder)
{
	struct process *process = builder->process;
	uint32_t rows = reader_rows(builder->reader, SECTION_SOCKET);

	process->sockets =
		model_alloc(builder->run, reader_complete(builder->reader, SECTION_SOCKET) *
							  sizeof *process->sockets +
						  1);
	for (uint32_t i = 0; i < rows; i++) {
		const struct trace_socket *row = reader_row(builder->reader, SECTION_SOCKET, i);
		if (row)
			build_socket(builder, i, row,
				     &process->sockets[process->socket_count++]);
	}
}
