/* SPDX-License-Identifier: Apache-2.0 */
/*
 * series.c - see series.h. At each border all used socket, topic and cell rows are added
 * up (1 to 10 us): 20 times a second at first, later less often.
 *
 *     moments  |a|b|c|d|e|f|   full: the width doubles
 *     borders  1 2 3 4 5 6     of (a b) (c d) (e f) the later stays
 *              |b|d|f|d|e|f|   left-over rows are not later than the row before them
 */
#include "trace/series.h"

#include "trace/map.h"
#include "trace/writer.h"

struct totals {
	uint64_t accepted_bytes, stalled_ns, requests;
	uint64_t produced, delivered, settled;
};

/* Loads are made in the order of the calls. */
static uint64_t load(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

/* A blocking call that has lasted this long will be counted as a stall when it returns. */
#define HELD_UP_NS 10000000

/* The stalled time until `at_ns`, including stalls that are still open. */
static uint64_t stalled_ns(const struct trace_socket *row, int64_t at_ns)
{
	int64_t stalled_ns = __atomic_load_n(&row->stall_began_ns, __ATOMIC_RELAXED);
	int64_t call_ns = __atomic_load_n(&row->write_began_ns, __ATOMIC_RELAXED);
	int64_t began_ns = stalled_ns > 0				 ? stalled_ns
			   : call_ns > 0 && at_ns - call_ns > HELD_UP_NS ? call_ns
									 : at_ns;

	return load(&row->stalled_ns) + (began_ns < at_ns ? (uint64_t)(at_ns - began_ns) : 0);
}

static void add_sockets(struct totals *totals, int64_t at_ns)
{
	const struct trace_process *process = trace->process;

	totals->accepted_bytes = load(&process->recycled_accepted_bytes);
	totals->stalled_ns = load(&process->recycled_stalled_ns);
	totals->requests = load(&process->recycled_requests);
	for (uint32_t i = 0; i < GUEST_SOCKETS; i++) {
		const struct trace_socket *row = &trace->sockets[i];

		/* Rows are taken in order: all rows behind a free one are free. */
		if (__atomic_load_n(&row->state, __ATOMIC_ACQUIRE) == SOCKET_FREE)
			break;
		totals->accepted_bytes += load(&row->accepted_bytes) +
					  load(&trace->sockets_more[i].others_accepted_bytes);
		totals->stalled_ns += stalled_ns(row, at_ns);
		totals->requests += load(&row->produce_requests);
	}
}

static void add_settled(struct totals *totals, const uint64_t *messages)
{
	uint64_t delivered = load(&messages[COUNT_DELIVERED]);

	totals->delivered += delivered;
	totals->settled += delivered + load(&messages[COUNT_UNCONFIRMED]) +
			   load(&messages[COUNT_FAILED]) + load(&messages[COUNT_PURGED]);
	totals->produced -= load(&messages[COUNT_UNROLLED]);
}

static void add_produced(struct totals *totals, const uint64_t *messages)
{
	totals->produced += load(&messages[COUNT_SENT]);
}

typedef void add_fn(struct totals *totals, const uint64_t *messages);

static void add_topic(struct totals *totals, uint32_t topic, add_fn *add)
{
	add(totals, trace->topics[topic].counts.messages);
	for (uint32_t cell = __atomic_load_n(&trace->cell_lists[topic], __ATOMIC_ACQUIRE); cell;
	     cell = trace->cell_next[cell - 1])
		add(totals, trace->cells[cell - 1].counts.messages);
}

static void add_topics(struct totals *totals, add_fn *add)
{
	for (uint32_t producer = 0; producer < GUEST_PRODUCERS; producer++)
		for (uint32_t topic =
			     __atomic_load_n(&trace->topic_lists[producer], __ATOMIC_ACQUIRE);
		     topic; topic = trace->topic_next[topic - 1])
			add_topic(totals, topic - 1, add);
}

/* Reads the ended messages first and the produced ones last, so that settled never exceeds
 * produced. */
static void add_messages(struct totals *totals)
{
	add_topics(totals, add_settled);
	add_topics(totals, add_produced);
}

/* The row's state is 0 while it is written, so that readers skip it. */
static void row_write(uint32_t at, const struct trace_moment *moment)
{
	struct trace_moment *row = &trace->moments[at];

	__atomic_exchange_n(&row->state, 0, __ATOMIC_SEQ_CST); /* keeps later stores behind */
	row->fill_max_permille = moment->fill_max_permille;
	row->at_ns = moment->at_ns;
	row->accepted_bytes = moment->accepted_bytes;
	row->produced = moment->produced;
	row->settled = moment->settled;
	row->delivered = moment->delivered;
	row->stalled_ns = moment->stalled_ns;
	row->requests = moment->requests;
	__atomic_store_n(&row->state, 1, __ATOMIC_RELEASE);
}

/* The number of the border at which the moment's interval of that width ends. */
static int64_t span_of(const struct trace_moment *row, int64_t width_ns)
{
	return (row->at_ns - trace->process->monotonic_ns + width_ns - 1) / width_ns;
}

static uint32_t fold(uint32_t rows, int64_t width_ns)
{
	struct trace_moment *moments = trace->moments;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < rows; i++) {
		struct trace_moment *next = &moments[i + 1];

		if (i + 1 < rows && span_of(&moments[i], width_ns) == span_of(next, width_ns)) {
			/* The maximum is copied first: then the row may be overwritten. */
			if (next->fill_max_permille < moments[i].fill_max_permille)
				__atomic_store_n(&next->fill_max_permille,
						 moments[i].fill_max_permille,
						 __ATOMIC_RELEASE);
			continue;
		}
		if (kept != i)
			row_write(kept, &moments[i]);
		kept++;
	}
	return kept;
}

/* Doubles the width until half of the rows are free. */
static void make_room(struct trace_process *process)
{
	int64_t width_ns = process->series_width_ns;

	while (trace->series_rows > TRACE_MOMENTS / 2) {
		width_ns *= 2;
		trace->series_rows = fold(trace->series_rows, width_ns);
		process->series_folds++;
	}
	__atomic_store_n(&process->series_width_ns, width_ns, __ATOMIC_RELAXED);
}

static void append(int64_t at_ns, const struct totals *totals, uint32_t fill)
{
	struct trace_moment moment = {
		.fill_max_permille = fill,
		.at_ns = at_ns,
		.accepted_bytes = totals->accepted_bytes,
		.produced = totals->produced,
		.settled = totals->settled,
		.delivered = totals->delivered,
		.stalled_ns = totals->stalled_ns,
		.requests = totals->requests,
	};

	row_write(trace->series_rows++, &moment);
}

/* All counts since the last moment were made before the next border, because the first call
 * after a border adds its moment. So nothing was counted between that border and now. */
static void moments_add(struct trace_process *process, int64_t now_ns)
{
	int64_t began_ns = process->monotonic_ns;
	int64_t border_ns = trace->series_next_ns;
	int64_t width_ns = process->series_width_ns;
	int64_t latest_ns = began_ns + (now_ns - began_ns) / width_ns * width_ns;
	struct totals totals = {0};

	add_messages(&totals);
	add_sockets(&totals, border_ns);
	append(border_ns, &totals,
	       __atomic_exchange_n(&trace->series_fill, 0, __ATOMIC_RELAXED));
	if (latest_ns > border_ns) {
		add_sockets(&totals, latest_ns);
		append(latest_ns, &totals, 0);
	}
	if (trace->series_rows + 2 > TRACE_MOMENTS) {
		make_room(process);
		width_ns = process->series_width_ns;
		latest_ns = began_ns + (now_ns - began_ns) / width_ns * width_ns;
	}
	__atomic_store_n(&trace->series_next_ns, latest_ns + width_ns, __ATOMIC_RELAXED);
}

void series_pass(int64_t now_ns)
{
	struct trace_process *process = trace->process;
	uint32_t nobody = 0;

	if (!__atomic_compare_exchange_n(&trace->series_busy, &nobody, 1, false,
					 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	if (!process->series_width_ns) {
		trace->series_next_ns = process->monotonic_ns + SERIES_WIDTH_NS;
		process->series_width_ns = SERIES_WIDTH_NS;
	}
	if (now_ns >= trace->series_next_ns)
		moments_add(process, now_ns);
	__atomic_store_n(&trace->series_busy, 0, __ATOMIC_RELEASE);
}

void series_fill(uint32_t permille)
{
	uint32_t old = __atomic_load_n(&trace->series_fill, __ATOMIC_RELAXED);

	while (old < permille &&
	       !__atomic_compare_exchange_n(&trace->series_fill, &old, permille, true,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}
