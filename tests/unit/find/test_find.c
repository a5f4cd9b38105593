/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_find.c - which traces an operand names.
 */
#include "find/find.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pack/pack.h"
#include "scratch.h"
#include "testing.h"
#include "trace_maker.h"

static void pack_into(const char *path, const char *const *names, size_t count)
{
	struct maker maker;
	FILE *out = fopen(path, "we");
	struct pack *pack = pack_begin(out, false);

	maker_make(&maker);
	for (size_t i = 0; i < count; i++)
		assert_true(pack_add(pack, names[i], false, 0, maker.bytes, maker.size));
	assert_true(pack_end(pack));
	pack_free(pack);
	fclose(out);
	maker_free(&maker);
}

static int make(void **state)
{
	static const char *const two[] = {"a.trace", "b:c.trace"}, *const one[] = {"o.trace"};
	int made = scratch_make(state);

	scratch_shell("mkdir dir empty && touch dir/b.trace dir/a.trace dir/notes dir/.trace");
	pack_into(scratch_path("dir/x.traces.tar.zst"), two, 2);
	pack_into(scratch_path("one:of"), one, 1);
	return made;
}

/* What it means, one a line: the path below the folder, "*" for a packed one, its member. */
static const char *meant(const char *operand, bool packed)
{
	static char text[400];
	char why[FIND_WHY_BYTES] = "";
	struct finds finds = {0};
	enum find_answer answer = find_add(&finds, operand, packed, why);
	size_t folder = strlen(scratch_path("")), at = 0;

	if (answer == FIND_EMPTY)
		return "empty";
	if (answer == FIND_UNREADABLE)
		return "unreadable";
	for (size_t i = 0; i < finds.count; i++) {
		const struct found *found = &finds.items[i];

		at += (size_t)snprintf(text + at, sizeof text - at, "%s%s%s%s%s", i ? " " : "",
				       found->path + folder, found->packed ? "*" : "",
				       found->member ? "=" : "",
				       found->member ? found->member : "");
	}
	find_free(&finds);
	return text;
}

static void an_operand_means(void **state)
{
	static const struct {
		const char *operand;
		bool packed;
		const char *means;
	} rows[] = {
		{"dir", true, "dir/a.trace dir/b.trace dir/x.traces.tar.zst*"},
		{"dir", false, "dir/a.trace dir/b.trace"},
		{"empty", true, "empty"},
		{"dir/a.trace", true, "dir/a.trace"},
		{"dir/notes", true, "dir/notes"},
		{"nothing", true, "nothing"},
		{"dir/x.traces.tar.zst", false, "dir/x.traces.tar.zst*"},
		{"dir/x.traces.tar.zst:a.trace", true, "dir/x.traces.tar.zst*=a.trace"},
		{"dir/x.traces.tar.zst:b:c.trace", true, "dir/x.traces.tar.zst*=b:c.trace"},
		{"dir/a.trace:b", true, "dir/a.trace:b"},
		{"one:of", true, "one:of*"},
		{"one:of:o.trace", true, "one:of*=o.trace"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(meant(scratch_path(rows[i].operand), rows[i].packed),
				    rows[i].means);
}

/* As the guest has it: a mapping, and no descriptor. */
static void a_number_means_what_its_process_has_mapped(void **state)
{
	char number[16], why[FIND_WHY_BYTES];
	struct finds finds = {0};

	(void)state;
	snprintf(number, sizeof number, "%d", (int)getpid());
	assert_int_equal(find_add(&finds, number, true, why), FIND_UNREADABLE);
	assert_non_null(strstr(why, "it has no trace"));
	int fd = open(scratch_write("mapped.trace", "trace"), O_RDONLY | O_CLOEXEC);
	void *mapped = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);

	close(fd);
	assert_ptr_not_equal(mapped, MAP_FAILED);
	assert_string_equal(meant(number, true), "mapped.trace");
	/* Another file of that name is not it. */
	scratch_shell("rm mapped.trace; echo other > mapped.trace");
	assert_int_equal(find_add(&finds, number, true, why), FIND_UNREADABLE);
	assert_non_null(strstr(why, "has been removed"));
	munmap(mapped, 4096);
	/* A file that is called so is that file. */
	char before[4096];

	assert_non_null(getcwd(before, sizeof before));
	assert_int_equal(chdir(scratch_path("")), 0);
	scratch_write(number, "no trace");
	assert_int_equal(find_add(&finds, number, true, why), FIND_GOOD);
	assert_string_equal(finds.items[0].path, number);
	assert_int_equal(chdir(before), 0);
	find_free(&finds);
}

static void who_does_not_run_has_none(void **state)
{
	char why[FIND_WHY_BYTES];
	struct finds finds = {0};

	(void)state;
	assert_int_equal(find_add(&finds, "2147483647", true, why), FIND_UNREADABLE);
	assert_non_null(strstr(why, "no such process"));
	/* More than a pid can be: a path that does not exist. */
	assert_int_equal(find_add(&finds, "2147483648", true, why), FIND_GOOD);
	assert_int_equal(find_add(&finds, "+12", true, why), FIND_GOOD);
	assert_int_equal(finds.count, 2);
	find_free(&finds);
}

static void the_one_that_is_meant_is_opened(void **state)
{
	static const struct {
		const char *operand, *why; /* NULL: it opens */
	} rows[] = {
		{"one:of", NULL},
		{"one:of:o.trace", NULL},
		{"one:of:p.trace", "there is no such trace in it"},
		{"dir/x.traces.tar.zst:a.trace", NULL},
		{"dir/x.traces.tar.zst:b:c.trace", NULL},
		{"dir/x.traces.tar.zst", "it holds 2 traces"},
		{"dir/a.trace", "it is empty"},
		{"dir", "it is a directory"},
		{"nothing", "No such file"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct reader reader;
		char why[FIND_WHY_BYTES];
		bool good =
			find_open(&reader, scratch_path(rows[i].operand), READER_EVENTS, why);

		if (good != !rows[i].why || (rows[i].why && !strstr(why, rows[i].why)))
			fail_msg("%s: %d, %s", rows[i].operand, good, why);
		if (good)
			assert_non_null(reader_row(&reader, SECTION_PROCESS, 0));
		reader_close(&reader);
	}
}

/* In their order it goes on, out of it it begins anew; another file in between, too. */
static void a_walk_opens_each_in_whatever_order(void **state)
{
	static const struct {
		const char *operand;
		bool opens, goes_on; /* without beginning anew */
	} rows[] = {
		{"dir/x.traces.tar.zst:a.trace", true, false},
		{"dir/x.traces.tar.zst:b:c.trace", true, true},
		{"dir/x.traces.tar.zst:a.trace", true, false},
		{"dir/x.traces.tar.zst:p.trace", false, false},
		{"dir/x.traces.tar.zst:b:c.trace", true, false},
		{"one:of:o.trace", true, false},
		{"one:of", false, false}, /* a packed file is no trace */
		{"dir/x.traces.tar.zst:a.trace", true, false},
		{"dir/a.trace", false, true},
		{"dir/x.traces.tar.zst:b:c.trace", true, true},
		{"gone.traces.tar.zst:a.trace", false, true},
	};
	struct find_walk walk = {0};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct reader reader;
		const struct unpack *before = walk.unpack;
		bool opened = find_walk_open(&walk, &reader, scratch_path(rows[i].operand),
					     READER_EVENTS);

		if (opened != rows[i].opens)
			fail_msg("%zu: %s: %d", i, rows[i].operand, opened);
		if (rows[i].goes_on)
			assert_ptr_equal(walk.unpack, before);
		if (opened)
			assert_non_null(reader_row(&reader, SECTION_PROCESS, 0));
		reader_close(&reader);
	}
	find_walk_end(&walk);
	assert_null(walk.unpack);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_operand_means),
		cmocka_unit_test(a_number_means_what_its_process_has_mapped),
		cmocka_unit_test(who_does_not_run_has_none),
		cmocka_unit_test(the_one_that_is_meant_is_opened),
		cmocka_unit_test(a_walk_opens_each_in_whatever_order),
	};

	return cmocka_run_group_tests(tests, make, scratch_remove);
}
