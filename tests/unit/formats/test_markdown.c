/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_markdown.c - the page is plain text and one table, whatever names hold, and not too
 * long.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/findings.h"
#include "judge/judge.h"
#include "printed.h"
#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static struct run run;
static struct render_options options;
static char *text; /* what was printed last */
static char *read_back;

static int setup(void **state)
{
	(void)state;
	run = (struct run){0};
	options = (struct render_options){.source_root = "/src"};
	maker_make(&maker);
	maker.process->exe = maker_string(&maker, "/bin/orders");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(text);
	free(read_back);
	text = read_back = NULL;
	model_free(&run);
	maker_free(&maker);
	return 0;
}

/* As the reader prints it. */
static const char *shown(void)
{
	free(text);
	free(read_back);
	text = printed_by(render_markdown, &run, &options);
	read_back = printed_read("markdown", text);
	return read_back;
}

/* So many programs, 50 at most; of each so many processes, and each has lost its messages. */
static void make_many(int programs, int processes)
{
	trace_string names[50];
	char path[40];

	assert_true(programs <= 50);
	maker_story(&maker, 10, 0);
	for (int i = 0; i < programs; i++) {
		snprintf(path, sizeof path, "/bin/program%d", i);
		names[i] = maker_string(&maker, path);
	}
	for (int i = 0; i < programs * processes; i++) {
		maker.process->exe = names[i % programs];
		maker.process->pid = i + 1;
		maker.process->start_ticks++;
		if (i == 0)
			maker_run(&maker, &run);
		else
			maker_run_also(&maker, &run);
	}
	for (size_t i = 0; i < run.process_count; i++)
		run.processes[i].finding_count = 0;
	judge_run(&run);
	findings_raise(&run);
}

static void a_problem_is_a_row(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	maker.sites[0].frames[0].file = maker_string(&maker, "/src/app/orders.py");
	maker_run(&maker, &run);
	printed_assert_line(shown(), "unflushed: lost");
	char row[300];

	snprintf(row, sizeof row,
		 "lost\tmissing-flush\torders\tsend_orders at app/orders.py:42\t950\t0\t1\t"
		 "call producer.flush() before the program ends; it must return 0\t%s",
		 run.groups[0].signature->digits);
	printed_assert_line(read_back, row);
	printed_assert_line(read_back,
			    "950 of 1,000 messages (9.3 KiB of 9.8 KiB) never arrived");
}

static void a_clean_run_has_no_table(void **state)
{
	(void)state;
	maker_waited(maker_story(&maker, 10, 10), 10);
	maker_run(&maker, &run);
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
	maker_story(&maker, 10, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char words[120];

		snprintf(words, sizeof words, "/bin/%s", rows[i].name);
		maker.process->exe = maker_string(&maker, words);
		maker_run(&maker, &run);
		snprintf(words, sizeof words, "lost\tmissing-flush\t%s\tsend_orders",
			 rows[i].as);
		assert_non_null(strstr(shown(), words));
		model_free(&run);
		run = (struct run){0};
	}
}

static void what_has_no_room_is_counted(void **state)
{
	char *name = malloc(60001);

	(void)state;
	memset(name, '_', 60000);
	name[60000] = '\0';
	make_many(20, 1);
	for (size_t i = 0; i < run.process_count; i++)
		run.processes[i].findings[0].change = name;
	assert_non_null(strstr(shown(), "\n13 more have no room here.\n"));
	free(name);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
