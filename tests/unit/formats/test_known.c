/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_known.c - the faults as known cases are TOML, whatever names hold.
 */
#include <stdlib.h>
#include <string.h>

#include "printed.h"
#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static struct run run;
static char *text, *read_back;

static int setup(void **state)
{
	(void)state;
	run = (struct run){0};
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

static const char *shown(void)
{
	static const struct render_options options = {0};

	free(text);
	free(read_back);
	text = printed_by(render_known, &run, &options);
	read_back = printed_read("known", text);
	return read_back;
}

static void a_fault_is_a_case_without_a_reason(void **state)
{
	(void)state;
	maker_story(&maker, 10, 0);
	maker_run(&maker, &run);
	assert_non_null(strstr(shown(), "\"messages\": 10, \"program\": \"orders\""));
	assert_non_null(strstr(read_back, "\"finding\": \"missing-flush\""));
	assert_non_null(strstr(read_back, run.groups[0].signature->digits));
	assert_null(strstr(read_back, "reason"));
}

static void names_hold_what_they_like(void **state)
{
	static const char *const names[] = {"/bin/a\"b",	 "/bin/a\\b", "/bin/'''",
					    "/bin/\xe2\x80\xae", "/bin/a]]b", "/bin/#"};

	(void)state;
	maker_story(&maker, 10, 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		maker.process->exe = maker_string(&maker, names[i]);
		maker_run(&maker, &run);
		assert_non_null(strstr(shown(), "\"program\": "));
		model_free(&run);
		run = (struct run){0};
	}
}

static void what_is_known_is_not_printed_again(void **state)
{
	(void)state;
	maker_story(&maker, 10, 0);
	maker_run(&maker, &run);
	for (size_t i = 0; i < run.processes[0].finding_count; i++)
		run.processes[0].findings[i].known = "a reason";
	assert_string_equal(shown(), "{}\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_fault_is_a_case_without_a_reason),
		TEST(names_hold_what_they_like),
		TEST(what_is_known_is_not_printed_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
