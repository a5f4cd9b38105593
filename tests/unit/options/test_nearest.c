/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_nearest.c - which word a misspelt one stands for: none, if no word is
 * near enough.
 */
#include "options/nearest.h"

#include <string.h>

#include "testing.h"

static const char *const names[] = {"report", "check",	 "dump",  "run",
				    "top",    "explain", "export"};

static const char *meant(const char *word)
{
	struct nearest nearest = {.word = word};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		nearest_try(&nearest, names[i]);
	return nearest.found ? nearest.found : "";
}

static void a_typing_error_or_two_are_seen_through(void **state)
{
	static const struct {
		const char *word, *meant;
	} rows[] = {
		{"reprot", "report"},  /* two changed places */
		{"repotr", "report"},  /* again */
		{"reort", "report"},   /* one is missing */
		{"rreport", "report"}, /* one too many */
		{"rapart", "report"},  /* two others */
		{"chekc", "check"},
		{"ru", "run"},
		{"explian", "explain"},
		{"exprot", "export"},
		{"tpo", "top"},
		{"repo", ""},
		{"rapat", ""},
		{"xyz", ""},
		{"x", ""},
		{"", ""},
		{"raports", "report"},
		{"a-word-that-is-longer-than-any-command-can-be", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(meant(rows[i].word), rows[i].meant) != 0)
			fail_msg("%s: %s", rows[i].word, meant(rows[i].word));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_typing_error_or_two_are_seen_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
