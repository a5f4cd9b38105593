/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_source_path.c - a path below the root of the sources is made relative to
 * it, and no other path.
 */
#include "formats/source_path.h"

#include <string.h>

#include "testing.h"

static void what_is_below_the_root_is_relative_to_it(void **state)
{
	static const struct {
		const char *root, *file, *below;
	} rows[] = {
		{"/src", "/src/a.c", "a.c"},
		{"/src/", "/src/app/a.c", "app/a.c"},
		{"/src", "/srcs/a.c", NULL},
		{"/src", "/src", NULL},
		{"/src", "/usr/a.c", NULL},
		{"/src", "/src/app/../lib//./a.c", "lib/a.c"},
		{"/src", "/src/../etc/a.c", NULL},
		{"/src", "/build/../src/a.c", "a.c"},
		{"/src", "/../src/a.c", "a.c"},
		{"/home/me/./x/..", "/home/me/a.c", "a.c"},
		{"/", "/src/a.c", "src/a.c"},
		{"/src", "app/a.py", "app/a.py"},
		{"/src", "./app/../a.py", "a.py"},
		{"/src", "../a.py", NULL},
		{"/src", "..a/b.py", "..a/b.py"},
		{"/src", "a/../../b/../../a.py", NULL},
		{"/src", "", NULL},
		{NULL, "/src/a.c", NULL},
		{NULL, "a.c", "a.c"},
		{"src", "/src/a.c", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct render_options options = {.source_root = rows[i].root};
		struct run run = {0};
		const char *below = source_path_below(&run, &options, rows[i].file);
		const char *shown = source_path(&run, &options, rows[i].file);

		if (!below != !rows[i].below || (below && strcmp(below, rows[i].below) != 0))
			fail_msg("'%s' below '%s' is '%s'", rows[i].file, rows[i].root,
				 below ? below : "(none)");
		assert_string_equal(shown, below ? below : rows[i].file);
		model_free(&run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_below_the_root_is_relative_to_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
