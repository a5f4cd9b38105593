/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_reader_copy.c - memory is used again for the next trace without data of
 * the one before: a hole in the file reads as zeros.
 */
#include "read/reader_copy.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "testing.h"

#define PAGE 4096
#define PAGES 200
#define SIZE (PAGES * PAGE)

/* A file with a header of one section, which is all that is behind its first page; every
 * `written`th page has ones, the others are holes (0: all). */
static int file_make(unsigned written)
{
	FILE *file = tmpfile();
	uint8_t page[PAGE] = {0};
	struct trace_header *header = (void *)page;

	assert_non_null(file);
	header->sections_at = offsetof(struct trace_header, sections);
	header->section_bytes = sizeof(struct trace_section);
	header->section_count = 1;
	header->sections[0] = (struct trace_section){.kind = SECTION_TOPIC,
						     .row_bytes = PAGE,
						     .rows = PAGES - 1,
						     .used = PAGES - 1,
						     .offset = PAGE};
	assert_int_equal(ftruncate(fileno(file), SIZE), 0);
	assert_int_equal(pwrite(fileno(file), page, PAGE, 0), PAGE);
	memset(page, 0xff, PAGE);
	for (off_t i = 1; written && i < PAGES; i++)
		if (i % (off_t)written == 0)
			assert_int_equal(pwrite(fileno(file), page, PAGE, i * PAGE), PAGE);
	int fd = dup(fileno(file));

	fclose(file);
	return fd;
}

static uint8_t *copied(unsigned written, enum reader_depth depth)
{
	struct reader reader = {0};
	int fd = file_make(written);
	uint8_t *bytes;
	size_t size;

	assert_true(reader_copy(&reader, fd, depth, &bytes, &size));
	assert_int_equal(size, SIZE);
	close(fd);
	return bytes;
}

static void assert_is(const uint8_t *bytes, unsigned written)
{
	for (unsigned i = 1; i < PAGES; i++) {
		uint8_t expected = written && i % written == 0 ? 0xff : 0;

		for (unsigned at = 0; at < PAGE; at++)
			if (bytes[i * PAGE + at] != expected)
				fail_msg("page %u, byte %u: %02x", i, at, bytes[i * PAGE + at]);
	}
}

static void a_trace_shows_nothing_of_the_one_before(void **state)
{
	/* All pages; more pieces than are remembered; few. */
	static const unsigned before[] = {1, 2, 50};
	static const enum reader_depth depths[] = {READER_COUNTERS, READER_EVENTS};

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		for (unsigned depth = 0; depth < 2; depth++) {
			uint8_t *bytes = copied(before[i], depths[depth]);

			assert_is(bytes, before[i]);
			reader_copy_free(bytes);
			bytes = copied(0, READER_COUNTERS);
			assert_is(bytes, 0);
			reader_copy_free(bytes);
			bytes = copied(7, READER_COUNTERS);
			assert_is(bytes, 7);
			reader_copy_free(bytes);
		}
}

static void more_traces_than_are_kept_can_be_open(void **state)
{
	uint8_t *bytes[5];

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		bytes[i] = copied(i, READER_COUNTERS);
	for (unsigned i = 0; i < 5; i++)
		assert_is(bytes[i], i);
	for (unsigned i = 0; i < 5; i++)
		reader_copy_free(bytes[i]);
	reader_copy_free(NULL);
	reader_copy_free(malloc(10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trace_shows_nothing_of_the_one_before),
		cmocka_unit_test(more_traces_than_are_kept_can_be_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
