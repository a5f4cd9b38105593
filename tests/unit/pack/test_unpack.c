/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_unpack.c - packed traces are read back unchanged; a damaged or hostile
 * part is refused, and nothing else is lost with it.
 */
#include "pack/unpack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "pack/pack.h"
#include "pack/unfold.h"
#include "scratch.h"
#include "testing.h"
#include "trace_maker.h"

#define TRACES 96

/* Each of its own: pids tell them apart, and each has bytes that no other has. */
static struct maker makers[TRACES];
static uint8_t *whole; /* a packed file of them, */
static size_t whole_bytes;

static const char *name_of(size_t i)
{
	static char name[32];

	snprintf(name, sizeof name, "%zu-1f.trace", 1000 + i);
	return name;
}

static char *file_of(const void *bytes, size_t count)
{
	return maker_file(bytes, count);
}

static uint8_t *pack_all(size_t *bytes)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, bytes);
	struct pack *pack = pack_begin(out, false);

	assert_non_null(pack);
	for (size_t i = 0; i < TRACES; i++)
		assert_true(pack_add(pack, name_of(i), i % 5 == 4, 1700000000 + (int64_t)i,
				     makers[i].bytes, makers[i].size));
	assert_true(pack_end(pack));
	pack_free(pack);
	fclose(out);
	return (uint8_t *)text;
}

static int make_all(void **state)
{
	uint32_t noise = 1;

	(void)state;
	for (size_t i = 0; i < TRACES; i++) {
		maker_make(&makers[i]);
		makers[i].process->pid = 1000 + (int)i;
		/* So much that several frames are needed. */
		for (size_t at = 0; at < 30 * 1000; at++) {
			noise = noise * 1103515245 + 12345;
			((uint8_t *)makers[i].rings)[at] = (uint8_t)(noise >> 29);
		}
	}
	whole = pack_all(&whole_bytes);
	return scratch_make(state);
}

static int free_all(void **state)
{
	for (size_t i = 0; i < TRACES; i++)
		maker_free(&makers[i]);
	free(whole);
	return scratch_remove(state);
}

/* What a walk over a file found. */
struct walk {
	size_t traces, refused;
	bool there[TRACES];
	char name[64], why[400]; /* of the last that was refused */
};

static struct walk walk(const void *bytes, size_t count)
{
	struct walk walk = {0};
	char *path = file_of(bytes, count);
	const char *why;
	struct unpack *unpack = unpack_begin(path, &why);
	struct unpack_member member;
	enum unpack_answer answer;

	assert_non_null(unpack);
	while ((answer = unpack_next(unpack, &member)) != UNPACK_END) {
		if (answer == UNPACK_REFUSED) {
			assert_non_null(member.why);
			snprintf(walk.name, sizeof walk.name, "%s",
				 member.name ? member.name : "");
			snprintf(walk.why, sizeof walk.why, "%s", member.why);
			assert_true(walk.refused++ < 100);
			continue;
		}
		walk.traces++;
		for (size_t i = 0; i < TRACES; i++)
			if (!strcmp(member.name, name_of(i))) {
				assert_int_equal(member.size, makers[i].size);
				assert_memory_equal(member.bytes, makers[i].bytes, member.size);
				assert_int_equal(member.running, i % 5 == 4);
				assert_int_equal(member.mtime_s, 1700000000 + (int64_t)i);
				walk.there[i] = true;
			}
		free(member.bytes);
	}
	assert_int_equal(unpack_next(unpack, &member), UNPACK_END);
	unpack_end(unpack);
	unlink(path);
	free(path);
	return walk;
}

static void what_was_packed_comes_back(void **state)
{
	struct walk all = walk(whole, whole_bytes);

	(void)state;
	assert_int_equal(all.traces, TRACES);
	assert_int_equal(all.refused, 0);
	for (size_t i = 0; i < TRACES; i++)
		assert_true(all.there[i]);
}

static void the_same_traces_make_the_same_bytes(void **state)
{
	size_t bytes;
	uint8_t *again = pack_all(&bytes);

	(void)state;
	assert_int_equal(bytes, whole_bytes);
	assert_memory_equal(again, whole, bytes);
	free(again);
}

/* Frames as zstd itself counts them. */
static size_t frames(size_t *begins, size_t most)
{
	size_t count = 0;

	for (size_t at = 0; at < whole_bytes; count++) {
		assert_true(count < most);
		begins[count] = at;
		at += ZSTD_findFrameCompressedSize(whole + at, whole_bytes - at);
	}
	begins[count] = whole_bytes;
	return count;
}

/* How many traces there are in the frame. */
static size_t traces_in(size_t begin, size_t end)
{
	struct walk one = walk(whole + begin, end - begin);

	return one.traces;
}

static void damage_costs_its_frame_and_nothing_else(void **state)
{
	size_t begins[TRACES + 2], count = frames(begins, TRACES + 1);
	uint32_t chance = 7;

	(void)state;
	assert_true(count >= 3);
	for (size_t f = 0; f < count; f++) {
		size_t inside = traces_in(begins[f], begins[f + 1]);

		for (int i = 0; i < 40; i++) {
			uint8_t *copy = malloc(whole_bytes);

			assert_non_null(copy);
			memcpy(copy, whole, whole_bytes);
			chance = chance * 1103515245 + 12345;
			/* Its first bytes are what finds the frame. */
			size_t room = begins[f + 1] - begins[f],
			       at = begins[f] + (i < 20 ? (size_t)i : (chance >> 4) % room);
			copy[at] ^= (uint8_t)(1u << (i % 8));
			struct walk all = walk(copy, whole_bytes);

			if (all.traces < TRACES - inside ||
			    (all.traces < TRACES && all.refused == 0))
				fail_msg("byte %zu: %zu traces, %zu refusals, %s", at,
					 all.traces, all.refused, all.why);
			free(copy);
		}
	}
}

static void wherever_it_is_cut_off_that_is_said(void **state)
{
	size_t begins[TRACES + 2], count = frames(begins, TRACES + 1), before = 0;

	(void)state;
	for (size_t f = 0; f < count; f++) {
		size_t room = begins[f + 1] - begins[f];

		for (size_t cut = 0; cut < room; cut += cut < 20 ? 1 : room / 16 + 1) {
			size_t length = begins[f] + cut;
			struct walk all = walk(whole, length);

			if (all.traces != before || all.refused != 1)
				fail_msg("%zu bytes: %zu traces, %zu refusals: %s", length,
					 all.traces, all.refused, all.why);
		}
		before += traces_in(begins[f], begins[f + 1]);
	}
	assert_int_equal(before, TRACES);
}

/* ---- what others may write ---- */

#define RECORD 512

/* A tar by hand, for what no library would write. */
struct tar {
	uint8_t bytes[64 * RECORD];
	size_t count;
};

static void octal(char *field, size_t room, unsigned long long value)
{
	field[room - 1] = '\0';
	for (size_t i = room - 1; i-- > 0; value /= 8)
		field[i] = (char)('0' + value % 8);
}

static void tar_member(struct tar *tar, const char *name, char type, unsigned long long size,
		       const char *link)
{
	char *header = (char *)tar->bytes + tar->count;
	unsigned sum = 0;

	snprintf(header, 100, "%s", name);
	octal(header + 100, 8, 0400);
	octal(header + 108, 8, 0);
	octal(header + 116, 8, 0);
	octal(header + 124, 12, size);
	octal(header + 136, 12, 1700000000);
	memset(header + 148, ' ', 8);
	header[156] = type;
	snprintf(header + 157, 100, "%s", link);
	memcpy(header + 257, "ustar\00000", 8);
	octal(header + 329, 8, 1);
	octal(header + 337, 8, 3);
	for (size_t i = 0; i < RECORD; i++)
		sum += (uint8_t)header[i];
	octal(header + 148, 8, sum);
	tar->count += RECORD;
}

static void tar_data(struct tar *tar, const char *words)
{
	snprintf((char *)tar->bytes + tar->count, RECORD, "%s", words);
	tar->count += RECORD;
}

static struct walk walk_tar(const void *bytes, size_t count)
{
	size_t room = ZSTD_compressBound(count);
	void *packed = malloc(room);

	assert_non_null(packed);
	size_t length = ZSTD_compress(packed, room, bytes, count, 3);

	assert_false(ZSTD_isError(length));
	struct walk found = walk(packed, length);

	free(packed);
	return found;
}

static void what_is_no_trace_is_refused_and_the_next_is_read(void **state)
{
	static const struct {
		const char *name;
		char type;
		unsigned long long size;
		const char *link, *why;
	} rows[] = {
		{"a.trace", '2', 0, "/etc/passwd", "it is a link"},
		{"a.trace", '1', 0, "b.trace", "it is a link"},
		{"a.trace", '3', 0, "", "it is not a regular file"},
		{"a.trace", '4', 0, "", "it is not a regular file"},
		{"a.trace", '6', 0, "", "it is not a regular file"},
		{"../a.trace", '0', 0, "", "its name leads out"},
		{"x/../../a.trace", '0', 0, "", "its name leads out"},
		{"/tmp/a.trace", '0', 0, "", "its name leads out"},
		{"..", '5', 0, "", NULL},	      /* a folder */
		{"notes.txt", '0', 0, "", NULL},      /* is skipped */
		{"\x1b[31m\n.trace", '0', 0, "", ""}, /* a trace, though an empty one */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct tar tar = {.count = 0};

		tar_member(&tar, rows[i].name, rows[i].type, rows[i].size, rows[i].link);
		tar_member(&tar, "good.trace", '0', 5, "");
		tar_data(&tar, "hello");
		struct walk found = walk_tar(tar.bytes, tar.count + 2 * RECORD);
		bool is_trace = rows[i].why && !*rows[i].why;

		if (found.traces != 1u + is_trace ||
		    found.refused != (rows[i].why && *rows[i].why) ||
		    (rows[i].why && !strstr(found.why, rows[i].why)))
			fail_msg("row %zu: %zu traces, %zu refused: %s", i, found.traces,
				 found.refused, found.why);
		if (found.refused)
			assert_string_equal(found.name, rows[i].name);
	}
}

static void a_size_that_nobody_has_is_not_believed(void **state)
{
	static const unsigned long long sizes[] = {READER_BYTES_MAX + 1ull, 4ull << 30,
						   077777777777ull};

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct tar tar = {.count = 0};

		tar_member(&tar, "good.trace", '0', 5, "");
		tar_data(&tar, "hello");
		tar_member(&tar, "huge.trace", '0', sizes[i], "");
		struct walk found = walk_tar(tar.bytes, tar.count);

		assert_int_equal(found.traces, 1);
		assert_int_equal(found.refused, 1);
		assert_string_equal(found.name, "huge.trace");
		assert_non_null(strstr(found.why, "far too much"));
	}
}

static void a_member_that_is_cut_off_is_named(void **state)
{
	struct tar tar = {.count = 0};

	(void)state;
	tar_member(&tar, "short.trace", '0', 3000, "");
	tar_data(&tar, "hello");
	struct walk found = walk_tar(tar.bytes, tar.count);

	assert_int_equal(found.traces, 0);
	assert_int_equal(found.refused, 1);
	assert_string_equal(found.name, "short.trace");
}

/* Zeros, 32,000 times smaller: many members, of a size that would do for each. */
static void a_bomb_is_left_when_it_is_known_for_one(void **state)
{
	enum { MEMBERS = 12, SIZE = 32 << 20 };
	struct tar tar = {.count = 0};
	size_t room = (size_t)MEMBERS * (SIZE + RECORD);
	uint8_t *bytes = calloc(1, room);

	(void)state;
	assert_non_null(bytes);
	tar_member(&tar, "zeros.trace", '0', SIZE, "");
	for (size_t i = 0; i < MEMBERS; i++)
		memcpy(bytes + i * (SIZE + RECORD), tar.bytes, RECORD);
	struct walk found = walk_tar(bytes, room);

	free(bytes);
	assert_true(found.traces < MEMBERS - 2);
	assert_int_equal(found.refused, 1);
	if (!strstr(found.why, "unfolds to more than"))
		fail_msg("it was refused for another reason: %s", found.why);
}

/* A header without end: a name of 100 MB, as GNU tar writes long ones. */
static void a_header_may_not_be_endless(void **state)
{
	enum { SIZE = 100 << 20 };
	struct tar tar = {.count = 0};
	uint8_t *bytes = malloc(SIZE + RECORD);
	uint32_t noise = 3;

	(void)state;
	assert_non_null(bytes);
	tar_member(&tar, "././@LongLink", 'L', SIZE, "");
	memcpy(bytes, tar.bytes, RECORD);
	for (size_t i = 0; i < SIZE; i++) {
		noise = noise * 1103515245 + 12345;
		bytes[RECORD + i] = noise >> 31 ? 'a' : 'b';
	}
	struct walk found = walk_tar(bytes, SIZE + RECORD);

	free(bytes);
	assert_int_equal(found.traces, 0);
	assert_int_equal(found.refused, 1);
}

static void two_files_one_behind_the_other_are_read_both(void **state)
{
	uint8_t *twice = malloc(2 * whole_bytes);

	(void)state;
	assert_non_null(twice);
	memcpy(twice, whole, whole_bytes);
	memcpy(twice + whole_bytes, whole, whole_bytes);
	struct walk found = walk(twice, 2 * whole_bytes);

	free(twice);
	assert_int_equal(found.traces, 2 * TRACES);
	assert_int_equal(found.refused, 0);
}

/* Of archives without a trace there may be any number before one. */
static void many_empty_archives_are_passed_over(void **state)
{
	enum { COUNT = 50000 };
	struct tar tar = {.count = 0};
	uint8_t one[RECORD];

	(void)state;
	tar_member(&tar, "README", '0', 0, "");
	size_t bytes = ZSTD_compress(one, sizeof one, tar.bytes, 3 * RECORD, 3);
	uint8_t *all = malloc(COUNT * bytes + whole_bytes);

	assert_false(ZSTD_isError(bytes));
	assert_non_null(all);
	for (size_t i = 0; i < COUNT; i++)
		memcpy(all + i * bytes, one, bytes);
	memcpy(all + COUNT * bytes, whole, whole_bytes);
	struct walk found = walk(all, COUNT * bytes + whole_bytes);

	free(all);
	assert_int_equal(found.traces, TRACES);
	assert_int_equal(found.refused, 0);
}

/* What follows a whole archive is damage, and is said as such; behind it one more is found. */
static void damage_between_two_archives_costs_neither(void **state)
{
	static const char *const between[] = {"rubbish", UNFOLD_MAGIC, UNFOLD_MAGIC "rubbish"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		size_t rubbish = strlen(between[i]);
		uint8_t *all = malloc(2 * whole_bytes + rubbish);

		assert_non_null(all);
		memcpy(all, whole, whole_bytes);
		memcpy(all + whole_bytes, between[i], rubbish);
		memcpy(all + whole_bytes + rubbish, whole, whole_bytes);
		struct walk found = walk(all, 2 * whole_bytes + rubbish);

		free(all);
		if (found.traces != 2 * TRACES || found.refused != 1)
			fail_msg("row %zu: %zu traces, %zu refused: %s", i, found.traces,
				 found.refused, found.why);
	}
}

static void what_is_no_tar_is_refused(void **state)
{
	static const char words[] = "UNFLUSH, but no archive";
	struct walk found = walk_tar(words, sizeof words);

	(void)state;
	assert_int_equal(found.traces, 0);
	assert_int_equal(found.refused, 1);
	found = walk("\x28\xb5\x2f\xfd", 4);
	assert_int_equal(found.refused, 1);
	assert_non_null(strstr(found.why, "cut off at byte 4"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_packed_comes_back),
		cmocka_unit_test(the_same_traces_make_the_same_bytes),
		cmocka_unit_test(damage_costs_its_frame_and_nothing_else),
		cmocka_unit_test(wherever_it_is_cut_off_that_is_said),
		cmocka_unit_test(what_is_no_trace_is_refused_and_the_next_is_read),
		cmocka_unit_test(a_size_that_nobody_has_is_not_believed),
		cmocka_unit_test(a_member_that_is_cut_off_is_named),
		cmocka_unit_test(a_bomb_is_left_when_it_is_known_for_one),
		cmocka_unit_test(a_header_may_not_be_endless),
		cmocka_unit_test(two_files_one_behind_the_other_are_read_both),
		cmocka_unit_test(many_empty_archives_are_passed_over),
		cmocka_unit_test(damage_between_two_archives_costs_neither),
		cmocka_unit_test(what_is_no_tar_is_refused),
	};

	return cmocka_run_group_tests(tests, make_all, free_all);
}
