/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timeline.c - merges the rings of a trace.
 *
 * A thread writes its ring in the order of time, or nearly: a run of small
 * writes is one event, with the time of its first. So rings are merged, from
 * a heap of their oldest events; one that is not in order is put in order
 * first, as are those of a damaged trace.
 */
#include "timeline.h"

#include <stdlib.h>

struct ring {
	int64_t at_ns; /* of its oldest event that is left */
	uint32_t thread;
	uint16_t next, count; /* events handed out, and there */
	uint64_t first;	      /* number of the event that was the oldest */
	const struct trace_event *events;
	uint16_t *order; /* NULL: as they were written */
};

static const struct trace_event *ring_event(const struct ring *ring, unsigned index)
{
	return &ring->events[(ring->first + index) % TRACE_RING_EVENTS];
}

static int by_time(const void *a, const void *b, void *ring)
{
	unsigned left = *(const uint16_t *)a, right = *(const uint16_t *)b;
	int64_t left_ns = ring_event(ring, left)->at_ns;
	int64_t right_ns = ring_event(ring, right)->at_ns;

	if (left_ns != right_ns)
		return left_ns < right_ns ? -1 : 1;
	return (left > right) - (left < right);
}

static void ring_sort(struct ring *ring)
{
	unsigned sorted = 1;

	while (sorted < ring->count &&
	       ring_event(ring, sorted - 1)->at_ns <= ring_event(ring, sorted)->at_ns)
		sorted++;
	if (sorted == ring->count)
		return;
	ring->order = calloc(ring->count, sizeof *ring->order);
	if (!ring->order)
		abort();
	for (uint16_t i = 0; i < ring->count; i++)
		ring->order[i] = i;
	qsort_r(ring->order, ring->count, sizeof *ring->order, by_time, ring);
}

static const struct trace_event *ring_oldest(const struct ring *ring)
{
	return ring_event(ring, ring->order ? ring->order[ring->next] : ring->next);
}

static bool is_older(const struct ring *left, const struct ring *right)
{
	return left->at_ns != right->at_ns ? left->at_ns < right->at_ns
					   : left->thread < right->thread;
}

/* The ring at `at` may be younger than those below it. */
static void sink(struct timeline *timeline, uint32_t at)
{
	struct ring *heap = timeline->heap;
	struct ring ring = heap[at];

	for (uint32_t child; (child = 2 * at + 1) < timeline->count; at = child) {
		if (child + 1 < timeline->count)
			child += is_older(&heap[child + 1], &heap[child]);
		if (is_older(&ring, &heap[child]))
			break;
		heap[at] = heap[child];
	}
	heap[at] = ring;
}

void timeline_open(struct timeline *timeline, const struct reader *reader)
{
	uint32_t threads = reader_rows(reader, SECTION_THREAD);

	*timeline = (struct timeline){.heap = calloc(threads + 1, sizeof *timeline->heap)};
	if (!timeline->heap)
		abort();
	for (uint32_t thread = 0; thread < threads; thread++) {
		uint64_t first = reader_event_first(reader, thread);
		uint64_t count = reader_event_end(reader, thread) - first;
		const struct trace_event *events = reader_ring(reader, thread);

		if (!events || count == 0)
			continue;
		struct ring *ring = &timeline->heap[timeline->count++];
		*ring = (struct ring){
			.thread = thread,
			.first = first,
			.count = (uint16_t)count,
			.events = events,
		};
		ring_sort(ring);
		ring->at_ns = ring_oldest(ring)->at_ns;
	}
	for (uint32_t at = timeline->count / 2; at-- > 0;)
		sink(timeline, at);
}

const struct trace_event *timeline_next(struct timeline *timeline, uint32_t *thread)
{
	struct ring *ring = timeline->heap;

	if (timeline->count == 0)
		return NULL;
	const struct trace_event *event = ring_oldest(ring);

	*thread = ring->thread;
	if (++ring->next < ring->count) {
		ring->at_ns = ring_oldest(ring)->at_ns;
	} else {
		free(ring->order);
		*ring = timeline->heap[--timeline->count];
	}
	sink(timeline, 0);
	return event;
}

void timeline_close(struct timeline *timeline)
{
	for (uint32_t i = 0; i < timeline->count; i++)
		free(timeline->heap[i].order);
	free(timeline->heap);
	timeline->heap = NULL;
}
