/* SPDX-License-Identifier: Apache-2.0 */
/*
 * large.c - see large.h.
 */
#include "trace/large.h"

#include "trace/writer.h"

enum large_use {
	LARGE_FREE = 0,
	LARGE_UNDER_WAY = 1,
	LARGE_ENDED = 2, /* another message may have the row */
};

static uint32_t use_of(uint32_t i)
{
	return __atomic_load_n(&trace->large_use[i], __ATOMIC_ACQUIRE);
}

static bool use_pass(uint32_t i, uint32_t from, uint32_t to)
{
	return __atomic_compare_exchange_n(&trace->large_use[i], &from, to, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

static void wait_end(uint32_t i)
{
	if (__atomic_exchange_n(&trace->large_request[i], 0, __ATOMIC_ACQ_REL))
		__atomic_fetch_sub(&trace->large_waiting, 1, __ATOMIC_RELAXED);
}

/* ---- rows ---- */

uint32_t large_batch(void)
{
	uint32_t number = __atomic_add_fetch(&trace->large_batches, 1, __ATOMIC_RELAXED);

	return number ? number : large_batch();
}

/* Of the ended rows the one that took the shortest time; GUEST_LARGE: there is none. */
static uint32_t soonest(void)
{
	uint32_t found = GUEST_LARGE;
	int64_t least = INT64_MAX;

	for (uint32_t i = 0; i < GUEST_LARGE; i++) {
		const struct trace_large *row = &trace->large[i];
		int64_t took = row->began_ns ? row->ended_ns - row->began_ns : 0;

		if (use_of(i) == LARGE_ENDED && took < least) {
			least = took;
			found = i;
		}
	}
	return found;
}

static uint32_t row_take(void)
{
	for (uint32_t i = 0; i < GUEST_LARGE; i++)
		if (use_of(i) == LARGE_FREE && use_pass(i, LARGE_FREE, LARGE_UNDER_WAY))
			return i;
	uint32_t i = soonest();

	return i < GUEST_LARGE && use_pass(i, LARGE_ENDED, LARGE_UNDER_WAY) ? i : GUEST_LARGE;
}

static struct trace_stages *stages_of(uint32_t producer)
{
	struct trace_stages *stages = &trace->stages[producer];

	__atomic_store_n(&stages->state, 1, __ATOMIC_RELEASE);
	return stages;
}

uint32_t large_begin(uint32_t producer, uint32_t site, uint32_t batch, uint64_t bytes,
		     int64_t began_ns)
{
	struct trace_stages *stages = stages_of(producer);
	uint32_t i = row_take();

	writer_add_shared(&stages->bytes, bytes);
	writer_add_shared(&stages->messages, 1);
	if (i == GUEST_LARGE) {
		writer_add_shared(&writer_section(SECTION_LARGE)->dropped, 1);
		return 0;
	}
	wait_end(i);
	/* Readers skip the row while it changes; the exchange keeps later stores behind it. */
	__atomic_exchange_n(&trace->large[i].state, 0, __ATOMIC_ACQ_REL);
	trace->large[i] = (struct trace_large){
		.producer = producer,
		.site = site,
		.batch = batch,
		.bytes = bytes,
		.began_ns = began_ns,
	};
	__atomic_store_n(&trace->large[i].state, 1, __ATOMIC_RELEASE);
	return i + 1;
}

/* The next row from `i` on of a message in this batch that has not ended; NULL: none. */
static struct trace_large *row_of(uint32_t batch, uint32_t *i)
{
	while (*i < GUEST_LARGE) {
		struct trace_large *row = &trace->large[(*i)++];

		if (row->batch == batch && use_of(*i - 1) == LARGE_UNDER_WAY)
			return row;
	}
	return NULL;
}

void large_taken_back(uint32_t large)
{
	struct trace_large *row = &trace->large[large - 1];
	struct trace_stages *stages = stages_of(row->producer);

	writer_add_shared(&stages->messages, (uint64_t)-1);
	writer_add_shared(&stages->bytes, -row->bytes);
	__atomic_store_n(&row->state, 0, __ATOMIC_RELEASE);
	use_pass(large - 1, LARGE_UNDER_WAY, LARGE_FREE);
}

static void offered(struct trace_large *row, int64_t at_ns)
{
	struct trace_stages *stages = stages_of(row->producer);
	uint64_t before_ns = (uint64_t)(at_ns > row->began_ns ? at_ns - row->began_ns : 0);

	row->offered_ns = at_ns;
	if (!row->began_ns)
		return;
	writer_add_shared(&stages->before_ns, before_ns);
	writer_max(&stages->before_max_ns, before_ns);
	writer_add_shared(&stages->offered, 1);
}

static void written(struct trace_large *row, int64_t at_ns)
{
	if (row->offered_ns && !row->written_ns) {
		struct trace_stages *stages = stages_of(row->producer);

		writer_add_shared(&stages->writing_ns, (uint64_t)(at_ns - row->offered_ns));
		writer_add_shared(&stages->written, 1);
	}
	row->written_ns = at_ns;
}

/* ---- called by a client's room ---- */

void large_sent(uint32_t large, uint32_t producer, int64_t took_ns, int64_t cpu_ns)
{
	struct trace_stages *stages = stages_of(producer);

	writer_add_shared(&stages->send_ns, (uint64_t)took_ns);
	writer_add_shared(&stages->send_cpu_ns, (uint64_t)cpu_ns);
	if (!large)
		return;
	trace->large[large - 1].send_cpu_ns = (uint64_t)cpu_ns;
	trace->large[large - 1].send_ns = (uint64_t)took_ns;
}

void large_built(uint32_t batch, uint32_t producer, uint64_t bytes, int64_t took_ns,
		 int64_t cpu_ns)
{
	struct trace_stages *stages = stages_of(producer);
	int64_t now_ns = guest_now_ns();
	struct trace_large *row;

	writer_add_shared(&stages->built_bytes, bytes);
	writer_add_shared(&stages->build_ns, (uint64_t)took_ns);
	writer_add_shared(&stages->build_cpu_ns, (uint64_t)cpu_ns);
	for (uint32_t i = 0; (row = row_of(batch, &i));) {
		row->build_ns = (uint64_t)took_ns;
		row->build_cpu_ns = (uint64_t)cpu_ns;
		row->built_ns = now_ns;
	}
}

void large_requested(uint32_t batch, uint64_t request)
{
	int64_t now_ns = guest_now_ns();
	struct trace_large *row;

	for (uint32_t i = 0; (row = row_of(batch, &i));) {
		wait_end(i - 1);
		row->requested_ns = now_ns;
		row->socket = (uint32_t)(request >> 32);
		row->request = (uint32_t)request;
		row->requests++;
		if (!request)
			continue;
		__atomic_fetch_add(&trace->large_waiting, 1, __ATOMIC_RELAXED);
		__atomic_store_n(&trace->large_request[i - 1], request, __ATOMIC_RELEASE);
	}
}

void large_carried(struct trace_large *row, int64_t offered_ns, int64_t written_ns,
		   int64_t build_cpu_ns)
{
	if (offered_ns && !row->offered_ns)
		offered(row, offered_ns);
	if (build_cpu_ns != TRACE_UNKNOWN) {
		row->build_cpu_ns = (uint64_t)build_cpu_ns;
		row->built_ns = offered_ns;
	}
	row->requests++; /* at least */
	written(row, written_ns);
}

void large_batch_carried(uint32_t batch, int64_t offered_ns, int64_t written_ns)
{
	struct trace_large *row;

	for (uint32_t i = 0; (row = row_of(batch, &i));)
		large_carried(row, offered_ns, written_ns, TRACE_UNKNOWN);
}

void large_ended(uint32_t batch, enum trace_count end)
{
	int64_t now_ns = guest_now_ns();
	struct trace_large *row;

	for (uint32_t i = 0; (row = row_of(batch, &i));) {
		row->end = end;
		row->ended_ns = now_ns;
		if (end == COUNT_DELIVERED && row->written_ns) {
			struct trace_stages *stages = stages_of(row->producer);

			writer_add_shared(&stages->answering_ns,
					  (uint64_t)(now_ns - row->written_ns));
			writer_add_shared(&stages->answered, 1);
		}
		use_pass(i - 1, LARGE_UNDER_WAY, LARGE_ENDED);
	}
}

/* ---- called by `socket/` ---- */

/* If a message was put into a second request, offered_ns is of the first. */
void large_first_byte(uint32_t socket, uint64_t number, int64_t began_ns)
{
	uint64_t request = large_request(socket, number);

	for (uint32_t i = 0; i < GUEST_LARGE; i++) {
		struct trace_large *row = &trace->large[i];

		if (__atomic_load_n(&trace->large_request[i], __ATOMIC_ACQUIRE) != request ||
		    row->offered_ns)
			continue;
		offered(row, began_ns);
	}
}

void large_last_byte(uint32_t socket, uint64_t number, int64_t now_ns)
{
	uint64_t request = large_request(socket, number);

	for (uint32_t i = 0; i < GUEST_LARGE; i++) {
		struct trace_large *row = &trace->large[i];

		if (__atomic_load_n(&trace->large_request[i], __ATOMIC_ACQUIRE) != request)
			continue;
		written(row, now_ns);
		wait_end(i);
	}
}
