/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_limits.c - the limits of a trace: what had no room, was cut, or
 * continues.
 */
#include "harness.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void acks0_that_the_broker_has_no_room_for_is_at_risk(void **state)
{
	struct story story = story_of("acks_zero");

	(void)state;
	story.fake = "--stall 3 --rcvbuf 4096";
	story_tell(&story, "@ 50000");
	story_expect(&story, "at_risk", "acks0-unsent");
	assert_int_equal(story_count(&story, "unconfirmed"), 50000);
	story_end(&story);
}

static void acks0_that_the_broker_has_room_for_is_clean(void **state)
{
	struct story story = story_of("acks_zero");

	(void)state;
	story.fake = "";
	story_tell(&story, "@ 50");
	story_expect(&story, "clean", NULL);
	assert_false(story_has(&story, "acks0-unsent"));
	assert_int_equal(story.arrived, 50);
	story_end(&story);
}

/* Nobody could look at its queue when it was killed: a sample has to have shown before that
 * the last write got away. */
static void acks0_killed(const char *broker, const char *arguments, const char *verdict,
			 const char *finding)
{
	struct story story = story_of("exits");

	story.fake = broker;
	story_tell(&story, "%s", arguments);
	story_expect(&story, verdict, finding);
	if (!finding)
		assert_false(story_has(&story, "acks0-unsent"));
	story_end(&story);
}

static void acks0_flushed_and_killed_on_a_stalled_broker_is_at_risk(void **state)
{
	(void)state;
	acks0_killed("--stall 3 --rcvbuf 4096", "@ SIGKILL flush 50000 0", "at_risk",
		     "acks0-unsent");
}

static void acks0_flushed_and_killed_on_a_well_broker_is_clean(void **state)
{
	(void)state;
	acks0_killed("", "@ SIGKILL flush 50 0", "clean", NULL);
	acks0_killed("", "@ SIGKILL poll 50 0", "clean", NULL);
}

static void events_that_did_not_fit_are_said_and_change_no_count(void **state)
{
	struct story story = story_of("one_by_one");

	(void)state;
	story_tell(&story, "@ 2000");
	story_expect(&story, "clean", "events-dropped");
	assert_true(json_number(story.summary, "processes.0.dropped_events") > 0);
	assert_int_equal(story_count(&story, "delivered"), 2000);
	assert_int_equal(story.arrived, 2000);
	story_end(&story);
}

static void events_that_fit_are_not_called_dropped(void **state)
{
	struct story story = story_of("one_by_one");

	(void)state;
	story_tell(&story, "@ 10");
	story_expect(&story, "clean", NULL);
	assert_false(story_has(&story, "events-dropped"));
	assert_int_equal(json_number(story.summary, "processes.0.dropped_events"), 0);
	story_end(&story);
}

static void producers_without_a_row_are_never_called_clean(void **state)
{
	struct story story = story_of("one_by_one");

	(void)state;
	story_tell(&story, "@ 2 70");
	story_expect(&story, "blind", NULL);
	/* They share what is left of the rows: who waited for what is not seen there. */
	assert_true(story_has(&story, "counters-full") || story_has(&story, "waits-unseen"));
	assert_int_equal(story.arrived, 140);
	story_end(&story);
}

static void producers_with_a_row_each_are_clean(void **state)
{
	struct story story = story_of("one_by_one");

	(void)state;
	story_tell(&story, "@ 2 20");
	story_expect(&story, "clean", NULL);
	assert_false(story_has(&story, "counters-full"));
	assert_false(story_has(&story, "waits-unseen"));
	assert_int_equal(story_count(&story, "delivered"), 40);
	story_end(&story);
}

/* --- traces by themselves ---------------------------------------------------------- */

static char *traces_directory(void)
{
	char *directory = scratch_name("-traces");

	assert_int_equal(mkdir(directory, 0700), 0);
	return directory;
}

/* What `report` says of a directory. */
static struct story reported(const char *directory)
{
	struct story story = story_of("report");
	struct ended ended = tool_run("report --format json %s", directory);

	assert_int_equal(exit_code(&ended), 0);
	story.summary = json_loads(ended.out, 0, NULL);
	if (!story.summary)
		fail_msg("no summary: %s", ended.err);
	ended_free(&ended);
	return story;
}

static void trace_cut(const char *directory, off_t bytes)
{
	DIR *listing = opendir(directory);
	struct dirent *entry;
	char path[512];
	int traces = 0;

	assert_non_null(listing);
	while ((entry = readdir(listing))) {
		if (!strstr(entry->d_name, ".trace"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		assert_int_equal(truncate(path, bytes), 0);
		traces++;
	}
	closedir(listing);
	assert_int_equal(traces, 1);
}

static void a_trace_that_was_cut_is_never_called_clean(void **state)
{
	char *directory = traces_directory();
	struct broker *broker = broker_start();
	struct ended ended = tool_run("run --quiet --dir %s -- %s/flushes %s 100", directory,
				      PATH_HOSTS, broker_address(broker));
	struct story story = reported(directory);

	(void)state;
	assert_int_equal(exit_code(&ended), 0);
	story_expect(&story, "clean", NULL);
	assert_false(story_has(&story, "trace-damaged"));
	story_end(&story);
	trace_cut(directory, 3000);
	story = reported(directory);
	story_expect(&story, "blind", "trace-damaged");
	story_end(&story);
	trace_cut(directory, 50);
	ended_free(&ended);
	ended = tool_run("report %s", directory);
	assert_int_equal(exit_code(&ended), 3);
	assert_non_null(strstr(ended.err, "cut off"));
	ended_free(&ended);
	broker_stop(broker);
	free(directory);
}

/* Reports until the host has come as far as to produce. */
static struct story reported_with_messages(const char *directory, int64_t messages)
{
	for (int i = 0; i < 6000; i++) {
		struct ended ended = tool_run("report --format json %s", directory);
		struct story story = story_of("report");

		story.summary = json_loads(ended.out, 0, NULL);
		ended_free(&ended);
		if (story.summary && story_count(&story, "produced") == messages)
			return story;
		story_end(&story);
		usleep(10000);
	}
	fail_msg("the host has not produced %lld messages", (long long)messages);
	return story_of("report");
}

static void a_program_that_runs_is_told_from_one_that_ended(void **state)
{
	char *directory = traces_directory(), *out = scratch_name(".out"), *command;
	struct story story;
	int status;
	pid_t pid;

	(void)state;
	assert_true(asprintf(&command,
			     "env LD_PRELOAD=%s UNFLUSHED_DIR=%s %s/exits 127.0.0.1:1 return "
			     "sleep 100 1 60000",
			     PATH_SHIM, directory, PATH_HOSTS) > 0);
	pid = program_start(command, NULL, out);
	story = reported_with_messages(directory, 100);
	story_expect(&story, "at_risk", "still-running");
	assert_string_equal(json_text(story.summary, "processes.0.end.how"), "running");
	story_end(&story);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	story = reported(directory);
	story_expect(&story, "lost", NULL);
	/* No signal was seen. */
	assert_true(story_has(&story, "broker-unreachable") ||
		    story_has(&story, "missing-flush"));
	assert_false(story_has(&story, "still-running"));
	story_end(&story);
	free(command);
	free(directory);
	free(out);
}

/* The same limit on the tool: the host runs nevertheless, unrecorded. */
static void a_limit_of_file_sizes_that_a_trace_meets_is_said(void **state)
{
	struct ended ended = program_run(
		"prlimit --fsize=65536 " PATH_TOOL " run --check -- /bin/echo well", "none");

	(void)state;
	if (exit_code(&ended) != 83)
		fail_msg("status 0x%x: %s%s", (unsigned)ended.status, ended.out, ended.err);
	assert_string_equal(ended.out, "well\n");
	assert_non_null(strstr(ended.err, "no room for a trace"));
	ended_free(&ended);
}

/* Nothing but the shim's own word tells this from a program without Kafka. */
static void a_shim_that_may_not_write_its_trace_is_named(void **state)
{
	struct broker *broker = broker_start();
	struct ended ended = tool_run("run --check -- prlimit --fsize=65536 %s/flushes %s",
				      PATH_HOSTS, broker_address(broker));

	(void)state;
	if (exit_code(&ended) != 83)
		fail_msg("exit %d: %s%s", exit_code(&ended), ended.out, ended.err);
	assert_non_null(strstr(ended.out, "flush: NO_ERROR")); /* the host runs on */
	assert_non_null(strstr(ended.err, "recording-stopped"));
	assert_non_null(strstr(ended.err, "RLIMIT_FSIZE"));
	ended_free(&ended);
	/* Beside one that could, and is clean. */
	char *script = scratch_name(".sh");
	FILE *lines = fopen(script, "w");

	fprintf(lines, "%s/flushes %s\nprlimit --fsize=65536 %s/flushes %s\n", PATH_HOSTS,
		broker_address(broker), PATH_HOSTS, broker_address(broker));
	fclose(lines);
	ended = tool_run("run --check -- sh %s", script);
	assert_int_equal(exit_code(&ended), 83);
	ended_free(&ended);
	free(script);
	broker_stop(broker);
}

/* More than the trace has rows for: 256 are followed, the others are counted and said. */
static void connections_that_did_not_fit_are_counted_and_said(void **state)
{
	struct story story = story_of("many_connections");
	struct rlimit limit;
	char arguments[32], note[80];
	bool said = false;
	json_t *value;
	size_t i;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	int count = limit.rlim_max >= 10100 ? 10000 : 600;

	snprintf(arguments, sizeof(arguments), "%d", count);
	story.needs_no_broker = true;
	story_tell(&story, "%s", arguments);
	story_expect(&story, "blind", "events-dropped");
	assert_int_equal(json_array_size(json_path(story.summary, "processes.0.sockets")), 256);
	json_array_foreach(json_path(story.summary, "processes.0.sockets"), i, value)
		assert_int_equal(json_number(value, "bytes.accepted"), 128);
	snprintf(note, sizeof(note), "%s connections found no room",
		 count == 600 ? "344" : "9,744");
	json_array_foreach(json_path(story.summary, "processes.0.layers.notes"), i, value)
		said |= strstr(json_string_value(value), note) != NULL;
	assert_true(said);
	story_end(&story);
}

/* With at most six events each, which fit, too. */
static void connections_that_fit_are_all_there(void **state)
{
	struct story story = story_of("many_connections");

	(void)state;
	story.needs_no_broker = true;
	story_tell(&story, "150");
	story_expect(&story, "blind", NULL);
	assert_false(story_has(&story, "events-dropped"));
	assert_int_equal(json_array_size(json_path(story.summary, "processes.0.sockets")), 150);
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_limit_of_file_sizes_that_a_trace_meets_is_said),
		cmocka_unit_test(a_shim_that_may_not_write_its_trace_is_named),
		cmocka_unit_test(acks0_that_the_broker_has_no_room_for_is_at_risk),
		cmocka_unit_test(acks0_that_the_broker_has_room_for_is_clean),
		cmocka_unit_test(acks0_flushed_and_killed_on_a_stalled_broker_is_at_risk),
		cmocka_unit_test(acks0_flushed_and_killed_on_a_well_broker_is_clean),
		cmocka_unit_test(connections_that_did_not_fit_are_counted_and_said),
		cmocka_unit_test(connections_that_fit_are_all_there),
		cmocka_unit_test(events_that_did_not_fit_are_said_and_change_no_count),
		cmocka_unit_test(events_that_fit_are_not_called_dropped),
		cmocka_unit_test(producers_without_a_row_are_never_called_clean),
		cmocka_unit_test(producers_with_a_row_each_are_clean),
		cmocka_unit_test(a_trace_that_was_cut_is_never_called_clean),
		cmocka_unit_test(a_program_that_runs_is_told_from_one_that_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
