/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_timeline.c - the events of all rings: by time, then by thread, then as written.
 */
#include "read/timeline.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "testing.h"
#include "trace_maker.h"

/* A trace with so many rings: the maker's own, and room for threads behind it. */
struct rings {
	uint8_t *bytes;
	size_t size;
	struct trace_thread *threads;
	struct trace_event *events;
	uint32_t count;
};

static struct rings rings_make(uint32_t count)
{
	struct rings rings = {.count = count};
	struct maker maker;

	maker_make(&maker);
	size_t threads_at = maker.size;
	size_t rings_at = threads_at + count * sizeof(struct trace_thread);
	rings.size = rings_at + (size_t)count * TRACE_RING_BYTES;
	rings.bytes = calloc(1, rings.size);
	assert_non_null(rings.bytes);
	memcpy(rings.bytes, maker.bytes, maker.size);
	maker_free(&maker);
	struct trace_header *header = (struct trace_header *)rings.bytes;
	struct trace_section *threads = &header->sections[SECTION_THREAD - 1];
	struct trace_section *events = &header->sections[SECTION_RING - 1];

	header->file_bytes = rings.size;
	threads->offset = threads_at;
	threads->rows = threads->used = count;
	events->offset = rings_at;
	events->rows = events->used = count * TRACE_RING_EVENTS;
	rings.threads = (struct trace_thread *)(rings.bytes + threads_at);
	rings.events = (struct trace_event *)(rings.bytes + rings_at);
	for (uint32_t i = 0; i < count; i++)
		rings.threads[i].state = 1;
	return rings;
}

/* `b` is what tells events of a thread apart: their number. */
static void rings_add(struct rings *rings, uint32_t thread, int64_t at_ns)
{
	uint64_t number = rings->threads[thread].head++;

	rings->events[thread * TRACE_RING_EVENTS + number % TRACE_RING_EVENTS] =
		(struct trace_event){
			.at_ns = at_ns,
			.kind = EVENT_WRITE,
			.object = thread,
			.b = (int64_t)number,
		};
}

static int by_time(const void *a, const void *b)
{
	const struct trace_event *left = a, *right = b;

	if (left->at_ns != right->at_ns)
		return left->at_ns < right->at_ns ? -1 : 1;
	if (left->object != right->object)
		return left->object < right->object ? -1 : 1;
	return ((uint64_t)left->b > (uint64_t)right->b) -
	       ((uint64_t)left->b < (uint64_t)right->b);
}

/* All of them sorted at once: the plainest way to the same order. */
static struct trace_event *sorted(const struct reader *reader, size_t *count)
{
	uint32_t threads = reader_rows(reader, SECTION_THREAD);
	struct trace_event *events = calloc(threads, TRACE_RING_BYTES);

	assert_non_null(events);
	*count = 0;
	for (uint32_t i = 0; i < threads; i++)
		for (uint64_t n = reader_event_first(reader, i);
		     n < reader_event_end(reader, i); n++)
			events[(*count)++] = *reader_event(reader, i, n);
	qsort(events, *count, sizeof *events, by_time);
	return events;
}

/* Takes over the rings' bytes. */
static void assert_order(struct rings *rings)
{
	struct reader reader;
	struct timeline timeline;
	const struct trace_event *event;
	uint32_t thread;
	size_t count, at = 0;

	assert_true(reader_take(&reader, rings->bytes, rings->size));
	assert_int_equal(reader.fault_count, 0);
	struct trace_event *expected = sorted(&reader, &count);
	timeline_open(&timeline, &reader);
	while ((event = timeline_next(&timeline, &thread))) {
		assert_true(at < count);
		assert_int_equal(thread, expected[at].object);
		assert_memory_equal(event, &expected[at], sizeof *event);
		at++;
	}
	assert_int_equal(at, count);
	assert_null(timeline_next(&timeline, &thread));
	timeline_close(&timeline);
	free(expected);
	reader_close(&reader);
}

static uint64_t random_next(void)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static void no_rings_have_no_events(void **state)
{
	struct rings rings = rings_make(3);

	(void)state;
	assert_order(&rings);
}

static void events_of_one_thread_come_as_written(void **state)
{
	struct rings rings = rings_make(3);

	(void)state;
	for (int64_t i = 0; i < 3000; i++)
		rings_add(&rings, 1, i / 7);
	assert_order(&rings);
}

/* Any number of rings, none a power of two alone, each with its own number of events. */
static void rings_are_merged_by_time(void **state)
{
	(void)state;
	for (uint32_t count = 1; count < 40; count++) {
		struct rings rings = rings_make(count);
		int64_t at_ns = 0;

		for (int i = 0; i < 4000; i++)
			rings_add(&rings, (uint32_t)(random_next() % count),
				  at_ns += (int64_t)(random_next() % 5));
		assert_order(&rings);
	}
}

static void the_same_instant_goes_by_thread(void **state)
{
	struct rings rings = rings_make(9);

	(void)state;
	for (uint32_t i = 0; i < 900; i++)
		rings_add(&rings, 8 - i % 9, i / 90);
	assert_order(&rings);
}

/* An event of a call is written when it comes back: one from inside it is earlier. */
static void a_ring_out_of_order_is_put_in_order(void **state)
{
	struct rings rings = rings_make(4);

	(void)state;
	for (int64_t i = 0; i < 1500; i++) {
		rings_add(&rings, 0, i);
		rings_add(&rings, 1, i % 10 ? i : i - 3);
		rings_add(&rings, 2, 5000 - i);
		rings_add(&rings, 3, (int64_t)(random_next() % 1000));
	}
	assert_order(&rings);
}

/* The latest time there is must not be taken for a ring that has ended. */
static void times_of_a_damaged_trace_are_in_order_too(void **state)
{
	static const int64_t times[] = {INT64_MAX, INT64_MIN, 0, INT64_MAX, -1, INT64_MAX - 1};
	struct rings rings = rings_make(7);

	(void)state;
	for (uint32_t i = 0; i < 700; i++)
		rings_add(&rings, i % 7, times[random_next() % 6]);
	assert_order(&rings);
	rings = rings_make(2);
	rings.threads[1].head = UINT64_MAX - 2000;
	for (uint32_t i = 0; i < 2000; i++) {
		rings_add(&rings, 1, (int64_t)random_next() % 100);
		rings_add(&rings, 0, (int64_t)random_next());
	}
	assert_int_equal(rings.threads[1].head, UINT64_MAX);
	assert_order(&rings);
}

static void a_thread_that_is_not_complete_has_no_events(void **state)
{
	struct rings rings = rings_make(5);

	(void)state;
	for (uint32_t i = 0; i < 50; i++)
		rings_add(&rings, i % 5, i);
	rings.threads[0].state = rings.threads[3].state = 0;
	assert_order(&rings);
}

static void thousands_of_rings_are_merged(void **state)
{
	struct rings rings = rings_make(1500);

	(void)state;
	for (int i = 0; i < 60000; i++)
		rings_add(&rings, (uint32_t)(random_next() % 1500), i / 3);
	assert_order(&rings);
}

static void what_is_left_is_closed(void **state)
{
	struct rings rings = rings_make(2);
	struct reader reader;
	struct timeline timeline;
	uint32_t thread;

	(void)state;
	for (int64_t i = 0; i < 20; i++)
		rings_add(&rings, (uint32_t)i % 2, -i);
	assert_true(reader_take(&reader, rings.bytes, rings.size));
	timeline_open(&timeline, &reader);
	assert_non_null(timeline_next(&timeline, &thread));
	timeline_close(&timeline);
	reader_close(&reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_rings_have_no_events),
		cmocka_unit_test(events_of_one_thread_come_as_written),
		cmocka_unit_test(rings_are_merged_by_time),
		cmocka_unit_test(the_same_instant_goes_by_thread),
		cmocka_unit_test(a_ring_out_of_order_is_put_in_order),
		cmocka_unit_test(times_of_a_damaged_trace_are_in_order_too),
		cmocka_unit_test(a_thread_that_is_not_complete_has_no_events),
		cmocka_unit_test(thousands_of_rings_are_merged),
		cmocka_unit_test(what_is_left_is_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
