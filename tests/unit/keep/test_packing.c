/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_packing.c - only traces that are in the packed file, byte for byte, are
 * removed.
 */
#include "keep/packing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keep/removal.h"
#include "scratch.h"
#include "testing.h"
#include "trace_maker.h"

/* A trace of a process of that number, long gone. */
static void trace_write(const char *name, int pid)
{
	struct maker maker;

	maker_make(&maker);
	maker.process->pid = pid;
	maker.process->how = HOW_EXIT;
	memcpy(maker.process->boot_id, "another boot", 13);
	FILE *file = fopen(scratch_path(name), "we");

	assert_non_null(file);
	assert_int_equal(fwrite(maker.bytes, 1, maker.size, file), maker.size);
	assert_int_equal(fclose(file), 0);
	maker_free(&maker);
}

static int make(void **state)
{
	int made = scratch_make(state);

	scratch_shell("mkdir a b");
	return made;
}

static void take(struct packing *packing, const char *const *names, size_t count)
{
	const char *paths[4];

	for (size_t i = 0; i < count; i++)
		paths[i] = scratch_path(names[i]);
	packing_take(packing, paths, count);
}

static void two_of_one_name_are_told_apart_whatever_their_order(void **state)
{
	static const char *const orders[][3] = {{"a", "b", "a/1.trace"},
						{"b", "a/1.trace", "a"}};

	(void)state;
	trace_write("a/1.trace", 1);
	trace_write("b/1.trace", 2);
	trace_write("b/2.trace", 3);
	for (size_t i = 0; i < 2; i++) {
		struct packing packing;

		take(&packing, orders[i], 3);
		assert_int_equal(packing.count, 3);
		assert_string_equal(packing.items[0].name, "1.trace");
		assert_non_null(strstr(packing.items[0].path, "/a/"));
		assert_string_equal(packing.items[1].name, "2.trace");
		assert_string_equal(packing.items[2].name, "2/1.trace");
		assert_non_null(strstr(packing.items[2].path, "/b/"));
		packing_free(&packing);
	}
	scratch_shell("rm a/* b/*");
}

static void what_was_written_to_meanwhile_stays(void **state)
{
	static const char *const folder[] = {"a"};
	struct packing packing;

	(void)state;
	trace_write("a/1.trace", 1);
	trace_write("a/2.trace", 2);
	trace_write("a/3.trace", 3);
	take(&packing, folder, 1);
	assert_true(packing_write(&packing, scratch_path("out.zst"), false));
	assert_int_equal(packing.packed, 3);
	/* One has changed since it was read back; another is another file by now. */
	scratch_shell("printf x >> a/2.trace && cp a/3.trace a/4 && mv a/4 a/3.trace");
	packing_remove(&packing);
	assert_int_equal(packing.removed, 1);
	assert_int_not_equal(access(scratch_path("a/1.trace"), F_OK), 0);
	assert_int_equal(access(scratch_path("a/2.trace"), F_OK), 0);
	assert_int_equal(access(scratch_path("a/3.trace"), F_OK), 0);
	packing_free(&packing);
	scratch_shell("rm a/*");
}

static void a_file_that_is_there_is_never_replaced(void **state)
{
	static const char *const folder[] = {"a"};
	struct packing packing;

	(void)state;
	trace_write("a/1.trace", 1);
	take(&packing, folder, 1);
	const char *path = scratch_write("there.zst", "mine");

	assert_false(packing_write(&packing, path, false));
	packing_remove(&packing);
	assert_int_equal(packing.removed, 0);
	scratch_shell("test $(cat there.zst) = mine && test -e a/1.trace");
	packing_free(&packing);
	scratch_shell("rm a/*");
}

static void only_the_very_file_is_removed(void **state)
{
	static const struct {
		const char *words, *why; /* what happens in between; NULL: it is removed */
	} rows[] = {
		{"true", NULL},
		{"rm a/x; mkfifo a/x", "it is a link, or no file"},
		{"mv a/x a/y; ln -s y a/x", "it is a link, or no file"},
		{"printf x >> a/x", "it was written to"},
		{"mv a/x a/y; cp -p a/y a/x", "it was written to"},
		{"rm a/x", "No such file or directory"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *path = scratch_path("a/x"), *why;
		struct stat was;

		scratch_shell("rm -rf a/x a/y; echo trace > a/x");
		assert_int_equal(lstat(path, &was), 0);
		scratch_shell("%s", rows[i].words);
		assert_int_equal(removal_may(path, &was, &why), !rows[i].why);
		assert_int_equal(removal_of(path, &was, &why), !rows[i].why);
		if (rows[i].why)
			assert_string_equal(why, rows[i].why);
		else
			assert_int_not_equal(access(path, F_OK), 0);
	}
	scratch_shell("rm -rf a/x a/y");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_of_one_name_are_told_apart_whatever_their_order),
		cmocka_unit_test(what_was_written_to_meanwhile_stays),
		cmocka_unit_test(a_file_that_is_there_is_never_replaced),
		cmocka_unit_test(only_the_very_file_is_removed),
	};

	return cmocka_run_group_tests(tests, make, scratch_remove);
}
