/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_faults.c - hosts at the limits of the machine: each does the same as
 * without the shim, and the report has exact counts, or says that nothing could
 * be recorded.
 */
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

static struct story limited(const char *how)
{
	struct story story = story_of("meets_limits");

	story_tell(&story, "%s @", how);
	if (exit_code(&story.plain) == 77)
		skip_because("%s: %s", how, story.plain.err);
	assert_int_equal(exit_code(&story.watched), 0);
	return story;
}

static void counted(const char *how, int64_t messages)
{
	struct story story = limited(how);

	assert_int_equal(story.arrived, messages);
	story_expect(&story, "clean", NULL);
	assert_int_equal(story_count(&story, "produced"), messages);
	assert_int_equal(story_count(&story, "delivered"), messages);
	story_end(&story);
}

static void a_thousand_threads_at_once_are_counted_exactly(void **state)
{
	(void)state;
	counted("threads", 5200);
}

static void high_descriptors_are_followed(void **state)
{
	struct story story = limited("descriptors");

	(void)state;
	story_expect(&story, "clean", NULL);
	assert_int_equal(story_count(&story, "delivered"), 200);
	/* Newer librdkafkas have another connection beside it. */
	assert_true(json_number(bytes_sender(&story), "fd") > 19000);
	assert_true(json_number(bytes_sender(&story), "bytes.accepted") > 200);
	story_end(&story);
}

/* Above what the table of descriptors holds, connections are not seen; messages are. */
static void descriptors_beyond_the_table_cost_no_message(void **state)
{
	(void)state;
	counted("beyond", 200);
}

static void what_produces_before_main_is_counted(void **state)
{
	(void)state;
	counted("constructor", 300);
}

static void without_proc_messages_are_counted(void **state)
{
	(void)state;
	counted("no_proc", 200);
}

/* Nothing can be recorded, and the report does not say that all is well. */
static void unrecorded(const char *how, const char *why)
{
	struct story story = limited(how);

	assert_int_equal(story.arrived, 200);
	story_expect(&story, "blind", why ? "recording-stopped" : NULL);
	if (why)
		assert_non_null(
			strstr(json_text(story.summary, "processes.0.findings.0.text"), why));
	story_end(&story);
}

static void where_traces_have_no_room_the_host_lives_on(void **state)
{
	(void)state;
	unrecorded("full", "no space left on the device");
}

static void where_traces_cannot_be_written_the_host_lives_on(void **state)
{
	(void)state;
	unrecorded("readonly", "read-only");
}

static void where_the_quota_is_used_up_the_host_lives_on(void **state)
{
	(void)state;
	unrecorded("quota", "the disk quota is used up");
}

static void a_limit_of_file_sizes_kills_nobody(void **state)
{
	(void)state;
	unrecorded("fsize", NULL);
}

/* The limit hits the list of programs that were started: a program that is missing there may
 * have lost all of its messages. */
static void unlisted(const char *how)
{
	struct story story = limited(how);

	assert_int_equal(story.arrived, 200);
	story_expect(&story, "blind", "traces-in-doubt");
	assert_int_equal(story_count(&story, "delivered"), 200);
	story_end(&story);
}

static void a_limit_of_file_sizes_kills_nobody_who_starts_programs(void **state)
{
	(void)state;
	unlisted("starts");
	counted("starts_few", 200);
}

static void a_program_that_is_started_without_a_descriptor_left_is_not_clean(void **state)
{
	(void)state;
	unlisted("no_files");
}

static void a_trace_that_is_deleted_harms_nobody(void **state)
{
	(void)state;
	unrecorded("deleted", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thousand_threads_at_once_are_counted_exactly),
		cmocka_unit_test(high_descriptors_are_followed),
		cmocka_unit_test(descriptors_beyond_the_table_cost_no_message),
		cmocka_unit_test(what_produces_before_main_is_counted),
		cmocka_unit_test(without_proc_messages_are_counted),
		cmocka_unit_test(where_traces_have_no_room_the_host_lives_on),
		cmocka_unit_test(where_traces_cannot_be_written_the_host_lives_on),
		cmocka_unit_test(where_the_quota_is_used_up_the_host_lives_on),
		cmocka_unit_test(a_limit_of_file_sizes_kills_nobody),
		cmocka_unit_test(a_limit_of_file_sizes_kills_nobody_who_starts_programs),
		cmocka_unit_test(
			a_program_that_is_started_without_a_descriptor_left_is_not_clean),
		cmocka_unit_test(a_trace_that_is_deleted_harms_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
