/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_reader.c - damaged traces are normal input: no crash, and the right
 * message.
 */
#include "read/reader.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build/build.h"
#include "judge/findings.h"
#include "judge/judge.h"
#include "testing.h"
#include "trace_maker.h"

static struct maker make(void)
{
	struct maker maker;

	maker_make(&maker);
	maker_story(&maker, 100, 40);
	maker_event(&maker, EVENT_FLUSH_BEGIN, 101 * MAKER_SECOND, 100);
	return maker;
}

/* Reads the first `size` bytes from a block of just that size, so that a
 * sanitizer or valgrind sees a look beyond it. */
static bool take(struct reader *reader, const struct maker *maker, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	memcpy(copy, maker->bytes, size);
	return reader_take(reader, copy, size);
}

/* Everything a caller may ask of a reader, and what is built from it. */
static void walk(struct reader *reader)
{
	struct run run = {0};

	for (uint32_t thread = 0; thread < 3; thread++)
		for (uint64_t n = reader_event_first(reader, thread);
		     n < reader_event_end(reader, thread); n++)
			assert_non_null(reader_event(reader, thread, n));
	build_trace(&run, "x.trace", reader);
	judge_run(&run);
	findings_raise(&run);
	model_free(&run);
}

static void a_whole_trace_has_no_fault(void **state)
{
	struct maker maker = make();
	struct reader reader;

	(void)state;
	assert_true(take(&reader, &maker, maker.size));
	assert_int_equal(reader.fault_count, 0);
	assert_int_equal(reader_rows(&reader, SECTION_TOPIC), 2);
	assert_int_equal(reader_event_end(&reader, 0), 1);
	assert_int_equal(reader_event(&reader, 0, 0)->kind, EVENT_FLUSH_BEGIN);
	assert_string_equal(reader_string(&reader, maker.producers[0].name),
			    "rdkafka#producer-1");
	reader_close(&reader);
	maker_free(&maker);
}

static void a_header_cut_off_anywhere_says_where(void **state)
{
	struct maker maker = make();
	struct reader reader;
	char words[64];

	(void)state;
	for (size_t size = 1; size < sizeof(struct trace_header); size++) {
		assert_false(take(&reader, &maker, size));
		snprintf(words, sizeof words, "the header is cut off at byte %zu", size);
		assert_string_equal(reader.faults[0].what, words);
		assert_int_equal(reader.faults[0].offset, size);
		reader_close(&reader);
	}
	maker_free(&maker);
}

static void a_cut_at_each_section_boundary_is_a_fault(void **state)
{
	struct maker maker = make();
	struct reader reader;

	(void)state;
	for (int i = 0; i < TRACE_SECTIONS; i++) {
		const struct trace_section *section = &maker.header->sections[i];

		for (int step = -1; step <= 1; step++) {
			size_t size = (size_t)((int64_t)section->offset + step);
			bool good = take(&reader, &maker, size);

			assert_true(reader.fault_count > 0);
			/* The process row is the first section: before its end
			 * nothing is readable, after it something always is. */
			assert_int_equal(good, size >= sizeof(struct trace_header) +
							       sizeof(struct trace_process));
			if (good)
				walk(&reader);
			reader_close(&reader);
		}
	}
	maker_free(&maker);
}

static void a_cut_off_table_names_itself(void **state)
{
	struct maker maker = make();
	struct reader reader;
	size_t size = maker.header->sections[SECTION_TOPIC - 1].offset + 1;
	bool named = false;
	char words[64];

	(void)state;
	assert_true(take(&reader, &maker, size));
	snprintf(words, sizeof words, "the topic section is cut off at byte %zu", size);
	for (size_t i = 0; i < reader.fault_count; i++)
		named |= !strcmp(reader.faults[i].what, words);
	assert_true(named);
	reader_close(&reader);
	maker_free(&maker);
}

/* What is not spare or a hint must be noticed or be harmless. */
static void every_flipped_header_bit_is_survived(void **state)
{
	struct maker maker = make();
	struct reader reader;

	(void)state;
	for (size_t at = 0; at < sizeof(struct trace_header); at++)
		for (int bit = 0; bit < 8; bit++) {
			maker.bytes[at] ^= (uint8_t)(1 << bit);
			if (take(&reader, &maker, maker.size))
				walk(&reader);
			else
				assert_true(reader.fault_count >= 1);
			reader_close(&reader);
			maker.bytes[at] ^= (uint8_t)(1 << bit);
		}
	maker_free(&maker);
}

static void every_flipped_byte_of_the_rows_is_survived(void **state)
{
	struct maker maker = make();
	struct reader reader;
	size_t rings = maker.header->sections[SECTION_RING - 1].offset;

	(void)state;
	maker_socket(&maker, 0);
	for (size_t at = sizeof(struct trace_header); at < rings; at++) {
		maker.bytes[at] ^= 0xff;
		if (take(&reader, &maker, maker.size))
			walk(&reader);
		reader_close(&reader);
		maker.bytes[at] ^= 0xff;
	}
	maker_free(&maker);
}

static void assert_refused(const struct maker *maker, const char *words)
{
	struct reader reader;

	assert_false(take(&reader, maker, maker->size));
	if (!strstr(reader.faults[0].what, words))
		fail_msg("'%s' is not in '%s'", words, reader.faults[0].what);
	reader_close(&reader);
}

static void what_is_not_a_trace_of_ours_is_refused_in_words(void **state)
{
	struct maker maker = make();

	(void)state;
	maker.header->version = TRACE_VERSION + 1;
	assert_refused(
		&maker,
		"it has format version 3, of a newer unflushed; this one reads version 2");
	maker.header->version = TRACE_VERSION - 1;
	assert_refused(
		&maker,
		"it has format version 1, of an older unflushed; this one reads version 2");
	maker.header->version = TRACE_VERSION;
	maker.header->incompatible = 4;
	assert_refused(&maker, "it needs a newer unflushed");
	maker.header->incompatible = 0;
	maker.header->byte_order = __builtin_bswap32(TRACE_BYTE_ORDER);
	assert_refused(&maker, "the other byte order");
	maker.header->byte_order = TRACE_BYTE_ORDER;
	maker.header->state = TRACE_FORMING;
	assert_refused(&maker, "its process died before the header was complete");
	memset(maker.header->magic, 0, sizeof maker.header->magic);
	assert_refused(&maker, "its process died before the header was written");
	memcpy(maker.header->magic, "#!/bin/s", 8);
	assert_refused(&maker, "it is not a trace");
	maker_free(&maker);
}

static void a_compatible_flag_and_a_new_section_kind_are_no_fault(void **state)
{
	struct maker maker = make();
	struct reader reader;

	(void)state;
	maker.header->compatible = UINT64_MAX;
	maker.header->sections[SECTION_LIBRARY - 1].kind = 99;
	assert_true(take(&reader, &maker, maker.size));
	/* Only that the library section is missing. */
	assert_int_equal(reader.fault_count, 1);
	assert_non_null(strstr(reader.faults[0].what, "the library section is missing"));
	reader_close(&reader);
	maker_free(&maker);
}

static void assert_file(const void *bytes, size_t size, const char *words)
{
	char *path = maker_file(bytes, size);
	struct reader reader;

	assert_false(reader_open(&reader, path, READER_EVENTS));
	assert_non_null(strstr(reader.faults[0].what, words));
	reader_close(&reader);
	unlink(path);
	free(path);
}

static void files_that_hold_no_trace_are_refused_in_words(void **state)
{
	struct reader reader;

	(void)state;
	assert_file("", 0, "it is empty");
	assert_file("hello, world\n", 13, "it is not a trace");
	assert_false(reader_open(&reader, "/tmp/no/such/file", READER_COUNTERS));
	assert_string_equal(reader.faults[0].what, "No such file or directory");
	reader_close(&reader);
	assert_false(reader_open(&reader, "/dev/null", READER_COUNTERS));
	assert_string_equal(reader.faults[0].what, "it is not a regular file");
	reader_close(&reader);
}

static void assert_same_rows(const struct reader *some, const struct reader *all)
{
	assert_int_equal(some->fault_count, all->fault_count);
	for (size_t i = 0; i < all->fault_count; i++)
		assert_string_equal(some->faults[i].what, all->faults[i].what);
	for (uint32_t kind = 1; kind <= TRACE_SECTIONS; kind++) {
		const struct trace_section *section = &all->sections[kind];

		assert_memory_equal(section, &some->sections[kind], sizeof *section);
		if (kind != SECTION_RING)
			assert_memory_equal(some->bytes + section->offset,
					    all->bytes + section->offset,
					    (size_t)section->used * section->row_bytes);
	}
}

/* Holes in the file included, and whatever the header claims. */
static void reading_without_events_tells_the_same(void **state)
{
	struct maker maker;

	(void)state;
	maker_make(&maker);
	maker_story(&maker, 1000, 400);
	maker_event(&maker, EVENT_WRITE, MAKER_SECOND, 7);
	for (size_t at = 0; at <= sizeof *maker.header; at++) {
		struct reader some, all;

		maker.bytes[at] ^= at < sizeof *maker.header ? 0x11 : 0;
		char *path = maker_file(maker.bytes, maker.size);
		bool good = reader_open(&all, path, READER_EVENTS);
		assert_int_equal(reader_open(&some, path, READER_COUNTERS), good);
		if (good)
			assert_same_rows(&some, &all);
		if (good && at == sizeof *maker.header) {
			assert_int_equal(reader_event(&all, 0, 0)->a, 7);
			assert_null(reader_event(&some, 0, 0));
			assert_int_equal(reader_complete(&some, SECTION_TOPIC), 2);
		}
		assert_true(good || at < sizeof *maker.header);
		reader_close(&some);
		reader_close(&all);
		unlink(path);
		free(path);
		maker.bytes[at] ^= at < sizeof *maker.header ? 0x11 : 0;
	}
	maker_free(&maker);
}

static void claims_beyond_the_rows_are_not_rows(void **state)
{
	struct maker maker = make();
	struct reader reader;

	(void)state;
	maker.header->sections[SECTION_SITE - 1].used = 1000; /* 996 were refused */
	assert_true(take(&reader, &maker, maker.size));
	assert_int_equal(reader.fault_count, 0);
	assert_int_equal(reader_rows(&reader, SECTION_SITE), 4);
	assert_null(reader_row(&reader, SECTION_SITE, 4));
	reader_close(&reader);
	maker_free(&maker);
}

static void a_ring_hands_out_its_last_events_in_order(void **state)
{
	struct maker maker;
	struct reader reader;

	(void)state;
	maker_make(&maker);
	for (int i = 0; i < 3000; i++)
		maker_event(&maker, EVENT_WRITE, 101 * MAKER_SECOND + i, i);
	assert_true(take(&reader, &maker, maker.size));
	assert_int_equal(reader_event_end(&reader, 0), 3000);
	assert_int_equal(reader_event_first(&reader, 0), 3000 - TRACE_RING_EVENTS + 1);
	for (uint64_t n = reader_event_first(&reader, 0); n < 3000; n++)
		assert_int_equal(reader_event(&reader, 0, n)->a, n);
	assert_null(reader_event(&reader, 0, 3000));
	assert_int_equal(reader_events_overwritten(&reader), 3000 - TRACE_RING_EVENTS + 1);
	reader_close(&reader);
	maker_free(&maker);
}

static void strings_outside_their_section_are_not_handed_out(void **state)
{
	struct maker maker = make();
	struct reader reader;

	(void)state;
	trace_string last = maker_string(&maker, "last");
	maker.strings[last] = 100; /* longer than what is used */
	assert_true(take(&reader, &maker, maker.size));
	assert_null(reader_string(&reader, last));
	assert_null(reader_string(&reader, 0));
	assert_null(reader_string(&reader, UINT32_MAX));
	assert_null(reader_string(&reader, 1023));
	reader_close(&reader);
	maker_free(&maker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_trace_has_no_fault),
		cmocka_unit_test(a_header_cut_off_anywhere_says_where),
		cmocka_unit_test(a_cut_at_each_section_boundary_is_a_fault),
		cmocka_unit_test(a_cut_off_table_names_itself),
		cmocka_unit_test(every_flipped_header_bit_is_survived),
		cmocka_unit_test(every_flipped_byte_of_the_rows_is_survived),
		cmocka_unit_test(what_is_not_a_trace_of_ours_is_refused_in_words),
		cmocka_unit_test(a_compatible_flag_and_a_new_section_kind_are_no_fault),
		cmocka_unit_test(files_that_hold_no_trace_are_refused_in_words),
		cmocka_unit_test(reading_without_events_tells_the_same),
		cmocka_unit_test(claims_beyond_the_rows_are_not_rows),
		cmocka_unit_test(a_ring_hands_out_its_last_events_in_order),
		cmocka_unit_test(strings_outside_their_section_are_not_handed_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
