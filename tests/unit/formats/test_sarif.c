/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sarif.c - a SARIF log is as the standard and code scanning require,
 * whatever the names are.
 */
#include <stdlib.h>
#include <string.h>

#include "printed.h"
#include "rendered.h"
#include "testing.h"

static const char *shown(void)
{
	return rendered_read(render_sarif, "sarif");
}

static void lose_at(const char *file)
{
	maker_story(&rendered.maker, 10, 0);
	rendered.maker.sites[0].frames[0].file = maker_string(&rendered.maker, file);
	maker_run(&rendered.maker, &rendered.run);
}

static void a_loss_is_an_error_at_its_line(void **state)
{
	(void)state;
	lose_at("/src/app/orders.py");
	assert_memory_equal(shown(), "error missing-flush app/orders.py:42 ", 37);
	assert_non_null(strstr(rendered.read_back, rendered.run.groups[0].signature->digits));
	assert_non_null(strstr(rendered.text, "\"uriBaseId\": \"SRCROOT\""));
	assert_non_null(strstr(rendered.text, "\"executionSuccessful\": true"));
}

static void what_is_elsewhere_is_absolute(void **state)
{
	(void)state;
	lose_at("/usr/lib/orders.py");
	assert_memory_equal(shown(), "error missing-flush file:///usr/lib/orders.py:42 ", 49);
	assert_null(strstr(rendered.text, "\"uriBaseId\""));
}

/* Code scanning refuses a result without a place. */
static void without_a_line_it_is_the_program(void **state)
{
	(void)state;
	maker_run(&rendered.maker, &rendered.run);
	assert_memory_equal(shown(), "warning nothing-seen orders:1 ", 30);
}

static void what_the_policy_knows_is_suppressed(void **state)
{
	(void)state;
	lose_at("/src/app/orders.py");
	for (size_t i = 0; i < rendered.run.processes[0].finding_count; i++)
		rendered.run.processes[0].findings[i].known = "ticket 7 (unflushed.toml:3)";
	assert_non_null(strstr(shown(), " suppressed "));
	assert_non_null(strstr(rendered.text, "ticket 7 (unflushed.toml:3)"));
}

static void a_clean_run_has_rules_and_no_result(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&rendered.maker, 10, 10);
	struct trace_socket *wire = maker_socket(&rendered.maker, 0);

	producer->requests_sent = wire->produce_requests = wire->produce_answered = 1;
	wire->produce_records = wire->produce_answered_records = 10;
	maker_waited(producer, 10);
	maker_run(&rendered.maker, &rendered.run);
	assert_int_equal(rendered.run.verdict, VERDICT_CLEAN);
	assert_string_equal(shown(), "");
}

static void names_hold_what_they_like(void **state)
{
	static const char *const names[] = {
		"/src/a b.py", "/src/%41.py",	     "/src/a?b#c.py", "/src/\"'<script>.py",
		"/src/a:b.py", "/src/\xc3\xa4/o.py", "/src/]]>.py",   "/src/\xe2\x80\xae.py"};
	static const char *const read[] = {"a b.py",	     "%41.py", "a?b#c.py",
					   "\"'<script>.py", "a:b.py", "\xc3\xa4/o.py",
					   "]]>.py",	     ".py"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		lose_at(names[i]);
		assert_non_null(strstr(shown(), read[i]));
		model_free(&rendered.run);
		rendered.run = (struct run){0};
		maker_free(&rendered.maker);
		maker_make(&rendered.maker);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rendered_setup, rendered_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_loss_is_an_error_at_its_line),
		TEST(what_is_elsewhere_is_absolute),
		TEST(without_a_line_it_is_the_program),
		TEST(what_the_policy_knows_is_suppressed),
		TEST(a_clean_run_has_rules_and_no_result),
		TEST(names_hold_what_they_like),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
