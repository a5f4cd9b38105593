/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_junit.c - cases have the same names in every run, and fail if `check`
 * does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/findings.h"
#include "model/host.h"
#include "build/build.h"
#include "judge/judge.h"
#include "printed.h"
#include "rendered.h"
#include "testing.h"

#define PROCESSES 1000

/* As the reader prints it. */
static const char *cases(void)
{
	return rendered_read(render_junit, "junit");
}

/* Every process of the run has findings. */
static void raise_all(void)
{
	for (size_t i = 0; i < rendered.run.process_count; i++)
		rendered.run.processes[i].finding_count = 0;
	judge_run(&rendered.run);
	findings_raise(&rendered.run);
}

static void a_loss_fails_its_case_and_no_other(void **state)
{
	(void)state;
	maker_story(&rendered.maker, 1000, 50);
	maker_run(&rendered.maker, &rendered.run);
	const char *read = cases();

	assert_non_null(strstr(read, "orders waiting fails lost: The program "));
	assert_non_null(strstr(read, "\ncounts "));
	assert_non_null(strstr(read, " 1 0 0\n"));
	printed_assert_line(read, "orders cut-frame passes");
	printed_assert_line(read, "unflushed run passes");
	assert_non_null(strstr(rendered.text, "where: send_orders at orders.py:42\n"));
	assert_non_null(strstr(rendered.text, "change: call producer.flush()"));
	assert_non_null(strstr(strstr(rendered.text, "\nsignature: "),
			       rendered.run.processes[0].findings[0].signature->digits));
	assert_non_null(strstr(rendered.text, "file=\"orders.py\" line=\"42\""));
}

/* What is written of a case before what it came to. */
static char *names_of(const char *read)
{
	char *names = strdup(read), *to = names;

	for (const char *at = read; *at && strncmp(at, "counts", 6) != 0;) {
		size_t line = strcspn(at, "\n"), name = strcspn(at, " ");

		name += 1 + strcspn(at + name + 1, " ");
		memcpy(to, at, name);
		to[name] = '\n';
		to += name + 1;
		at += line + 1;
	}
	*to = '\0';
	return names;
}

static void names_are_the_same_whatever_happened(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&rendered.maker, 1000, 50);

	maker_run(&rendered.maker, &rendered.run);
	char *lost = names_of(cases());

	model_free(&rendered.run);
	rendered.run = (struct run){0};
	maker_count(&rendered.maker.topics[1].counts, COUNT_DELIVERED, 950);
	maker_waited(producer, 1000);
	maker_run(&rendered.maker, &rendered.run);
	assert_int_equal(rendered.run.verdict, VERDICT_CLEAN);
	char *clean = names_of(cases());

	assert_null(strstr(rendered.read_back, "fails"));
	assert_null(strstr(rendered.read_back, "skipped\n"));
	assert_string_equal(clean, lost);
	free(clean);
	free(lost);
}

static void what_fail_on_lets_pass_passes_and_is_told(void **state)
{
	(void)state;
	maker_story(&rendered.maker, 1000, 1000);
	maker_run(&rendered.maker, &rendered.run);
	assert_int_equal(rendered.run.verdict, VERDICT_RACY);
	assert_non_null(strstr(cases(), "orders waiting fails racy: "));
	rendered.options.fails_from = VERDICT_LOST;
	assert_non_null(strstr(cases(), "orders waiting passes said: "));
	assert_null(strstr(rendered.read_back, "fails"));
}

/* An error, and what was not judged is skipped: never passed. */
static void blind_is_an_error_and_nothing_passes(void **state)
{
	(void)state;
	char *const argv[] = {(char *)"/bin/orders", NULL};
	const struct host host = {.program = "/bin/orders",
				  .argv = argv,
				  .pid = 1,
				  .cannot_load = "it is static"};

	build_host(&rendered.run, &host);
	raise_all();
	assert_int_equal(rendered.run.verdict, VERDICT_BLIND);
	const char *read = cases();

	assert_non_null(strstr(read, "orders shim-not-loaded errs blind: "));
	assert_non_null(strstr(read, "orders waiting skipped : not judged"));
	assert_null(strstr(read, "orders waiting passes"));
	assert_null(strstr(read, "orders cut-frame passes"));
	rendered.options.fails_from = VERDICT_RACY;
	assert_non_null(strstr(cases(), "orders shim-not-loaded skipped : "));
}

static void a_run_without_a_process_is_an_error(void **state)
{
	(void)state;
	rendered.run.verdict = VERDICT_BLIND;
	assert_non_null(strstr(cases(), "unflushed run errs blind: nothing could be judged"));
	assert_non_null(strstr(rendered.read_back, "counts 1 0 1 0\n"));
}

/* As `check` has it of a trace that could not be read beside others. */
static void what_could_not_be_read_is_an_error_of_the_run(void **state)
{
	(void)state;
	maker_waited(maker_story(&rendered.maker, 10, 10), 10);
	maker_run(&rendered.maker, &rendered.run);
	rendered.run.verdict = VERDICT_BLIND;
	assert_non_null(strstr(cases(), "unflushed run errs blind: a trace could not be read"));
}

static void many_processes_are_one_suite(void **state)
{
	(void)state;
	maker_story(&rendered.maker, 10, 0);
	for (int i = 0; i < PROCESSES; i++) {
		rendered.maker.process->pid = i + 1;
		rendered.maker.process->start_ticks++;
		if (i == 0)
			maker_run(&rendered.maker, &rendered.run);
		else
			maker_run_also(&rendered.maker, &rendered.run);
	}
	raise_all();
	assert_non_null(strstr(cases(), "orders waiting fails lost: "));
	assert_non_null(strstr(rendered.read_back, " 1 0 0\n"));
	assert_non_null(strstr(rendered.text, "\nand 997 more processes\n"));
}

static void a_name_of_any_kind_stays_a_name(void **state)
{
	static const struct {
		const char *name, *shown;
	} rows[] = {
		{"<script>alert(1)&amp;", "<script>alert(1)&amp;"},
		{"]]>\"'", "]]>\"'"},
		{"two\nlines\r", "two\\x0alines\\x0d"},
		{"turned\xe2\x80\xaename", "turned\\u202ename"},
		{"none\xef\xbf\xbf\x01\xff", "none\\uffff\\x01\\xff"},
	};

	(void)state;
	maker_story(&rendered.maker, 10, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char path[100], line[200];

		snprintf(path, sizeof path, "/bin/%s", rows[i].name);
		rendered.maker.process->exe = maker_string(&rendered.maker, path);
		/* In the text of the finding, too. */
		rendered.maker.sites[0].frames[0].file =
			maker_string(&rendered.maker, rows[i].name);
		maker_run(&rendered.maker, &rendered.run);
		snprintf(line, sizeof line, "%s cut-frame passes", rows[i].shown);
		printed_assert_line(cases(), line);
		model_free(&rendered.run);
		rendered.run = (struct run){0};
	}
}

/* The writer's own care, not the model's. */
static void what_xml_has_no_character_for_is_escaped_here_too(void **state)
{
	(void)state;
	maker_story(&rendered.maker, 10, 0);
	maker_run(&rendered.maker, &rendered.run);
	rendered.run.processes[0].findings[0].text = "one\x01two\xff. three\x1b";
	assert_non_null(strstr(cases(), "orders waiting fails lost: one\\x01two\\xff\n"));
	assert_non_null(strstr(rendered.text, "three\\x1b"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rendered_setup, rendered_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_loss_fails_its_case_and_no_other),
		TEST(names_are_the_same_whatever_happened),
		TEST(what_fail_on_lets_pass_passes_and_is_told),
		TEST(blind_is_an_error_and_nothing_passes),
		TEST(a_run_without_a_process_is_an_error),
		TEST(what_could_not_be_read_is_an_error_of_the_run),
		TEST(many_processes_are_one_suite),
		TEST(a_name_of_any_kind_stays_a_name),
		TEST(what_xml_has_no_character_for_is_escaped_here_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
