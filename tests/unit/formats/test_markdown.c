/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_markdown.c - the page is plain text and one table, whatever the names
 * are, and not too long.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/findings.h"
#include "judge/judge.h"
#include "printed.h"
#include "rendered.h"
#include "testing.h"

/* As the reader prints it. */
static const char *shown(void)
{
	return rendered_read(render_markdown, "markdown");
}

static void a_problem_is_a_row(void **state)
{
	(void)state;
	maker_story(&rendered.maker, 1000, 50);
	rendered.maker.sites[0].frames[0].file =
		maker_string(&rendered.maker, "/src/app/orders.py");
	maker_run(&rendered.maker, &rendered.run);
	printed_assert_line(shown(), "unflushed: lost");
	char row[300];

	snprintf(row, sizeof row,
		 "lost\tmissing-flush\torders\tsend_orders at app/orders.py:42\t950\t0\t1\t"
		 "call producer.flush() before the program ends; it must return 0\t%s",
		 rendered.run.groups[0].signature->digits);
	printed_assert_line(rendered.read_back, row);
	printed_assert_line(rendered.read_back,
			    "950 of 1,000 messages (9.3 KiB of 9.8 KiB) never arrived");
}

static void a_clean_run_has_no_table(void **state)
{
	(void)state;
	maker_waited(maker_story(&rendered.maker, 10, 10), 10);
	maker_run(&rendered.maker, &rendered.run);
	assert_string_equal(shown(), "unflushed: clean\nall 10 messages (100 bytes) were "
				     "delivered\n");
}

static void names_are_no_markup(void **state)
{
	static const struct {
		const char *name, *as;
	} rows[] = {
		{"<script>alert(1)<", "<script>alert(1)<"},
		{"a|b|c", "a|b|c"},
		{"[x](http:y)", "[x](http:y)"},
		{"**bold** _it_ `code`", "**bold** _it_ `code`"},
		{"&lt;&#60;", "&lt;&#60;"},
		{"back\\|slash\\", "back\\|slash\\"},
		{"![i](j)", "![i](j)"},
		{"<http:x>", "<http:x>"},
		{"two\nlines\n\n# head", "two\\x0alines\\x0a\\x0a# head"},
		{"@me #1 $x$", "@me #1 $x$"},
		{"turned\xe2\x80\xae", "turned\\u202e"},
	};

	(void)state;
	maker_story(&rendered.maker, 10, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char words[120];

		snprintf(words, sizeof words, "/bin/%s", rows[i].name);
		rendered.maker.process->exe = maker_string(&rendered.maker, words);
		maker_run(&rendered.maker, &rendered.run);
		snprintf(words, sizeof words, "lost\tmissing-flush\t%s\tsend_orders",
			 rows[i].as);
		assert_non_null(strstr(shown(), words));
		model_free(&rendered.run);
		rendered.run = (struct run){0};
	}
}

static void what_has_no_room_is_counted(void **state)
{
	char *name = malloc(60001);

	(void)state;
	memset(name, '_', 60000);
	name[60000] = '\0';
	rendered_many(20, 1);
	for (size_t i = 0; i < rendered.run.process_count; i++)
		rendered.run.processes[i].findings[0].change = name;
	assert_non_null(strstr(shown(), "\n13 more have no room here.\n"));
	free(name);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rendered_setup, rendered_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_problem_is_a_row),
		TEST(a_clean_run_has_no_table),
		TEST(names_are_no_markup),
		TEST(what_has_no_room_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
