/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reading.c - see reading.h.
 */
#include "top/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "build/build.h"
#include "judge/findings.h"
#include "judge/judge.h"
#include "memory/memory.h"
#include "model/number.h"
#include "signature/program_name.h"

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int64_t time_or_unknown(int64_t ns)
{
	return ns > 0 ? number_at(ns) : UNKNOWN;
}

static void take_producers(struct reading *reading, const struct reader *reader)
{
	const struct process *process = reading->process;

	reading->producers =
		memory_zeroed(process->producer_count + 1, sizeof *reading->producers);
	for (size_t i = 0; i < process->producer_count; i++) {
		const struct trace_producer *row =
			reader_row(reader, SECTION_PRODUCER, process->producers[i].row);

		reading->producers[i] = (struct reading_producer){
			.opened_ns = row ? time_or_unknown(row->opened_ns) : UNKNOWN,
			.produced_last_ns =
				row ? time_or_unknown(row->produced_last_ns) : UNKNOWN,
		};
	}
}

/* The beginning of the stall that is open according to the model. */
static int64_t stall_began(const struct trace_socket *row, const struct trace_socket_more *more)
{
	if (row->stall_began_ns > 0)
		return number_at(row->stall_began_ns);
	if (row->write_began_ns > 0)
		return number_at(row->write_began_ns);
	return more ? time_or_unknown(more->wait_began_ns) : UNKNOWN;
}

static void take_sockets(struct reading *reading, const struct reader *reader)
{
	const struct process *process = reading->process;

	reading->sockets = memory_zeroed(process->socket_count + 1, sizeof *reading->sockets);
	for (size_t i = 0; i < process->socket_count; i++) {
		const struct socket *socket = &process->sockets[i];
		struct reading_socket *of = &reading->sockets[i];
		const struct trace_socket *row =
			reader_row(reader, SECTION_SOCKET, socket->row);

		of->stall_began_ns = UNKNOWN;
		if (!row)
			continue;
		of->generation = row->generation;
		memcpy(of->fill, row->fill, sizeof of->fill);
		if (socket->stalled_at_end && row->state != SOCKET_CLOSED)
			of->stall_began_ns = stall_began(
				row, reader_row(reader, SECTION_SOCKET_MORE, socket->row));
	}
}

struct reading *reading_of(const struct reader *reader, const char *path, int64_t before_ns,
			   int64_t after_ns)
{
	struct reading *reading = memory_zeroed(1, sizeof *reading);
	struct run *run = &reading->run;

	reading->before_ns = before_ns;
	reading->after_ns = after_ns;
	build_trace(run, path, reader);
	reading->process = &run->processes[0];
	take_producers(reading, reader);
	take_sockets(reading, reader);
	if (reading_runs(reading)) {
		run->processes[0].program = program_name(run, reading->process);
	} else {
		judge_run(run);
		findings_raise(run);
	}
	return reading;
}

struct reading *reading_take(const char *path, char why[READING_WHY_BYTES])
{
	struct reader reader;
	struct reading *reading = NULL;
	int64_t before_ns = now_ns();

	if (reader_open(&reader, path, READER_COUNTERS))
		reading = reading_of(&reader, path, before_ns, now_ns());
	else
		snprintf(why, READING_WHY_BYTES, "%s", reader.faults[0].what);
	reader_close(&reader);
	return reading;
}

void reading_free(struct reading *reading)
{
	if (!reading)
		return;
	model_free(&reading->run);
	free(reading->producers);
	free(reading->sockets);
	free(reading);
}

bool reading_runs(const struct reading *reading)
{
	return reading->process->how == ENDED_RUNNING || reading->process->how == ENDED_UNKNOWN;
}

static int64_t bytes_accepted(const struct process *process)
{
	int64_t sum = 0;

	for (size_t i = 0; i < process->socket_count; i++)
		sum = number_sum(sum, process->sockets[i].accepted_bytes);
	return sum;
}

bool reading_moved(const struct reading *now, const struct reading *before)
{
	return memcmp(&now->run.tally, &before->run.tally, sizeof now->run.tally) != 0 ||
	       bytes_accepted(now->process) != bytes_accepted(before->process);
}

bool reading_same(const struct reading *now, const struct reading *before)
{
	return now->process->pid == before->process->pid &&
	       now->process->start_ticks == before->process->start_ticks &&
	       now->process->traced_ns == before->process->traced_ns;
}

size_t reading_socket_before(const struct reading *now, size_t socket,
			     const struct reading *before)
{
	uint32_t row = now->process->sockets[socket].row;

	for (size_t i = 0; before && i < before->process->socket_count; i++)
		if (before->process->sockets[i].row == row)
			return before->sockets[i].generation == now->sockets[socket].generation
				       ? i
				       : SIZE_MAX;
	return SIZE_MAX;
}

int64_t reading_stalled_by(const struct socket *socket, enum trace_stall_cause cause)
{
	switch (cause) {
	case CAUSE_RECEIVER:
		return socket->stalled_receiver_ns;
	case CAUSE_SEND_BUFFER:
		return socket->stalled_send_buffer_ns;
	case CAUSE_NETWORK:
		return socket->stalled_network_ns;
	case CAUSE_NOTSENT_LOWAT:
		return socket->stalled_lowat_ns;
	default:
		return UNKNOWN;
	}
}

/* The cause that explains most of the stalled time between the two readings. */
static enum trace_stall_cause cause_between(const struct socket *now,
					    const struct socket *before)
{
	enum trace_stall_cause most = CAUSE_UNKNOWN;
	int64_t most_ns = 0;

	for (int i = CAUSE_UNKNOWN + 1; i < READING_CAUSES; i++) {
		enum trace_stall_cause cause = (enum trace_stall_cause)i;
		int64_t was = reading_stalled_by(before, cause);
		int64_t is = reading_stalled_by(now, cause);

		if (was != UNKNOWN && is != UNKNOWN && is - was > most_ns) {
			most_ns = is - was;
			most = cause;
		}
	}
	return most;
}

/* A stall that was open in the reading before keeps its cause: the guest may not have sampled
 * it since. */
void reading_compare(struct reading *now, const struct reading *before)
{
	for (size_t i = 0; i < now->process->socket_count; i++) {
		size_t was = reading_socket_before(now, i, before);

		if (now->sockets[i].stall_began_ns == UNKNOWN || was == SIZE_MAX)
			continue;
		now->sockets[i].cause = cause_between(&now->process->sockets[i],
						      &before->process->sockets[was]);
		if (now->sockets[i].cause == CAUSE_UNKNOWN &&
		    now->sockets[i].stall_began_ns == before->sockets[was].stall_began_ns)
			now->sockets[i].cause = before->sockets[was].cause;
	}
}
