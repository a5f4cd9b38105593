/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_living.c - hosts that do unusual things to themselves, and run on as
 * they do without the shim.
 *
 * They confine themselves, cancel their threads, leave callbacks with longjmp
 * or an exception, have an allocator or another libc of their own, or run under
 * valgrind.
 */
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- rights given up -------------------------------------------------------------- */

static struct story confined(const char *how)
{
	struct story story = story_of("confines_itself");

	story.sink = "";
	story_tell(&story, "%s @", how);
	if (exit_code(&story.plain) == 77)
		skip_because("%s: %s", how, story.plain.err);
	assert_int_equal(story.arrived, 1000000);
	story_expect(&story, "blind", NULL);
	return story;
}

/* No file can be made: nothing is recorded, and the report does not say that all is well. */
static void where_no_trace_can_be_made_the_host_lives_on(void **state)
{
	static const char *const ways[] = {"descriptors", "filter", "chroot"};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct story story = confined(ways[i]);

		assert_int_equal(
			json_array_size(json_path(story.summary, "processes.0.sockets")), 0);
		story_end(&story);
	}
}

/* The trace is there already, and takes no call that could be refused; or it can be made
 * by whom the host has become. */
static void what_is_given_up_costs_no_byte_where_the_trace_can_be_made(void **state)
{
	static const char *const ways[] = {"filter_late", "chroot_late", "user"};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct story story = confined(ways[i]);

		assert_int_equal(
			json_number(story.summary, "processes.0.sockets.0.bytes.accepted"),
			1000000);
		story_end(&story);
	}
}

/* A directory of the user's own stays as it is: then the report says what was in the way. */
static void a_directory_that_the_host_may_not_write_to_is_said(void **state)
{
	char *directory = scratch_name(".traces");
	struct story story;
	char *options;

	(void)state;
	assert_true(asprintf(&options, "--dir %s", directory) > 0);
	story = story_of("confines_itself");
	story.sink = "";
	story.options = options;
	story_tell(&story, "user @");
	if (exit_code(&story.plain) == 77)
		skip_because("user: %s", story.plain.err);
	assert_int_equal(story.arrived, 1000000);
	story_expect(&story, "blind", "recording-stopped");
	assert_non_null(strstr(
		json_string_value(json_path(story.summary, "processes.0.findings.0.text")),
		"writable for the user"));
	story_end(&story);
	free(options);
	free(directory);
}

/* --- threads and callbacks -------------------------------------------------------- */

static void cancelled_threads_leave_the_connection_whole(void **state)
{
	struct story story = story_of("cancels");

	(void)state;
	story.needs_no_broker = true;
	story_tell(&story, " ");
	assert_non_null(strstr(story.watched.out, "cleaned up: 300\n"));
	/* What main sent after them, at least. */
	assert_true(json_number(story.summary, "processes.0.sockets.1.bytes.accepted") +
			    json_number(story.summary, "processes.0.sockets.0.bytes.accepted") >
		    1000);
	story_end(&story);
}

/* The first producer was given up; the second did all right, and is not accused. */
static void a_callback_that_does_not_return_spoils_no_other_producer(void **state)
{
	static const char *const ways[] = {"throw", "jump"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct story story = story_of("leaves_callback");
		json_t *second;

		story_tell(&story, "@ %s", ways[i]);
		assert_string_not_equal(story_verdict(&story), "clean");
		assert_true(json_is_false(
			json_path(story.summary, "processes.0.producers.0.waited")));
		second = json_path(story.summary, "processes.0.producers.1");
		assert_true(json_is_true(json_object_get(second, "waited")));
		assert_int_equal(json_number(second, "messages.delivered"), 10);
		assert_int_equal(json_number(second, "flush.calls"), 1);
		assert_int_equal(json_number(second, "reports_unserved"), 0);
		story_expect_truth(&story);
		story_end(&story);
	}
}

/* --- allocators, libcs, machines -------------------------------------------------- */

/* LD_PRELOAD is the user's: the shim goes before it. */
static void told_with(const char *library, const char *options)
{
	static const char *const hosts[] = {"flushes", "polls_until_empty"};

	setenv("LD_PRELOAD", library, 1);
	for (int i = 0; i < 2; i++) {
		struct story story = story_of(hosts[i]);

		story.options = options;
		story_tell(&story, "@ 1000");
		story_expect(&story, "clean", NULL);
		assert_int_equal(story_count(&story, "produced"), 1000);
		assert_int_equal(story.arrived, 1000);
		story_end(&story);
	}
	unsetenv("LD_PRELOAD");
}

/* The host has a connection to there, and wrote to it. */
static void followed_to(const struct story *story, const char *peer)
{
	json_t *socket;
	size_t i;

	json_array_foreach(json_path(story->summary, "processes.0.sockets"), i, socket)
	{
		if (strcmp(json_text(socket, "peer"), peer) == 0 &&
		    json_number(socket, "bytes.accepted") > 0)
			return;
	}
	fail_msg("no connection to %s was followed", peer);
}

static void with_tcmalloc_everything_is_counted(void **state)
{
	(void)state;
	told_with(story_needs("tcmalloc"), NULL);
}

static void with_jemalloc_everything_is_counted(void **state)
{
	(void)state;
	told_with(story_needs("jemalloc"), NULL);
}

/* On a connection that is followed like any: whatever the guest does in the middle of that,
 * it asks for no memory. Alone and under the shim the allocator has told as many a thing. */
static void an_allocator_that_sends_under_its_lock_does_not_wait_forever(void **state)
{
	char *library =
		program_make("cc -shared -fPIC", "modules/sending_allocator.c", "-lpthread");
	struct fake *sink = fake_start_as("sink", "--connections 1000");

	(void)state;
	setenv("ALLOCATOR_PEER", fake_address(sink), 1);
	setenv("LD_PRELOAD", library, 1);
	struct story story = story_of("flushes");

	story_tell(&story, "@ 1000");
	unsetenv("LD_PRELOAD");
	unsetenv("ALLOCATOR_PEER");
	story_expect(&story, "clean", NULL);
	assert_int_equal(story_count(&story, "produced"), 1000);
	assert_int_equal(story.arrived, 1000);
	followed_to(&story, fake_address(sink));
	story_end(&story);
	json_t *truth = fake_stop(sink);

	assert_true(json_number(truth, "received") > 0);
	json_decref(truth);
	free(library);
}

/* As it is without `run`, with stacks and without an auditor. */
static void valgrind_finds_no_fault_with_the_shim(void **state)
{
	static const char *const hosts[] = {"sends_bytes nonblocking", "flushes"};
	struct broker *broker;

	(void)state;
	story_needs("valgrind");
	broker = broker_start();
	for (int i = 0; i < 2; i++) {
		struct ended ended;
		char *command;

		assert_true(asprintf(&command,
				     "/usr/bin/env LD_PRELOAD=%s UNFLUSHED_DIR=%s "
				     "/usr/bin/valgrind --error-exitcode=99 --quiet %s/%s %s",
				     PATH_SHIM, scratch_directory(), PATH_HOSTS, hosts[i],
				     i ? "@ 100" : "") > 0);
		ended = program_run(command, broker_address(broker));
		if (exit_code(&ended) == 99)
			fail_msg("%s: %s", hosts[i], ended.err);
		assert_int_equal(exit_code(&ended), 0);
		ended_free(&ended);
		free(command);
	}
	broker_stop(broker);
}

/* The runtime ends its host when anything was loaded before it. */
static void a_host_with_addresssanitizer_starts_and_is_judged(void **state)
{
	char *path =
		program_make("cc -fsanitize=address", "librdkafka/wait/flushes.c", "-lrdkafka");
	struct story story = story_of(path);
	struct ended doctor = tool_run("doctor %s", path);

	(void)state;
	assert_non_null(strstr(doctor.out, "libasan"));
	ended_free(&doctor);
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	story_tell(&story, "@ 100");
	unsetenv("ASAN_OPTIONS");
	story_expect(&story, "clean", NULL);
	assert_int_equal(exit_code(&story.watched), 0);
	assert_int_equal(story.arrived, 100);
	story_end(&story);
	free(path);
}

/* One of musl's: what it sends is counted, and doctor says what it is. A producer of it:
 * tests/field/musl. */
static void another_libc_is_recorded_and_named(void **state)
{
	struct ended doctor;
	char *path;

	(void)state;
	story_needs("musl-gcc");
	path = program_make("/usr/bin/musl-gcc", "socket/sends_bytes.c",
			    "-I" PATH_HOST_SOURCES);
	struct story story = story_of(path);

	story.needs_no_broker = true;
	story_tell(&story, "small");
	story_expect(&story, "blind", "nothing-seen");
	assert_int_equal(json_number(bytes_sender(&story), "bytes.accepted"), 4096);
	doctor = tool_run("doctor %s", path);
	assert_non_null(strstr(doctor.out, "musl, which knows no LD_AUDIT"));
	assert_non_null(strstr(doctor.out, "only connections are seen"));
	ended_free(&doctor);
	story_end(&story);
	free(path);
}

/* What a shell hands on is not decided by what the child's interpreter is: it must take the
 * shim, or leave it, and live. */
static void a_child_with_another_libc_lives_and_is_followed(void **state)
{
	static const char *const ways[] = {"fork", "spawn", "vfork", "system"};
	char *path;

	(void)state;
	story_needs("musl-gcc");
	path = program_make("/usr/bin/musl-gcc -I" PATH_HOST_SOURCES,
			    "socket/many_connections.c", "");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct story story = story_of("starts_told.py");

		story.needs_no_broker = true;
		story_tell(&story, "%s %s 20", ways[i], path);
		assert_int_equal(exit_code(&story.watched), 0);
		assert_non_null(strstr(story.watched.out, "received 2560"));
		assert_int_equal(
			json_array_size(json_path(story.summary, "processes.0.sockets")), 20);
		story_end(&story);
	}
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_no_trace_can_be_made_the_host_lives_on),
		cmocka_unit_test(what_is_given_up_costs_no_byte_where_the_trace_can_be_made),
		cmocka_unit_test(a_directory_that_the_host_may_not_write_to_is_said),
		cmocka_unit_test(cancelled_threads_leave_the_connection_whole),
		cmocka_unit_test(a_callback_that_does_not_return_spoils_no_other_producer),
		cmocka_unit_test(with_tcmalloc_everything_is_counted),
		cmocka_unit_test(with_jemalloc_everything_is_counted),
		cmocka_unit_test(an_allocator_that_sends_under_its_lock_does_not_wait_forever),
		cmocka_unit_test(valgrind_finds_no_fault_with_the_shim),
		cmocka_unit_test(a_host_with_addresssanitizer_starts_and_is_judged),
		cmocka_unit_test(another_libc_is_recorded_and_named),
		cmocka_unit_test(a_child_with_another_libc_lives_and_is_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
