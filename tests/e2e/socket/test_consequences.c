/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_consequences.c - settings of a socket that had an effect, and that those
 * that had none are not reported.
 */
#include "bytes.h"

#include <stdio.h>
#include <string.h>

static json_t *evidence(const struct story *story, const char *id)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_path(story->summary, "processes.0.findings"), i,
			   row) if (strcmp(json_text(row, "id"), id) ==
				    0) return json_object_get(row, "evidence");
	fail_msg("no finding %s", id);
	return NULL;
}

#define SENT 2000000

/* What was not taken is what was offered, less what was: it was offered once. */
static void a_send_that_gave_up_and_was_forgotten(void **state)
{
	struct story story = bytes_tell("send_times_out", "forgets");
	json_t *socket = bytes_sender(&story);
	int64_t left = SENT - json_number(socket, "bytes.accepted");

	(void)state;
	assert_string_equal(story.watched.out, "some\n");
	assert_true(left > 0);
	assert_int_equal(json_number(socket, "send_timeouts.count"), 1);
	assert_int_equal(json_number(socket, "send_timeouts.not_taken_bytes"), left);
	assert_true(json_is_false(json_path(socket, "send_timeouts.went_on")));
	story_expect(&story, "blind", "send-timeout");
	assert_int_equal(json_number(evidence(&story, "send-timeout"), "not_taken_bytes"),
			 left);
	assert_int_equal(json_number(evidence(&story, "send-timeout"), "send_timeout_ns"),
			 200000000);
	story_end(&story);
}

static void a_send_that_was_refused_for_its_time(void **state)
{
	struct story story = bytes_tell("send_times_out", "refused");
	json_t *socket = bytes_sender(&story);

	(void)state;
	assert_string_equal(story.watched.out, "some\nEAGAIN\n");
	assert_between(json_number(socket, "send_timeouts.count"), 2, 3);
	/* What comes after the rest was refused stands in its place, and is refused, too. */
	int64_t left = SENT - json_number(socket, "bytes.accepted");

	assert_int_equal(json_number(socket, "bytes.offered"), SENT);
	assert_true(json_number(socket, "send_timeouts.not_taken_bytes") > left);
	assert_true(json_is_false(json_path(socket, "send_timeouts.went_on")));
	story_expect(&story, "blind", "send-timeout");
	story_end(&story);
}

/* 1.5 s of a peer that does not read, in pieces of 200 ms. */
static void a_send_that_gave_up_and_was_gone_on_with(void **state)
{
	struct story story = bytes_tell("send_times_out", "goes_on");
	json_t *socket = bytes_sender(&story);

	(void)state;
	assert_string_equal(story.watched.out, "sent 2000000\n");
	assert_between(json_number(socket, "send_timeouts.count"), 2, 8);
	assert_true(json_number(socket, "send_timeouts.not_taken_bytes") > 0);
	assert_int_equal(json_number(socket, "bytes.offered"), SENT);
	assert_int_equal(json_number(socket, "bytes.accepted"), SENT);
	assert_true(json_is_true(json_path(socket, "send_timeouts.went_on")));
	assert_true(json_number(socket, "stalls.receiver_ns") >
		    json_number(socket, "stalls.total_ns") / 2);
	assert_false(story_has(&story, "network-stall"));
	/* Each call entered while the stall of the one before went on: no time counts twice. */
	assert_between(json_number(socket, "stalls.total_ns"), 1000000000,
		       json_number(story.summary, "processes.0.duration_ns"));
	story_expect(&story, "blind", "send-timeout");
	story_end(&story);
}

static void a_timeout_that_does_not_run_out_is_none(void **state)
{
	struct story story = bytes_tell("send_times_out", "in_time");
	json_t *socket = bytes_sender(&story);

	(void)state;
	assert_int_equal(json_number(socket, "settings.send_timeout_ns"), 20200000000);
	assert_int_equal(json_number(socket, "send_timeouts.count"), 0);
	assert_true(json_is_unknown(socket, "send_timeouts.went_on"));
	/* It was stalled nevertheless. */
	assert_true(json_number(socket, "stalls.longest_ns") > 100000000);
	assert_false(story_has(&story, "send-timeout"));
	story_end(&story);
}

static void a_connection_that_tcp_gave_up(void **state)
{
	static const char *const ways[] = {"sends", "receives", "again"};
	static const char *const said[] = {"send: ETIMEDOUT\n", "recv: ETIMEDOUT\n",
					   "send: ETIMEDOUT\nagain: EPIPE\n"};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct story story = bytes_tell("given_up", ways[i]);
		json_t *socket = bytes_sender(&story), *finding;

		assert_string_equal(story.watched.out, said[i]);
		assert_string_equal(json_text(socket, "end.error"), "ETIMEDOUT");
		story_expect(&story, "blind", "connection-timed-out");
		assert_false(story_has(&story, "reset-on-close"));
		finding = evidence(&story, "connection-timed-out");
		assert_int_equal(json_number(finding, "user_timeout_ns"), 400000000);
		assert_int_equal(json_number(finding, "unacknowledged_bytes"),
				 json_number(socket, "end.unsent_bytes"));
		assert_string_equal(json_text(socket, "end.how"), "close");
		/* The peer's small window took a part; the rest had no way out. */
		assert_between(json_number(socket, "end.unsent_bytes"), 1,
			       json_number(socket, "bytes.accepted"));
		story_end(&story);
	}
}

static void a_connection_that_it_did_not(void **state)
{
	struct story story = bytes_tell("given_up", "reads");
	json_t *socket = bytes_sender(&story);

	(void)state;
	assert_int_equal(json_number(socket, "settings.user_timeout_ns"), 400000000);
	assert_true(json_is_unknown(socket, "end.error"));
	assert_false(story_has(&story, "connection-timed-out"));
	story_end(&story);
}

/* It was not reset, and TCP did not give it up. */
static void an_end_of_its_own_is_no_error_of_others(void **state)
{
	struct story story = bytes_tell("given_up", "own");
	json_t *socket = bytes_sender(&story);

	(void)state;
	assert_non_null(strstr(story.watched.out, "again: EPIPE\n"));
	assert_string_equal(json_text(socket, "end.how"), "shutdown");
	assert_true(json_is_unknown(socket, "end.error"));
	assert_false(story_has(&story, "reset-on-close"));
	story_end(&story);
}

/* Four messages that wait for 200 ms each; 150 and the kernel's tick are not in doubt. */
static void a_cork_that_is_never_taken_off_holds_each_message(void **state)
{
	struct story story = bytes_tell("small_writes", "corked");
	json_t *socket = bytes_sender(&story);

	(void)state;
	assert_string_equal(story.watched.out, "4 rounds\n");
	assert_int_equal(json_number(socket, "stalls.cork_waits"), 4);
	assert_between(json_number(socket, "stalls.cork_held_ns"), 600000000,
		       json_number(story.summary, "processes.0.duration_ns"));
	story_expect(&story, "blind", "cork-delay");
	story_end(&story);
}

static void a_cork_that_is_taken_off_holds_nothing(void **state)
{
	struct story story = bytes_tell("small_writes", "cork");

	(void)state;
	assert_int_equal(json_number(bytes_sender(&story), "stalls.cork_waits"), 0);
	assert_false(story_has(&story, "cork-delay"));
	story_end(&story);
	/* It answers late, and nothing was held. */
	story = bytes_tell("small_writes", "late");
	assert_true(json_is_true(json_path(bytes_sender(&story), "settings.corked")));
	assert_int_equal(json_number(bytes_sender(&story), "stalls.cork_waits"), 0);
	story_end(&story);
}

/* It goes out with the connection, and no time was lost. */
static void a_cork_that_is_left_on_lets_go_at_the_end(void **state)
{
	struct story story = bytes_tell("small_writes", "leaves");
	json_t *socket = bytes_sender(&story);

	(void)state;
	assert_int_equal(json_number(socket, "end.corked_bytes"), 104);
	assert_int_equal(json_number(socket, "stalls.cork_waits"), 0);
	assert_false(story_has(&story, "cork-delay"));
	story_end(&story);
}

/* The kernel's own send buffer would have taken all of it at once. */
static void stalls_by_the_low_water_mark_are_its_own(void **state)
{
	static const char *const modes[] = {"blocking", "nonblocking"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct story story = bytes_tell("sends_below", modes[i]);
		json_t *socket = bytes_sender(&story), *finding;
		int64_t lowat_ns = json_number(socket, "stalls.notsent_lowat_ns");

		assert_true(lowat_ns > 100000000);
		assert_true(lowat_ns > json_number(socket, "stalls.total_ns") / 2);
		assert_true(json_real_value(json_path(socket, "fill.max")) < 0.5);
		story_expect(&story, "blind", "notsent-lowat-stall");
		assert_false(story_has(&story, "send-buffer-stall"));
		assert_false(story_has(&story, "receiver-stall"));
		finding = evidence(&story, "notsent-lowat-stall");
		assert_int_equal(json_number(finding, "notsent_lowat"), 16384);
		story_end(&story);
	}
}

static void a_low_water_mark_that_is_not_reached_is_none(void **state)
{
	struct story story = bytes_tell("sends_below", "small");
	json_t *socket = bytes_sender(&story);

	(void)state;
	assert_int_equal(json_number(socket, "settings.notsent_lowat"), 16384);
	assert_int_equal(json_number(socket, "stalls.notsent_lowat_ns"), 0);
	assert_false(story_has(&story, "notsent-lowat-stall"));
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_send_that_gave_up_and_was_forgotten),
		cmocka_unit_test(a_send_that_was_refused_for_its_time),
		cmocka_unit_test(a_send_that_gave_up_and_was_gone_on_with),
		cmocka_unit_test(a_timeout_that_does_not_run_out_is_none),
		cmocka_unit_test(a_connection_that_tcp_gave_up),
		cmocka_unit_test(a_connection_that_it_did_not),
		cmocka_unit_test(an_end_of_its_own_is_no_error_of_others),
		cmocka_unit_test(a_cork_that_is_never_taken_off_holds_each_message),
		cmocka_unit_test(a_cork_that_is_taken_off_holds_nothing),
		cmocka_unit_test(a_cork_that_is_left_on_lets_go_at_the_end),
		cmocka_unit_test(stalls_by_the_low_water_mark_are_its_own),
		cmocka_unit_test(a_low_water_mark_that_is_not_reached_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
