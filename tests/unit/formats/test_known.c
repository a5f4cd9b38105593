/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_known.c - the faults as known cases are valid TOML, whatever the names
 * are.
 */
#include <stdlib.h>
#include <string.h>

#include "printed.h"
#include "rendered.h"
#include "testing.h"

static const char *shown(void)
{
	return rendered_read(render_known, "known");
}

static void a_fault_is_a_case_without_a_reason(void **state)
{
	(void)state;
	maker_story(&rendered.maker, 10, 0);
	maker_run(&rendered.maker, &rendered.run);
	assert_non_null(strstr(shown(), "\"messages\": 10, \"program\": \"orders\""));
	assert_non_null(strstr(rendered.read_back, "\"finding\": \"missing-flush\""));
	assert_non_null(strstr(rendered.read_back, rendered.run.groups[0].signature->digits));
	assert_null(strstr(rendered.read_back, "reason"));
}

static void names_hold_what_they_like(void **state)
{
	static const char *const names[] = {"/bin/a\"b",	 "/bin/a\\b", "/bin/'''",
					    "/bin/\xe2\x80\xae", "/bin/a]]b", "/bin/#"};

	(void)state;
	maker_story(&rendered.maker, 10, 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		rendered.maker.process->exe = maker_string(&rendered.maker, names[i]);
		maker_run(&rendered.maker, &rendered.run);
		assert_non_null(strstr(shown(), "\"program\": "));
		model_free(&rendered.run);
		rendered.run = (struct run){0};
	}
}

static void what_is_known_is_not_printed_again(void **state)
{
	(void)state;
	maker_story(&rendered.maker, 10, 0);
	maker_run(&rendered.maker, &rendered.run);
	for (size_t i = 0; i < rendered.run.processes[0].finding_count; i++)
		rendered.run.processes[0].findings[i].known = "a reason";
	assert_string_equal(shown(), "{}\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rendered_setup, rendered_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_fault_is_a_case_without_a_reason),
		TEST(names_hold_what_they_like),
		TEST(what_is_known_is_not_printed_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
