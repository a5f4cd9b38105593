/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_proof.c - adds what the relay of `run --prove` did to the processes and producers.
 *
 * A connection belongs to the producer of its row in the trace.
 */
#include "build/build.h"

#include "model/number.h"

struct identity {
	int64_t pid;
	uint64_t start_ticks;
	int64_t traced_ns;
};

static struct process *process_of(struct run *run, const struct identity *identity)
{
	for (size_t i = 0; i < run->process_count; i++) {
		struct process *process = &run->processes[i];

		if (process->trace && process->pid == identity->pid &&
		    process->start_ticks == identity->start_ticks &&
		    process->traced_ns == identity->traced_ns)
			return process;
	}
	return NULL;
}

static struct withheld withheld_of(const struct host_withheld *told)
{
	return (struct withheld){
		.patience_ns = told->patience_ns,
		.holds = number_of(told->holds),
		.held_ns = told->held_ns,
		.by_wait = number_of(told->by_wait),
		.by_time = number_of(told->by_time),
		.by_end = number_of(told->by_end),
		.shortened = told->shortened,
	};
}

static void purged(struct process *process, uint64_t rows)
{
	for (size_t i = 0; i < process->producer_count; i++) {
		struct producer *producer = &process->producers[i];

		producer->proof.at_purge = producer->row < 64 && rows >> producer->row & 1;
	}
}

static bool is_of(const struct process *process, const struct host_line *line,
		  const struct producer *producer)
{
	for (size_t i = 0; i < process->socket_count; i++) {
		const struct socket *socket = &process->sockets[i];

		if (socket->row != line->socket)
			continue;
		return socket->producer == producer - process->producers ||
		       (socket->shared && producer->shares_connections);
	}
	return false;
}

/* Whether it has a connection that does not go through the relay: TLS, or one that was not
 * redirected. */
static bool passes_by(const struct process *process, const struct producer *producer)
{
	for (size_t i = 0; i < process->socket_count; i++) {
		const struct socket *socket = &process->sockets[i];

		if ((socket->producer == producer - process->producers || socket->shared) &&
		    !(socket->flags & SOCKET_DIVERTED) &&
		    (socket->produce_requests > 0 || socket->flags & SOCKET_TLS))
			return true;
	}
	return false;
}

/* An answer counts that was withheld for its full time: the program ran on without it. */
static void proof_of(const struct host *host, const struct process *process,
		     struct producer *producer)
{
	const struct host_line *last = NULL;
	struct proof *proof = &producer->proof;
	bool unseen = passes_by(process, producer);
	int64_t cut_ns = 0;

	for (size_t i = 0; i < host->line_count; i++) {
		const struct host_line *line = &host->lines[i];
		const struct identity identity = {line->pid, line->start_ticks, line->trace_ns};

		if (process->pid != identity.pid ||
		    process->start_ticks != identity.start_ticks ||
		    process->traced_ns != identity.traced_ns || !is_of(process, line, producer))
			continue;
		if (line->cut_ns > cut_ns)
			cut_ns = line->cut_ns;
		unseen |= line->lost;
		if (line->last_ns && (!last || line->last_ns >= last->last_ns))
			last = line;
	}
	/* If another connection was made after this one was closed, that was not the end. */
	proof->at_end = last && cut_ns >= last->last_ns;
	if (!unseen && last && last->due_ns == last->last_ns)
		proof->withheld_ns = last->due_for_ns;
}

void build_proof(struct run *run, const struct host *host)
{
	for (size_t i = 0; i < host->withheld_count; i++) {
		const struct host_withheld *told = &host->withheld[i];
		const struct identity identity = {told->pid, told->start_ticks, told->trace_ns};
		struct process *process = process_of(run, &identity);

		if (!process)
			continue;
		process->withheld = withheld_of(told);
		purged(process, told->purged);
	}
	for (size_t i = 0; i < run->process_count; i++) {
		struct process *process = &run->processes[i];

		process->proves = true;
		process->proof_broke = host->proof_broke;
		for (size_t j = 0; j < process->producer_count; j++)
			proof_of(host, process, &process->producers[j]);
	}
}
