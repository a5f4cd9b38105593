/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_format.c - laws of the trace format's tables.
 */
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include "format/format.h"
#include "testing.h"

static const struct {
	const char *name, *object;
	unsigned number;
} events[] = {
#define EVENT(name, number, object, a, b) {#name, #object, number},
#include "format/events.def"
#undef EVENT
};
#define EVENTS (sizeof(events) / sizeof(*events))

static void event_numbers_are_unique_and_without_a_gap(void **state)
{
	(void)state;
	for (size_t i = 0; i < EVENTS; i++)
		assert_int_equal(events[i].number, i + 1);
}

static void event_names_are_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < EVENTS; i++)
		for (size_t j = i + 1; j < EVENTS; j++)
			assert_string_not_equal(events[i].name, events[j].name);
}

static void every_event_is_about_a_section(void **state)
{
	(void)state;
	for (size_t i = 0; i < EVENTS; i++)
		assert_true(strcmp(events[i].object, "PROCESS") == 0 ||
			    strcmp(events[i].object, "PRODUCER") == 0 ||
			    strcmp(events[i].object, "SOCKET") == 0);
}

static void a_value_is_never_below_its_buckets_floor(void **state)
{
	(void)state;
	for (unsigned bucket = 0; bucket < TRACE_HISTOGRAM - 1; bucket++) {
		uint64_t least = trace_bucket_floor(bucket),
			 next = trace_bucket_floor(bucket + 1);

		assert_true(next > least);
		assert_int_equal(trace_bucket(least), bucket);
		assert_int_equal(trace_bucket(next - 1), bucket);
	}
	assert_int_equal(trace_bucket(UINT64_MAX), TRACE_HISTOGRAM - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(event_numbers_are_unique_and_without_a_gap),
		cmocka_unit_test(event_names_are_unique),
		cmocka_unit_test(every_event_is_about_a_section),
		cmocka_unit_test(a_value_is_never_below_its_buckets_floor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
