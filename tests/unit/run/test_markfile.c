/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_markfile.c - which processes loaded the shim, and which programs ran
 * without it.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/markfile.h"
#include "scratch.h"
#include "run/suspect.h"
#include "testing.h"

static struct marks marks;

static void given(const char *lines)
{
	marks_read(&marks, scratch_write("loaded", lines));
}

/* "pid program, pid program" of those without the shim. */
static const char *unloaded(const char *lines)
{
	static char text[256];
	const struct mark *mark = NULL;

	given(lines);
	text[0] = '\0';
	while ((mark = marks_unloaded(&marks, mark)))
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%d %s",
			 text[0] ? ", " : "", mark->pid, mark->text);
	marks_free(&marks);
	return text;
}

static void a_mark_is_a_pid_on_a_line_of_its_own(void **state)
{
	(void)state;
	given("14711\n47110\n");
	assert_false(marks_loaded(&marks, 4711));
	marks_free(&marks);
	given("14711\n47110\n4711\n");
	assert_true(marks_loaded(&marks, 4711));
	marks_free(&marks);
}

static void a_trace_that_was_made_has_its_name_behind_the_pid(void **state)
{
	(void)state;
	given("14711 =14711-a.trace\n4711\n4711 =4711-a.trace\n4711 =4711-a-1.trace\n5\n");
	assert_true(marks_traced(&marks, "4711-a.trace"));
	assert_true(marks_traced(&marks, "4711-a-1.trace"));
	assert_true(marks_traced(&marks, "14711-a.trace"));
	assert_false(marks_traced(&marks, "4711-b.trace"));
	assert_false(marks_traced(&marks, "5-a.trace"));
	assert_false(marks_traced(&marks, "a.trace"));
	assert_null(marks_unloaded(&marks, NULL));
	assert_null(marks_silence(&marks));
	marks_free(&marks);
}

static void a_reason_for_silence_stands_behind_the_pid(void **state)
{
	(void)state;
	given("14711\n14711 no space left\n4711 > not this\n4711 later\n4711\n");
	assert_true(marks_loaded(&marks, 4711));
	assert_int_equal(marks_silence(&marks)->pid, 14711);
	assert_string_equal(marks_silence(&marks)->text, "no space left");
	marks_free(&marks);
	given("4711\n");
	assert_null(marks_silence(&marks));
	marks_free(&marks);
}

static void what_is_no_mark_is_passed_over(void **state)
{
	(void)state;
	marks_read(&marks, "/nowhere/at/all");
	assert_false(marks_loaded(&marks, 1));
	assert_null(marks_silence(&marks));
	assert_null(marks_unloaded(&marks, NULL));
	marks_free(&marks);
	assert_string_equal(unloaded("nonsense\n-5 >x\n12x >x\n 13\n14 \n15 >cut off"), "");
}

static void a_program_that_marks_itself_had_the_shim(void **state)
{
	(void)state;
	assert_string_equal(unloaded("7\n8 >/bin/a\n8\n9 +/bin/b\n9\n"), "");
	/* Who started it may write later than it does. */
	assert_string_equal(unloaded("9\n9 +/bin/b\n"), "");
	assert_string_equal(unloaded("7\n7 >/bin/a\n7 <\n"), "");
}

static void a_program_that_does_not_had_none(void **state)
{
	(void)state;
	assert_string_equal(unloaded("7\n8 >/bin/a\n"), "8 /bin/a");
	assert_string_equal(unloaded("7\n9 +/bin/b\n8 >/bin/a\n"), "8 /bin/a, 9 /bin/b");
	/* The last of several is who it became. */
	assert_string_equal(unloaded("7\n7 >/bin/a\n7\n7 >/bin/b\n"), "7 /bin/b");
	assert_string_equal(unloaded("7 +/bin/a\n7 >/bin/b\n"), "7 /bin/b");
	assert_string_equal(unloaded("7\n7 >/bin/b\n7 +/bin/a\n"), "7 /bin/b");
	assert_string_equal(unloaded("7\n7 >/x/a\n7 <\n7 >/y/a\n"), "7 /y/a");
}

static void who_cannot_have_produced_is_no_suspect(void **state)
{
	struct host_unloaded suspect;

	(void)state;
	assert_false(suspect_find("/bin/true", &suspect));
	assert_false(suspect_find("true", &suspect));
	assert_false(suspect_find("/bin/true", &suspect));
	assert_true(suspect_find("/nowhere/at/all", &suspect));
	assert_string_equal(suspect.path, "/nowhere/at/all");
	assert_non_null(strstr(suspect.unloaded, "any more"));
	assert_true(suspect_find(scratch_write("data", "x"), &suspect));
	assert_non_null(strstr(suspect.unloaded, "it is not an ELF file"));
	/* The name alone makes a launcher. */
	const char *sudo = scratch_write("sudo", "");
	char command[8192];

	snprintf(command, sizeof(command), "cp /bin/true '%s'", sudo);
	assert_int_equal(system(command), 0);
	assert_true(suspect_find(sudo, &suspect));
	assert_non_null(strstr(suspect.suspicion, "starts other programs"));
	assert_true(suspect_find("/usr/bin/python3", &suspect));
	assert_string_equal(suspect.suspicion, "It runs programs of any kind.");
	/* This one is linked with librdkafka. */
	assert_true(suspect_find("/proc/self/exe", &suspect));
	assert_string_equal(suspect.suspicion, "It uses librdkafka.");
	suspect_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mark_is_a_pid_on_a_line_of_its_own),
		cmocka_unit_test(a_trace_that_was_made_has_its_name_behind_the_pid),
		cmocka_unit_test(a_reason_for_silence_stands_behind_the_pid),
		cmocka_unit_test(what_is_no_mark_is_passed_over),
		cmocka_unit_test(a_program_that_marks_itself_had_the_shim),
		cmocka_unit_test(a_program_that_does_not_had_none),
		cmocka_unit_test(who_cannot_have_produced_is_no_suspect),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
