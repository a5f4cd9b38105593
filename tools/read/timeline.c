/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timeline.c - merges the rings of a trace.
 *
 * A thread writes its ring nearly in the order of time: an event with the time
 * at which a call began may follow one with the time at which it returned (a
 * stall begins before the write that it delayed is counted). So each ring is
 * sorted, which takes little time, and then the rings are merged. In a damaged
 * trace any event can have any time: sorting takes longer then, but the result
 * is in order, too.
 */
#include "read/timeline.h"

#include <stdlib.h>

#include "memory/memory.h"

struct ring {
	uint32_t thread;
	uint16_t next, count; /* events returned so far, and in total */
	uint64_t first;	      /* number of the event that was the oldest */
	const struct trace_event *events;
	uint16_t *order; /* NULL: the order in which they were written */
};

/* For a ring without events left: later than every possible event. */
static const struct oldest none = {INT64_MAX, UINT32_MAX};

/* The event at that place in the order of time. */
static const struct trace_event *ring_at(const struct ring *ring, unsigned place)
{
	unsigned written = ring->order ? ring->order[place] : place;

	return &ring->events[(ring->first + written) % TRACE_RING_EVENTS];
}

static const struct trace_event *ring_oldest(const struct ring *ring)
{
	return ring_at(ring, ring->next);
}

static uint16_t *as_written(unsigned count)
{
	uint16_t *order = memory_zeroed(count, sizeof *order);

	for (unsigned i = 0; i < count; i++)
		order[i] = (uint16_t)i;
	return order;
}

/* An insertion sort: an event that is too late moves back a place or two, so it is fast. */
static void ring_sort(struct ring *ring)
{
	for (unsigned i = 1; i < ring->count; i++) {
		int64_t at_ns = ring_at(ring, i)->at_ns;
		unsigned place = i;

		if (ring_at(ring, i - 1)->at_ns <= at_ns)
			continue;
		if (!ring->order)
			ring->order = as_written(ring->count);
		do
			ring->order[place] = ring->order[place - 1];
		while (--place > 0 && ring_at(ring, place - 1)->at_ns > at_ns);
		ring->order[place] = (uint16_t)i;
	}
}

/* If the times are equal, the thread's row decides. */
static bool is_older(struct oldest left, struct oldest right)
{
	return left.at_ns != right.at_ns ? left.at_ns < right.at_ns : left.ring < right.ring;
}

/* A node of the tree: the match of the winners of the two nodes below; leaves are the
 * rings. */
static struct oldest play(struct timeline *timeline, uint32_t match)
{
	if (match >= timeline->count) {
		uint32_t number = match - timeline->count;

		return (struct oldest){ring_oldest(&timeline->rings[number])->at_ns, number};
	}
	struct oldest left = play(timeline, 2 * match), right = play(timeline, 2 * match + 1);
	bool left_wins = is_older(left, right);

	timeline->losers[match] = left_wins ? right : left;
	return left_wins ? left : right;
}

/* Plays again only the matches between the winner's ring and the top: no other outcome
 * changes. */
static void play_again(struct timeline *timeline, struct oldest next)
{
	for (uint32_t match = (timeline->winner.ring + timeline->count) / 2; match;
	     match /= 2) {
		struct oldest loser = timeline->losers[match];

		if (is_older(loser, next)) {
			timeline->losers[match] = next;
			next = loser;
		}
	}
	timeline->winner = next;
}

void timeline_open(struct timeline *timeline, const struct reader *reader)
{
	uint32_t threads = reader_rows(reader, SECTION_THREAD);

	*timeline = (struct timeline){
		.rings = memory_zeroed(threads + 1, sizeof *timeline->rings),
		.losers = memory_zeroed(threads + 1, sizeof *timeline->losers),
		.winner = none,
	};
	for (uint32_t thread = 0; thread < threads; thread++) {
		uint64_t first = reader_event_first(reader, thread);
		uint64_t count = reader_event_end(reader, thread) - first;
		const struct trace_event *events = reader_ring(reader, thread);

		if (!events || count == 0)
			continue;
		struct ring *ring = &timeline->rings[timeline->count++];
		*ring = (struct ring){
			.thread = thread,
			.first = first,
			.count = (uint16_t)count,
			.events = events,
		};
		ring_sort(ring);
	}
	if (timeline->count > 0)
		timeline->winner = play(timeline, 1);
}

const struct trace_event *timeline_next(struct timeline *timeline, uint32_t *thread)
{
	uint32_t number = timeline->winner.ring;

	if (number == none.ring)
		return NULL;
	struct ring *ring = &timeline->rings[number];
	const struct trace_event *event = ring_oldest(ring);

	*thread = ring->thread;
	if (++ring->next < ring->count)
		play_again(timeline, (struct oldest){ring_oldest(ring)->at_ns, number});
	else
		play_again(timeline, none);
	return event;
}

void timeline_close(struct timeline *timeline)
{
	for (uint32_t i = 0; i < timeline->count; i++)
		free(timeline->rings[i].order);
	free(timeline->rings);
	free(timeline->losers);
	timeline->rings = NULL;
	timeline->losers = NULL;
}
