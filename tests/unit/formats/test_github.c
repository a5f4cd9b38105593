/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_github.c - what GitHub's runner reads are annotations, and nothing else,
 * whatever the names are.
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
	return rendered_read(render_github, "github");
}

static void a_loss_is_an_error_at_its_line(void **state)
{
	(void)state;
	maker_story(&rendered.maker, 1000, 50);
	rendered.maker.sites[0].frames[0].file =
		maker_string(&rendered.maker, "/src/app/orders.py");
	maker_run(&rendered.maker, &rendered.run);
	assert_memory_equal(
		shown(),
		"[\"error\", {\"file\": \"app/orders.py\", \"line\": \"42\", \"title\": "
		"\"lost: missing-flush in orders\"}, \"The program ",
		60);
	assert_non_null(strstr(rendered.read_back,
			       "\\nwhere: send_orders at app/orders.py:42\\nchange: "
			       "call producer.flush()"));
	assert_non_null(strstr(rendered.read_back, "(950 messages lost, in 1 process)"));
	/* The program that was watched may have left a line without its end. */
	assert_memory_equal(rendered.text, "\n::error file=", 14);
}

static void what_lies_outside_of_the_sources_has_no_place(void **state)
{
	(void)state;
	maker_story(&rendered.maker, 1000, 50);
	rendered.maker.sites[0].frames[0].file =
		maker_string(&rendered.maker, "/usr/share/orders.py");
	maker_run(&rendered.maker, &rendered.run);
	assert_non_null(strstr(shown(), "[\"error\", {\"title\": "));
	assert_non_null(strstr(rendered.read_back, "at /usr/share/orders.py:42"));
}

static void the_verdict_is_the_level(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&rendered.maker, 1000, 1000);

	maker_run(&rendered.maker, &rendered.run);
	assert_int_equal(rendered.run.verdict, VERDICT_RACY);
	assert_non_null(strstr(shown(), "[\"warning\", "));
	model_free(&rendered.run);
	rendered.run = (struct run){0};
	maker_waited(producer, 1000);
	maker_run(&rendered.maker, &rendered.run);
	assert_int_equal(rendered.run.verdict, VERDICT_CLEAN);
	assert_string_equal(shown(), "");
	assert_string_equal(rendered.text, "");
}

static int lines_with(const char *words)
{
	int count = 0;

	for (const char *at = rendered.read_back; (at = strstr(at, words)); at++)
		count++;
	return count;
}

/* GitHub drops the eleventh. */
static void nine_are_shown_and_the_rest_is_counted(void **state)
{
	(void)state;
	rendered_many(9, 3);
	shown();
	assert_int_equal(lines_with("[\"error\", "), 9);
	assert_int_equal(lines_with("(30 messages lost, in 3 processes)"), 9);
	assert_null(strstr(rendered.read_back, "more problems"));
	model_free(&rendered.run);
	rendered.run = (struct run){0};
	maker_free(&rendered.maker);
	maker_make(&rendered.maker);
	rendered_many(50, 20);
	shown();
	assert_int_equal(lines_with("[\"error\", "), 10);
	assert_non_null(strstr(rendered.read_back, "\"title\": \"41 more\""));
}

static void a_run_without_a_process_is_a_warning(void **state)
{
	(void)state;
	rendered.run.verdict = VERDICT_BLIND;
	assert_string_equal(shown(), "[\"warning\", {\"title\": \"blind\"}, \"nothing could be "
				     "judged: there is no trace that can be read\"]\n");
}

static void what_could_not_be_read_is_said(void **state)
{
	(void)state;
	maker_waited(maker_story(&rendered.maker, 10, 10), 10);
	maker_run(&rendered.maker, &rendered.run);
	rendered.run.verdict = VERDICT_BLIND;
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
	maker_story(&rendered.maker, 10, 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char words[100];

		snprintf(words, sizeof words, "/src/%s.py", names[i]);
		rendered.maker.sites[0].frames[0].file = maker_string(&rendered.maker, words);
		snprintf(words, sizeof words, "/bin/%s", names[i]);
		rendered.maker.process->exe = maker_string(&rendered.maker, words);
		maker_run(&rendered.maker, &rendered.run);
		snprintf(words, sizeof words, "{\"file\": \"%s.py\", ", names[i]);
		assert_non_null(strstr(shown(), words));
		snprintf(words, sizeof words, " in %s\"}, ", names[i]);
		assert_non_null(strstr(rendered.read_back, words));
		model_free(&rendered.run);
		rendered.run = (struct run){0};
	}
}

/* The model's texts have no new line; this must not rely on it. */
static void a_new_line_is_escaped_here_too(void **state)
{
	(void)state;
	maker_story(&rendered.maker, 10, 0);
	maker_run(&rendered.maker, &rendered.run);
	rendered.run.processes[0].program = "a\n::error::b\rc";
	assert_non_null(strstr(shown(), " in a\\n::error::b\\rc\"}, "));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rendered_setup, rendered_teardown)

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
