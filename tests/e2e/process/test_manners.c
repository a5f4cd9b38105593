/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_manners.c - the guest changes nothing that the host can see, and makes
 * no trace without need.
 */
#include "harness.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t traces_in(const char *path, struct stat *last)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	size_t count = 0;
	char name[512];

	assert_non_null(directory);
	while ((entry = readdir(directory))) {
		const char *dot = strrchr(entry->d_name, '.');

		if (!dot || strcmp(dot, ".trace") != 0)
			continue;
		count++;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		assert_int_equal(stat(name, last), 0);
	}
	closedir(directory);
	return count;
}

static void descriptors_and_errno_are_the_hosts_own(void **state)
{
	struct story story = story_of("descriptors");

	(void)state;
	story_tell(&story, "@");
	story_expect(&story, "clean", NULL);
	story_end(&story);
}

static void a_producer_that_cannot_be_made_ends_as_it_does_alone(void **state)
{
	struct story story = story_of("bad_conf");

	(void)state;
	story_tell(&story, "@ 10");
	assert_non_null(strstr(story.watched.out, "first: refused"));
	story_expect(&story, "clean", NULL);
	assert_int_equal(story_count(&story, "produced"), 10);
	story_end(&story);
}

static void forty_that_cannot_be_made_are_no_crash(void **state)
{
	struct story story = story_of("bad_confs");

	(void)state;
	story.needs_no_broker = true;
	story_tell(&story, " ");
	assert_non_null(strstr(story.watched.out, "refused: 40"));
	story_end(&story);
}

static void a_configuration_that_failed_can_be_tried_again(void **state)
{
	struct story story = story_of("retries_conf");

	(void)state;
	story_tell(&story, "@ 100");
	assert_non_null(strstr(story.watched.out, "reports: 100"));
	story_expect(&story, "clean", NULL);
	assert_int_equal(story_count(&story, "delivered"), 100);
	story_end(&story);
}

static void an_address_that_cannot_be_read_is_refused_and_no_crash(void **state)
{
	struct story story = story_of("bad_address");

	(void)state;
	story.needs_no_broker = true;
	story_tell(&story, " ");
	assert_non_null(strstr(story.watched.out, "connect: -1 Bad address"));
	story_end(&story);
}

static void a_thread_with_a_small_stack_may_produce(void **state)
{
	struct story story = story_of("small_stacks");

	(void)state;
	story.needs_no_broker = true;
	story_tell(&story, " ");
	assert_non_null(strstr(story.watched.out, "taken: 1"));
	assert_int_equal(story_count(&story, "produced"), 1);
	story_end(&story);
}

static void closing_every_descriptor_harms_nothing(void **state)
{
	static const char *const ways[] = {"close_range", "closefrom", "loop"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct story story = story_of("closes_all");

		story_tell(&story, "@ %s 100", ways[i]);
		story_expect(&story, "clean", NULL);
		assert_int_equal(story_count(&story, "delivered"), 200);
		assert_int_equal(story.arrived, 200);
		story_end(&story);
	}
}

static void a_program_without_kafka_leaves_no_trace_and_is_blind(void **state)
{
	struct story story = story_of("no_kafka");
	char *directory = scratch_name("-traces");
	struct ended ended;
	struct stat unused;

	(void)state;
	story.needs_no_broker = true;
	story_tell(&story, " ");
	story_expect(&story, "blind", "nothing-seen");
	story_end(&story);

	mkdir(directory, 0700);
	ended = tool_run("run --quiet --dir %s -- /bin/sh -c /bin/true", directory);
	assert_int_equal(exit_code(&ended), 0);
	assert_int_equal(traces_in(directory, &unused), 0);
	ended_free(&ended);
	free(directory);
}

static void a_trace_is_private_and_at_most_two_mebibytes(void **state)
{
	char *directory = scratch_name("-traces");
	struct broker *broker = broker_start();
	struct ended ended;
	struct stat trace;

	(void)state;
	mkdir(directory, 0700);
	ended = tool_run("run --quiet --dir %s -- %s/flushes %s", directory, PATH_HOSTS,
			 broker_address(broker));
	assert_int_equal(exit_code(&ended), 0);
	assert_int_equal(traces_in(directory, &trace), 1);
	assert_int_equal(trace.st_mode & 0777, 0400);
	assert_true(trace.st_size > 0 && trace.st_size <= 2 << 20);
	ended_free(&ended);
	broker_stop(broker);
	free(directory);
}

static void preloading_alone_records(void **state)
{
	char *directory = scratch_name("-traces");
	struct broker *broker = broker_start();
	struct ended ended;
	struct stat trace;
	char *command;

	(void)state;
	mkdir(directory, 0700);
	broker_rtt(broker, 1000); /* so that none gets out, however slow the machine */
	assert_true(asprintf(&command, "env LD_PRELOAD=%s UNFLUSHED_DIR=%s %s/forgets_flush @",
			     PATH_SHIM, directory, PATH_HOSTS) > 0);
	ended = program_run(command, broker_address(broker));
	assert_int_equal(exit_code(&ended), 0);
	assert_int_equal(traces_in(directory, &trace), 1);
	ended_free(&ended);
	ended = tool_run("check %s", directory);
	assert_int_equal(exit_code(&ended), 80);
	ended_free(&ended);
	broker_stop(broker);
	free(command);
	free(directory);
}

static void without_a_directory_nothing_is_recorded_and_nothing_said(void **state)
{
	struct broker *broker = broker_start();
	struct ended alone, preloaded;
	char *command;

	(void)state;
	assert_true(asprintf(&command, "env LD_PRELOAD=%s %s/flushes @", PATH_SHIM,
			     PATH_HOSTS) > 0);
	preloaded = program_run(command, broker_address(broker));
	alone = program_run(PATH_HOSTS "/flushes @", broker_address(broker));
	assert_int_equal(exit_code(&preloaded), exit_code(&alone));
	assert_string_equal(preloaded.out, alone.out);
	assert_string_equal(preloaded.err, alone.err);
	ended_free(&alone);
	ended_free(&preloaded);
	broker_stop(broker);
	free(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptors_and_errno_are_the_hosts_own),
		cmocka_unit_test(a_producer_that_cannot_be_made_ends_as_it_does_alone),
		cmocka_unit_test(forty_that_cannot_be_made_are_no_crash),
		cmocka_unit_test(a_configuration_that_failed_can_be_tried_again),
		cmocka_unit_test(an_address_that_cannot_be_read_is_refused_and_no_crash),
		cmocka_unit_test(a_thread_with_a_small_stack_may_produce),
		cmocka_unit_test(closing_every_descriptor_harms_nothing),
		cmocka_unit_test(a_program_without_kafka_leaves_no_trace_and_is_blind),
		cmocka_unit_test(a_trace_is_private_and_at_most_two_mebibytes),
		cmocka_unit_test(preloading_alone_records),
		cmocka_unit_test(without_a_directory_nothing_is_recorded_and_nothing_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
