/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_github.c - what GitHub's runner reads are annotations, and nothing else, whatever names
 * hold.
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
	text = printed_by(render_github, &run, &options);
	read_back = printed_read("github", text);
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

static void a_loss_is_an_error_at_its_line(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	maker.sites[0].frames[0].file = maker_string(&maker, "/src/app/orders.py");
	maker_run(&maker, &run);
	assert_memory_equal(
		shown(),
		"[\"error\", {\"file\": \"app/orders.py\", \"line\": \"42\", \"title\": "
		"\"lost: missing-flush in orders\"}, \"The program ",
		60);
	assert_non_null(strstr(read_back, "\\nwhere: send_orders at app/orders.py:42\\nchange: "
					  "call producer.flush()"));
	assert_non_null(strstr(read_back, "(950 messages lost, in 1 process)"));
	/* The program that was watched may have left a line without its end. */
	assert_memory_equal(text, "\n::error file=", 14);
}

static void what_lies_outside_of_the_sources_has_no_place(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	maker.sites[0].frames[0].file = maker_string(&maker, "/usr/share/orders.py");
	maker_run(&maker, &run);
	assert_non_null(strstr(shown(), "[\"error\", {\"title\": "));
	assert_non_null(strstr(read_back, "at /usr/share/orders.py:42"));
}

static void the_verdict_is_the_level(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&maker, 1000, 1000);

	maker_run(&maker, &run);
	assert_int_equal(run.verdict, VERDICT_RACY);
	assert_non_null(strstr(shown(), "[\"warning\", "));
	model_free(&run);
	run = (struct run){0};
	maker_waited(producer, 1000);
	maker_run(&maker, &run);
	assert_int_equal(run.verdict, VERDICT_CLEAN);
	assert_string_equal(shown(), "");
	assert_string_equal(text, "");
}

static int lines_with(const char *words)
{
	int count = 0;

	for (const char *at = read_back; (at = strstr(at, words)); at++)
		count++;
	return count;
}

/* GitHub drops the eleventh. */
static void nine_are_shown_and_the_rest_is_counted(void **state)
{
	(void)state;
	make_many(9, 3);
	shown();
	assert_int_equal(lines_with("[\"error\", "), 9);
	assert_int_equal(lines_with("(30 messages lost, in 3 processes)"), 9);
	assert_null(strstr(read_back, "more problems"));
	model_free(&run);
	run = (struct run){0};
	maker_free(&maker);
	maker_make(&maker);
	make_many(50, 20);
	shown();
	assert_int_equal(lines_with("[\"error\", "), 10);
	assert_non_null(strstr(read_back, "\"title\": \"41 more\""));
}

static void a_run_without_a_process_is_a_warning(void **state)
{
	(void)state;
	run.verdict = VERDICT_BLIND;
	assert_string_equal(shown(), "[\"warning\", {\"title\": \"blind\"}, \"nothing could be "
				     "judged: there is no trace that can be read\"]\n");
}

static void what_could_not_be_read_is_said(void **state)
{
	(void)state;
	maker_waited(maker_story(&maker, 10, 10), 10);
	maker_run(&maker, &run);
	run.verdict = VERDICT_BLIND;
	assert_non_null(strstr(shown(), "a trace could not be read"));
}

/* As the reader has them; a name that ends the command is one that the reader would not
 * find here. */
static void names_end_no_command_and_begin_none(void **state)
{
	static const char *const names[] = {
		"<script>]]>", "a::error::b",	 "100%0Aoff",  "%25",
		"a,b:c",       "title=x,file=y", "##[error]x",
	};

	(void)state;
	maker_story(&maker, 10, 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char words[100];

		snprintf(words, sizeof words, "/src/%s.py", names[i]);
		maker.sites[0].frames[0].file = maker_string(&maker, words);
		snprintf(words, sizeof words, "/bin/%s", names[i]);
		maker.process->exe = maker_string(&maker, words);
		maker_run(&maker, &run);
		snprintf(words, sizeof words, "{\"file\": \"%s.py\", ", names[i]);
		assert_non_null(strstr(shown(), words));
		snprintf(words, sizeof words, " in %s\"}, ", names[i]);
		assert_non_null(strstr(read_back, words));
		model_free(&run);
		run = (struct run){0};
	}
}

/* The model's texts have no new line; this must not rely on it. */
static void a_new_line_is_escaped_here_too(void **state)
{
	(void)state;
	maker_story(&maker, 10, 0);
	maker_run(&maker, &run);
	run.processes[0].program = "a\n::error::b\rc";
	assert_non_null(strstr(shown(), " in a\\n::error::b\\rc\"}, "));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_loss_is_an_error_at_its_line),
		TEST(what_lies_outside_of_the_sources_has_no_place),
		TEST(the_verdict_is_the_level),
		TEST(nine_are_shown_and_the_rest_is_counted),
		TEST(a_run_without_a_process_is_a_warning),
		TEST(what_could_not_be_read_is_said),
		TEST(names_end_no_command_and_begin_none),
		TEST(a_new_line_is_escaped_here_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
