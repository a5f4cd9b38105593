/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_words.c - the text for a line that produces.
 */
#include "model/words.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "testing.h"

static struct run run;

static int teardown(void **state)
{
	(void)state;
	model_free(&run);
	return 0;
}

/* Each a stack of three: what is inside, and on the line of what calls it. */
static struct call_site site_of(const char *caller, int line, const char *outer)
{
	const struct frame frames[] = {
		{.function = "publish", .file = "bus.py", .line = 5},
		{.function = caller, .file = "app.py", .line = line},
		{.function = outer, .file = "app.py", .line = 99},
	};
	struct frame *kept = model_alloc(&run, sizeof frames);

	memcpy(kept, frames, sizeof frames);
	return (struct call_site){.language = LANGUAGE_PYTHON, .depth = 3, .frames = kept};
}

static void a_line_of_its_own_needs_no_caller(void **state)
{
	struct call_site sites[] = {site_of("audit", 9, "main")};
	struct producer producer = {.sites = sites, .site_count = 1};

	(void)state;
	assert_string_equal(words_site(&run, &producer, &sites[0]), "publish at bus.py:5");
}

static void one_that_others_share_is_told_apart_by_its_caller(void **state)
{
	struct call_site sites[] = {site_of("audit", 9, "main"), site_of("billing", 7, "main"),
				    site_of("audit", 9, "again")};
	struct producer producer = {.sites = sites, .site_count = 2};

	(void)state;
	assert_string_equal(words_site(&run, &producer, &sites[0]),
			    "publish at bus.py:5, called from audit at app.py:9");
	assert_string_equal(words_site(&run, &producer, &sites[1]),
			    "publish at bus.py:5, called from billing at app.py:7");
	producer.site_count = 3;
	assert_string_equal(words_site(&run, &producer, &sites[2]),
			    "publish at bus.py:5, called from again at app.py:99");
}

static void a_stack_that_ends_within_anothers_has_no_caller_to_name(void **state)
{
	struct call_site sites[] = {site_of("audit", 9, "main"), site_of("audit", 9, "main")};
	struct producer producer = {.sites = sites, .site_count = 2};

	(void)state;
	sites[0].depth = 1;
	assert_string_equal(words_site(&run, &producer, &sites[0]), "publish at bus.py:5");
	sites[0].depth = 0;
	assert_string_equal(words_site(&run, &producer, &sites[0]), "?");
}

/* Frameworks differ between two calls of the user's, too; the user's own caller says more. */
static void the_caller_is_the_users_own_if_one_tells_them_apart(void **state)
{
	struct call_site sites[] = {site_of("retry", 9, "main"), site_of("retry", 10, "again")};
	struct producer producer = {.sites = sites, .site_count = 2};

	(void)state;
	sites[0].frames[1].origin = sites[1].frames[1].origin = ORIGIN_FRAMEWORK;
	assert_string_equal(words_site(&run, &producer, &sites[0]),
			    "publish at bus.py:5, called from main at app.py:99");
	sites[1].frames[2].function = "main";
	assert_string_equal(words_site(&run, &producer, &sites[1]),
			    "publish at bus.py:5, called from retry at app.py:10");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, NULL, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_of_its_own_needs_no_caller),
		TEST(one_that_others_share_is_told_apart_by_its_caller),
		TEST(the_caller_is_the_users_own_if_one_tells_them_apart),
		TEST(a_stack_that_ends_within_anothers_has_no_caller_to_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
