/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_unloaded.c - programs without the shim that a host starts.
 *
 * The host itself is clean. The programs may have produced messages, and lost
 * all of them.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "format/format.h"

static const char *const ways[] = {"fork", "vfork",  "spawn", "spawnp",	 "system", "exec",
				   "file", "beside", "list",  "failing", "reached"};
#define WAYS (sizeof(ways) / sizeof(*ways))

static struct story told(const char *way, const char *program)
{
	struct story story = story_of("starts");

	story_tell(&story, "%s " PATH_HOSTS "/%s @", way, program);
	printf("%s, %s: %s\n", way, program, story_verdict(&story));
	assert_int_equal(story.arrived, 10);
	return story;
}

/* The process that nothing was seen of; NULL: there is none. */
static json_t *unloaded(struct story *story)
{
	json_t *processes = json_object_get(story->summary, "processes");

	for (size_t i = 0; i < json_array_size(processes); i++) {
		json_t *process = json_array_get(processes, i);

		if (json_array_size(json_object_get(process, "producers")) == 0)
			return process;
	}
	return NULL;
}

static void a_static_producer_try(size_t index)
{
	struct story story = told(ways[index], "static_by_hand");

	story_expect(&story, "blind", "shim-not-loaded");
	assert_non_null(strstr(json_text(unloaded(&story), "exe"), "/static_by_hand"));
	story_end(&story);
}

static void beside_a_static_producer_nothing_is_clean(void **state)
{
	(void)state;
	cells_try(WAYS, 4, a_static_producer_try);
}

static void told_clean(const char *way, const char *program)
{
	struct story story = told(way, program);

	story_expect(&story, "clean", NULL);
	assert_null(unloaded(&story));
	story_end(&story);
}

static void a_static_program_try(size_t index)
{
	told_clean(ways[index], "static_libc");
}

static void one_that_has_nothing_of_kafka_is_let_pass(void **state)
{
	(void)state;
	cells_try(WAYS, 4, a_static_program_try);
}

static void a_loaded_program_try(size_t index)
{
	told_clean(ways[index], "by_hand");
}

static void one_that_has_the_shim_speaks_for_itself(void **state)
{
	(void)state;
	cells_try(WAYS, 4, a_loaded_program_try);
}

static void one_that_is_started_without_its_environment_is_not_clean(void **state)
{
	struct story story = told("cleared", "by_hand");

	(void)state;
	story_expect(&story, "blind", "shim-not-loaded");
	assert_non_null(strstr(json_text(unloaded(&story), "findings.0.text"), "LD_PRELOAD"));
	story_end(&story);
}

static struct ended script_run(const char *options, const char *before, const char *host)
{
	char *script = scratch_name(".sh");
	FILE *file = fopen(script, "we");

	assert_non_null(file);
	fprintf(file, "#!/bin/sh\n%s\n" PATH_HOSTS "/%s\n", before, host);
	fprintf(file, "stat -c 'it has %%s' \"$UNFLUSHED_MARK\"\n");
	fclose(file);
	chmod(script, 0700);
	struct ended ended = tool_run("run %s -- %s", options, script);

	free(script);
	return ended;
}

#define FULL "33554432"
#define FILL "truncate -s " FULL " \"$UNFLUSHED_MARK\""

/* Of a run that has started programs for a week, too, the directory stays as small. */
static void a_mark_file_that_is_full_grows_no_more(void **state)
{
	struct ended ended = script_run("", FILL, "static_by_hand");

	(void)state;
	assert_int_equal(MARK_BYTES_MAX, atol(FULL));
	assert_int_equal(exit_code(&ended), 0);
	assert_non_null(strstr(ended.out, "it has " FULL "\n"));
	assert_non_null(strstr(ended.err, "so many programs were started"));
	ended_free(&ended);
}

static int checked(const char *before, const char *host, const char *says)
{
	struct ended ended = script_run("--check", before, host);
	int code = exit_code(&ended);

	if (!strstr(ended.err, says))
		fail_msg("not said: %s\nbut: %s", says, ended.err);
	ended_free(&ended);
	return code;
}

/* A program without the shim may be missing there. Losses that were read outweigh that. */
static void with_a_mark_file_that_is_full_nothing_is_clean(void **state)
{
	struct broker *broker = broker_start();
	char flushes[200], forgets[200];

	(void)state;
	snprintf(flushes, sizeof(flushes), "flushes %s 10", broker_address(broker));
	snprintf(forgets, sizeof(forgets), "forgets_flush %s 10", broker_address(broker));
	assert_int_equal(checked("", flushes, "CLEAN"), 0);
	assert_int_equal(checked(FILL, flushes, "traces-in-doubt"), 83);
	broker_rtt(broker, 1000); /* so that none gets out, however slow the machine */
	assert_int_equal(checked(FILL, forgets, "LOST"), 80);
	broker_stop(broker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(beside_a_static_producer_nothing_is_clean),
		cmocka_unit_test(one_that_has_nothing_of_kafka_is_let_pass),
		cmocka_unit_test(one_that_has_the_shim_speaks_for_itself),
		cmocka_unit_test(one_that_is_started_without_its_environment_is_not_clean),
		cmocka_unit_test(a_mark_file_that_is_full_grows_no_more),
		cmocka_unit_test(with_a_mark_file_that_is_full_nothing_is_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
