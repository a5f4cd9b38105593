/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_source.c - a known case as a comment in the source, in any language.
 */
#include "policy/policy_source.h"

#include <stdio.h>
#include <string.h>

#include "scratch.h"
#include "testing.h"

static struct frame frame;
static struct call_site site = {.frames = &frame, .depth = 1};
static struct run run;
static struct finding finding;
static struct process process;

/* What line 2 of such a file says of a racy-exit. */
static enum source_answer asked(const char *text, const char **words)
{
	frame = (struct frame){.file = scratch_write("orders.src", text), .line = 2};
	finding = (struct finding){.id = "racy-exit", .producer = UNKNOWN, .site = &site};
	*words = NULL;
	return policy_source(&run, &process, &finding, NULL, words);
}

static const struct row {
	const char *text;
	enum source_answer answer;
	const char *reason;
} rows[] = {
	{"a\nsend() # unflushed: ignore[racy-exit] repeated\n", SOURCE_KNOWS, "repeated ("},
	{"// unflushed: ignore[racy-exit] it is repeated \nsend();\n", SOURCE_KNOWS,
	 "it is repeated ("},
	{"a\nsend(); /* unflushed: ignore[racy-exit] so be it */ x\n", SOURCE_KNOWS,
	 "so be it ("},
	{"a\nsend() -- unflushed: ignore[waiting] once a day", SOURCE_KNOWS, "once a day ("},
	{"a\nsend() # unflushed: ignore[purged, racy-exit] r\r\n", SOURCE_KNOWS, "r ("},
	{"a\nsend() # unflushed: ignore[racy-exit]\n", SOURCE_LACKS_REASON, ""},
	{"a\nsend(); /* unflushed: ignore[racy-exit] */\n", SOURCE_LACKS_REASON, ""},
	{"a\nsend() # unflushed: ignore[purged] r\n", SOURCE_SAYS_NOTHING, NULL},
	{"a\nsend() # unflushed: ignore[racy-exits] r\n", SOURCE_SAYS_NOTHING, NULL},
	{"a\nsend() # unflushed: ignore[racy-exit r\n] r", SOURCE_SAYS_NOTHING, NULL},
	{"a\nsend() # unflushed: ignore[] r\n", SOURCE_SAYS_NOTHING, NULL},
	{"a\nsend()\n# unflushed: ignore[racy-exit] of another line\n", SOURCE_SAYS_NOTHING,
	 NULL},
	{"# unflushed: ignore[racy-exit] the line is gone\n", SOURCE_KNOWS,
	 "the line is gone ("},
	{"", SOURCE_SAYS_NOTHING, NULL},
};

static void a_comment_knows_what_it_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *words;
		enum source_answer answer = asked(rows[i].text, &words);

		if (answer != rows[i].answer ||
		    (words && strncmp(words, rows[i].reason, strlen(rows[i].reason)) != 0))
			fail_msg("%s: %d, %s", rows[i].text, answer, words ? words : "-");
	}
}

static void the_place_is_said(void **state)
{
	const char *words;

	(void)state;
	asked("a\nb # unflushed: ignore[racy-exit] r\n", &words);
	assert_non_null(strstr(words, "orders.src:2)"));
}

/* A FIFO is not waited for, and what is not there says nothing. */
static void what_cannot_be_read_says_nothing(void **state)
{
	const char *words;

	(void)state;
	asked("", &words);
	scratch_shell("mkfifo fifo");
	frame.file = scratch_path("fifo");
	assert_int_equal(policy_source(&run, &process, &finding, NULL, &words),
			 SOURCE_SAYS_NOTHING);
	asked("a\nb # unflushed: ignore[racy-exit] r\n", &words);
	scratch_shell("chmod o+w orders.src");
	assert_int_equal(policy_source(&run, &process, &finding, NULL, &words),
			 SOURCE_SAYS_NOTHING);
	scratch_shell("chmod o-w orders.src");
	assert_int_equal(policy_source(&run, &process, &finding, NULL, &words), SOURCE_KNOWS);
	frame.file = "/absent/orders.py";
	assert_int_equal(policy_source(&run, &process, &finding, NULL, &words),
			 SOURCE_SAYS_NOTHING);
	frame.line = 0;
	assert_int_equal(policy_source(&run, &process, &finding, NULL, &words),
			 SOURCE_SAYS_NOTHING);
}

static void a_relative_name_is_below_the_root(void **state)
{
	const char *words;

	(void)state;
	asked("a\nb # unflushed: ignore[racy-exit] r\n", &words);
	frame.file = "orders.src";
	assert_int_equal(policy_source(&run, &process, &finding, scratch_path("."), &words),
			 SOURCE_KNOWS);
	assert_string_equal(words, "r (orders.src:2)");
}

static int finish(void **state)
{
	model_free(&run);
	return scratch_remove(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_comment_knows_what_it_names),
		cmocka_unit_test(the_place_is_said),
		cmocka_unit_test(what_cannot_be_read_says_nothing),
		cmocka_unit_test(a_relative_name_is_below_the_root),
	};

	return cmocka_run_group_tests(tests, scratch_make, finish);
}
