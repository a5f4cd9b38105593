/* SPDX-License-Identifier: Apache-2.0 */
/*
 * row.c - see row.h.
 */
#include "top/row.h"

#include "model/number.h"

static const struct {
	const char *id, *words;
} causes[READING_CAUSES] = {
	[CAUSE_RECEIVER] = {"receiver", "the receiver"},
	[CAUSE_SEND_BUFFER] = {"send_buffer", "the send buffer"},
	[CAUSE_NETWORK] = {"network", "the network"},
	[CAUSE_NOTSENT_LOWAT] = {"notsent_lowat", "TCP_NOTSENT_LOWAT"},
};

const char *row_cause_id(enum trace_stall_cause cause)
{
	return cause < READING_CAUSES ? causes[cause].id : NULL;
}

const char *row_cause_words(enum trace_stall_cause cause)
{
	return cause < READING_CAUSES ? causes[cause].words : NULL;
}

static const int64_t *messages_of(const struct reading *reading, size_t producer)
{
	return reading->process->producers[producer].tally.messages;
}

/* How many of the produced messages have ended. */
static int64_t ended_of(const int64_t *messages)
{
	return messages[OUTSTANDING] == UNKNOWN
		       ? UNKNOWN
		       : number_sum(messages[PRODUCED], -messages[OUTSTANDING]);
}

/* The series counts the whole process, so it can be used only if the process has one
 * producer. */
static void note_series(struct past *past, const struct process *process, int64_t until_ns)
{
	for (size_t i = 0; process->producer_count == 1 && i < process->moment_count; i++) {
		const struct moment *moment = &process->moments[i];

		if (moment->at_ns != UNKNOWN && moment->at_ns < until_ns)
			past_note(past, moment->at_ns, moment->produced, moment->settled,
				  moment->delivered);
	}
}

void row_note(struct past *past, const struct reading *reading, size_t producer, bool first)
{
	const int64_t *messages = messages_of(reading, producer);

	if (first) {
		past_begin(past);
		note_series(past, reading->process, reading->before_ns);
	}
	past_note(past, reading->after_ns, messages[PRODUCED], ended_of(messages),
		  messages[DELIVERED]);
}

static double rate(int64_t now, int64_t before, int64_t ns)
{
	if (now == UNKNOWN || before == UNKNOWN || now < before || ns <= 0)
		return -1;
	return (double)(now - before) * 1e9 / (double)ns;
}

static size_t producer_before(const struct reading *now, size_t producer,
			      const struct reading *before)
{
	uint32_t row = now->process->producers[producer].row;

	for (size_t i = 0; before && i < before->process->producer_count; i++)
		if (before->process->producers[i].row == row)
			return i;
	return SIZE_MAX;
}

static void make_rates(struct row *row, const struct reading *now, const struct reading *before)
{
	size_t was = producer_before(now, row->producer, before);
	const int64_t *is = messages_of(now, row->producer);

	if (!before || was == SIZE_MAX)
		return;
	const int64_t *then = messages_of(before, was);
	int64_t ns = now->before_ns - before->before_ns;

	row->produced_per_s = rate(is[PRODUCED], then[PRODUCED], ns);
	row->delivered_per_s = rate(is[DELIVERED], then[DELIVERED], ns);
}

static int64_t earlier_of(int64_t a, int64_t b)
{
	return a == UNKNOWN ? b : b == UNKNOWN || a < b ? a : b;
}

static int64_t since(int64_t now_ns, int64_t then_ns)
{
	return then_ns == UNKNOWN ? UNKNOWN : now_ns > then_ns ? now_ns - then_ns : 0;
}

static void make_ages(struct row *row, const struct reading *now, const struct past *past)
{
	const struct reading_producer *times = &now->producers[row->producer];
	int64_t delivered = messages_of(now, row->producer)[DELIVERED];

	/* The message that was produced last is not older than the oldest outstanding one. */
	if (row->outstanding != UNKNOWN && row->outstanding > 0)
		row->oldest_ns = since(now->before_ns, earlier_of(past_oldest_ns(past),
								  times->produced_last_ns));
	/* An age of 0 says nothing. */
	if (row->oldest_ns == 0)
		row->oldest_ns = UNKNOWN;
	if (delivered != UNKNOWN)
		row->undelivered_ns =
			since(now->before_ns, delivered == 0 && times->opened_ns != UNKNOWN
						      ? times->opened_ns
						      : past_delivered_ns(past));
}

static bool is_mine(const struct row *row, const struct socket *socket)
{
	if (!(socket->flags & SOCKET_KAFKA))
		return false;
	return row->producer == ROW_NO_PRODUCER ? socket->producer == UNKNOWN
						: socket->producer == (int64_t)row->producer;
}

/* Thousandths, from the histograms: the lower end of the highest bucket that has grown. */
static int64_t fill_between(const struct reading *now, size_t socket,
			    const struct reading *before, size_t was)
{
	for (int i = TRACE_FILL_BUCKETS - 1; i >= 0; i--) {
		uint32_t then = was == SIZE_MAX ? 0 : before->sockets[was].fill[i];

		if (now->sockets[socket].fill[i] > then)
			return i * 50;
	}
	return UNKNOWN;
}

static enum trace_stall_cause cause_earlier(const struct socket *socket)
{
	enum trace_stall_cause most = CAUSE_UNKNOWN;
	int64_t most_ns = 0;

	for (int cause = CAUSE_UNKNOWN + 1; cause < READING_CAUSES; cause++) {
		int64_t ns = reading_stalled_by(socket, (enum trace_stall_cause)cause);

		if (ns != UNKNOWN && ns > most_ns) {
			most_ns = ns;
			most = (enum trace_stall_cause)cause;
		}
	}
	return most;
}

static void take_stall(struct row *row, const struct reading *now, size_t socket)
{
	const struct reading_socket *of = &now->sockets[socket];
	int64_t lasted_ns = since(now->before_ns, of->stall_began_ns);

	if (of->stall_began_ns == UNKNOWN)
		return;
	row->stall.count++;
	if (row->stall.socket && lasted_ns <= row->stall.lasted_ns)
		return;
	row->stall.socket = &now->process->sockets[socket];
	row->stall.lasted_ns = lasted_ns;
	row->stall.cause = of->cause;
	row->stall.earlier = cause_earlier(row->stall.socket);
}

static void make_sockets(struct row *row, const struct reading *now,
			 const struct reading *before)
{
	for (size_t i = 0; i < now->process->socket_count; i++) {
		if (!is_mine(row, &now->process->sockets[i]))
			continue;
		take_stall(row, now, i);
		if (!before)
			continue;
		int64_t fill =
			fill_between(now, i, before, reading_socket_before(now, i, before));

		if (fill != UNKNOWN && (row->fill == UNKNOWN || fill > row->fill))
			row->fill = fill;
	}
}

void row_make(struct row *row, const struct reading *now, const struct reading *before,
	      size_t producer, const struct past *past)
{
	*row = (struct row){
		.reading = now,
		.producer = producer,
		.produced_per_s = -1,
		.delivered_per_s = -1,
		.outstanding = UNKNOWN,
		.outstanding_bytes = UNKNOWN,
		.oldest_ns = UNKNOWN,
		.undelivered_ns = UNKNOWN,
		.fill = UNKNOWN,
	};
	make_sockets(row, now, before);
	if (producer == ROW_NO_PRODUCER)
		return;
	row->outstanding = messages_of(now, producer)[OUTSTANDING];
	row->outstanding_bytes = now->process->producers[producer].tally.bytes[OUTSTANDING];
	make_rates(row, now, before);
	make_ages(row, now, past);
}

static bool nobodys_stall(const struct reading *reading)
{
	for (size_t i = 0; i < reading->process->socket_count; i++) {
		const struct socket *socket = &reading->process->sockets[i];

		if (socket->flags & SOCKET_KAFKA && socket->producer == UNKNOWN &&
		    reading->sockets[i].stall_began_ns != UNKNOWN)
			return true;
	}
	return false;
}

/* Whether the process speaks Kafka and may produce. */
static bool speaks_kafka(const struct process *process)
{
	return process->notes & (NOTE_KAFKA_WIRE | NOTE_KAFKA_API) &&
	       !(process->notes & NOTE_CONSUMER);
}

bool row_is_shown(const struct reading *reading, size_t producer)
{
	const struct process *process = reading->process;

	if (producer == ROW_NO_PRODUCER)
		return process->producer_count == 0 ? speaks_kafka(process)
						    : nobodys_stall(reading);
	return process->producers[producer].state != PRODUCER_DESTROYED ||
	       messages_of(reading, producer)[OUTSTANDING] != 0;
}
