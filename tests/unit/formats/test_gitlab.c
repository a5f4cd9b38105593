/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_gitlab.c - a Code Quality report is as GitLab documents it, and its
 * fingerprints do not change.
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
	return rendered_read(render_gitlab, "gitlab");
}

static void a_loss_is_a_blocker_at_its_line(void **state)
{
	(void)state;
	maker_story(&rendered.maker, 1000, 50);
	rendered.maker.sites[0].frames[0].file =
		maker_string(&rendered.maker, "/src/app/orders.py");
	maker_run(&rendered.maker, &rendered.run);
	assert_memory_equal(shown(), "blocker missing-flush app/orders.py:42 ", 39);
	assert_memory_equal(rendered.read_back + 39, rendered.run.groups[0].signature->digits,
			    12);
	assert_non_null(strstr(rendered.read_back,
			       "Where: send_orders at app/orders.py:42. Change: call "));
}

static void what_lies_outside_of_the_sources_has_the_programs_name(void **state)
{
	static const char *const files[] = {"/usr/orders.py", "../orders.py", "/src/../o.py"};

	(void)state;
	maker_story(&rendered.maker, 1000, 50);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		rendered.maker.sites[0].frames[0].file =
			maker_string(&rendered.maker, files[i]);
		maker_run(&rendered.maker, &rendered.run);
		assert_memory_equal(shown(), "blocker missing-flush orders:1 ", 31);
		model_free(&rendered.run);
		rendered.run = (struct run){0};
	}
}

/* The word behind the place. */
static void fingerprint(char *to, size_t bytes)
{
	const char *at = shown();

	for (int i = 0; i < 3; i++)
		at += strcspn(at, " ") + 1;
	snprintf(to, bytes, "%.*s", (int)strcspn(at, " "), at);
}

/* Of another run, with other numbers, and lines put in above. */
static void a_fingerprint_is_the_same_in_every_run(void **state)
{
	char before[200], after[200];

	(void)state;
	maker_story(&rendered.maker, 1000, 50);
	maker_run(&rendered.maker, &rendered.run);
	fingerprint(before, sizeof before);
	model_free(&rendered.run);
	rendered.run = (struct run){0};
	maker_free(&rendered.maker);
	maker_make(&rendered.maker);
	rendered.maker.process->exe = maker_string(&rendered.maker, "/opt/new/orders");
	rendered.maker.process->pid = 777;
	maker_story(&rendered.maker, 20, 0);
	rendered.maker.sites[0].frames[0].line = 57;
	/* Nor where it was luckier. */
	maker_count(&rendered.maker.topics[1].counts, COUNT_DELIVERED, 20);
	maker_run(&rendered.maker, &rendered.run);
	assert_int_equal(rendered.run.verdict, VERDICT_RACY);
	fingerprint(after, sizeof after);
	assert_string_equal(after, before);
	model_free(&rendered.run);
	rendered.run = (struct run){0};
	rendered.maker.process->exe = maker_string(&rendered.maker, "/opt/new/payments");
	maker_run(&rendered.maker, &rendered.run);
	fingerprint(after, sizeof after);
	assert_string_not_equal(after, before);
}

static int lines(void)
{
	int count = 0;

	for (const char *at = rendered.read_back; *at; at++)
		count += *at == '\n';
	return count;
}

static void each_fault_is_one_issue(void **state)
{
	(void)state;
	rendered_many(50, 20);
	shown();
	assert_int_equal(lines(), 50);
	assert_non_null(strstr(rendered.read_back, "(200 messages lost, in 20 processes)"));
}

static void a_clean_run_has_no_issue(void **state)
{
	(void)state;
	maker_waited(maker_story(&rendered.maker, 10, 10), 10);
	maker_run(&rendered.maker, &rendered.run);
	assert_string_equal(shown(), "");
	assert_string_equal(rendered.text, "[]\n");
}

static void what_could_not_be_read_is_an_issue(void **state)
{
	(void)state;
	rendered.run.verdict = VERDICT_BLIND;
	assert_memory_equal(shown(), "major blind unflushed:1 unflushed:run nothing could", 51);
	model_free(&rendered.run);
	maker_waited(maker_story(&rendered.maker, 10, 10), 10);
	maker_run(&rendered.maker, &rendered.run);
	rendered.run.verdict = VERDICT_BLIND;
	assert_non_null(strstr(shown(), "a trace could not be read"));
}

static void names_of_any_kind_are_texts(void **state)
{
	static const struct {
		const char *name, *as;
	} rows[] = {
		{"<script>]]>\"\\", "<script>]]>\"\\"},
		{"two\nlines", "two\\x0alines"},
		{"turned\xe2\x80\xae", "turned\\u202e"},
		{"\xff", "\\xff"},
	};

	(void)state;
	maker_story(&rendered.maker, 10, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char words[100];

		snprintf(words, sizeof words, "/src/%s.py", rows[i].name);
		rendered.maker.sites[0].frames[0].file = maker_string(&rendered.maker, words);
		maker_run(&rendered.maker, &rendered.run);
		snprintf(words, sizeof words, " %s.py:42 ", rows[i].as);
		assert_non_null(strstr(shown(), words));
		assert_int_equal(lines(), 1);
		model_free(&rendered.run);
		rendered.run = (struct run){0};
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rendered_setup, rendered_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_loss_is_a_blocker_at_its_line),
		TEST(what_lies_outside_of_the_sources_has_the_programs_name),
		TEST(a_fingerprint_is_the_same_in_every_run),
		TEST(each_fault_is_one_issue),
		TEST(a_clean_run_has_no_issue),
		TEST(what_could_not_be_read_is_an_issue),
		TEST(names_of_any_kind_are_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
