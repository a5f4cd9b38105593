/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stalls.c - the cause of a stall, and whether the program waited for its
 * end.
 */
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>

/* A stall of this length is reported with a cause. */
#define WORTH_SAYING_NS 100000000

/* It reads 300 ms after the buffer was full. What the sender then loses to others on a
 * busy machine has other names, and may be long, too. */
static void is_the_readers_fault(json_t *socket)
{
	int64_t receiver_ns = json_number(socket, "stalls.receiver_ns");

	if (receiver_ns < 290000000 || receiver_ns < json_number(socket, "stalls.network_ns") ||
	    receiver_ns < json_number(socket, "stalls.send_buffer_ns"))
		fail_msg("%s", json_dumps(json_object_get(socket, "stalls"), 0));
}

/* A connection lives no longer than its process. */
static void is_a_share_of_life(const struct story *story, json_t *socket)
{
	double share = json_real_value(json_path(socket, "stalls.life_share"));
	double least = (double)json_number(socket, "stalls.total_ns") /
		       (double)json_number(story->summary, "processes.0.duration_ns");

	if (share < least - 0.001 || share > 1)
		fail_msg("%f of its life, of the process's %f", share, least);
}

static void a_late_reader_is_to_blame(void **state)
{
	static const char *const modes[] = {"blocking", "nonblocking"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct story story = bytes_tell("sends_bytes", modes[i]);
		json_t *socket = bytes_sender(&story);

		bytes_causes_add_up(socket);
		is_the_readers_fault(socket);
		is_a_share_of_life(&story, socket);
		story_expect(&story, "blind", "receiver-stall");
		/* On a busy machine the buffer may have had its share. */
		if (json_number(socket, "stalls.send_buffer_ns") < WORTH_SAYING_NS)
			assert_false(story_has(&story, "autotuning-off"));
		story_end(&story);
	}
}

static void a_program_that_waits_does_not_spin(void **state)
{
	static const char *const ways[] = {"poll", "select", "epoll", "sleep"};

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct story story = bytes_tell("meets_full_buffer", ways[i]);

		assert_true(json_number(bytes_sender(&story), "eagain") > 0);
		assert_false(story_has(&story, "eagain-spin"));
		story_end(&story);
	}
}

/* What a call that blocks has met is not what it leaves behind. */
static void a_call_that_blocks_has_met_a_full_buffer(void **state)
{
	struct story story = bytes_tell("sends_bytes", "blocking");

	(void)state;
	assert_true(json_real_value(json_path(bytes_sender(&story), "fill.max")) >= 1.0);
	story_end(&story);
	story = bytes_tell("small_writes", "nodelay");
	assert_true(json_real_value(json_path(bytes_sender(&story), "fill.max")) < 0.5);
	story_end(&story);
}

static void a_program_that_tries_again_at_once_spins(void **state)
{
	struct story story = bytes_tell("meets_full_buffer", "spin");
	json_t *socket = bytes_sender(&story);

	(void)state;
	/* Not more than met it, and most of them. */
	assert_between(json_number(socket, "stalls.eagain_spins"),
		       json_number(socket, "eagain") / 2, json_number(socket, "eagain"));
	bytes_causes_add_up(socket);
	story_expect(&story, "blind", "eagain-spin");
	story_end(&story);
}

static void small_writes_wait_for_a_delayed_acknowledgement(void **state)
{
	struct story story = bytes_tell("small_writes", "nagle");

	(void)state;
	/* The first ones are acknowledged at once: that is how TCP starts. */
	assert_between(json_number(bytes_sender(&story), "stalls.nagle_waits"), 5, 45);
	story_expect(&story, "blind", "nagle-delay");
	story_end(&story);
}

static void small_writes_that_need_not_wait_do_not(void **state)
{
	static const char *const ways[] = {"nodelay", "together", "cork"};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct story story = bytes_tell("small_writes", ways[i]);

		assert_int_equal(json_number(bytes_sender(&story), "stalls.nagle_waits"), 0);
		assert_false(story_has(&story, "nagle-delay"));
		story_end(&story);
	}
}

static void settings_are_as_the_kernel_took_them(json_t *socket)
{
	assert_true(json_is_true(json_path(socket, "settings.nodelay")));
	assert_true(json_is_true(json_path(socket, "settings.corked")));
	assert_int_equal(json_number(socket, "settings.linger_s"), 3);
	assert_int_equal(json_number(socket, "settings.notsent_lowat"), 16384);
	assert_int_equal(json_number(socket, "settings.send_timeout_ns"), 7000000000);
	assert_int_equal(json_number(socket, "settings.user_timeout_ns"), 9000000000);
}

static void a_buffer_that_is_cut_is_said(void **state)
{
	static const char *const when[] = {"huge", "huge after"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct story story = bytes_tell("sets_options", when[i]);
		json_t *socket = bytes_sender(&story);

		settings_are_as_the_kernel_took_them(socket);
		assert_int_equal(json_number(socket, "send_buffer.requested"), 1000000000);
		assert_int_equal(json_number(socket, "send_buffer.effective"),
				 atoi(story.watched.out));
		story_expect(&story, "blind", "send-buffer-capped");
		story_end(&story);
	}
}

static void a_buffer_that_is_granted_is_not(void **state)
{
	static const char *const when[] = {"modest", "modest after"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct story story = bytes_tell("sets_options", when[i]);
		json_t *socket = bytes_sender(&story);

		settings_are_as_the_kernel_took_them(socket);
		assert_int_equal(json_number(socket, "send_buffer.effective"), 16384);
		assert_false(story_has(&story, "send-buffer-capped"));
		story_end(&story);
	}
}

/* What SO_SNDBUFFORCE grants is told from what SO_SNDBUF is cut to. */
static void a_buffer_that_is_forced_is_not_cut(void **state)
{
	static const char *const when[] = {"forced", "forced after"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct story story = bytes_tell("sets_options", when[i]);

		if (exit_code(&story.watched) == 77) {
			story_end(&story);
			skip_because("SO_SNDBUFFORCE is not granted here");
		}
		json_t *socket = bytes_sender(&story);

		settings_are_as_the_kernel_took_them(socket);
		assert_int_equal(json_number(socket, "send_buffer.requested"), 1000000000);
		assert_int_equal(json_number(socket, "send_buffer.effective"), 2000000000);
		assert_true(json_is_true(json_path(socket, "send_buffer.forced")));
		assert_false(story_has(&story, "send-buffer-capped"));
		story_end(&story);
	}
}

/* The moments of a process add up to its totals and never go back; a stall is counted in them
 * while it is open. */
static void the_series_tells_the_same_life(void **state)
{
	struct story story = bytes_tell("sends_bytes", "nonblocking");
	json_t *moments = json_path(story.summary, "processes.0.series.moments"), *moment;
	json_t *sockets = json_path(story.summary, "processes.0.sockets"), *socket;
	int64_t accepted = 0, stalled_ns = 0, at_ns = -1, stalling = 0;
	size_t i;

	(void)state;
	json_array_foreach(moments, i, moment)
	{
		assert_true(json_number(moment, "at_ns") > at_ns);
		assert_true(json_number(moment, "accepted_bytes") >= accepted);
		assert_true(json_number(moment, "stalled_ns") >= stalled_ns);
		stalling += json_number(moment, "stalled_ns") > stalled_ns;
		at_ns = json_number(moment, "at_ns");
		accepted = json_number(moment, "accepted_bytes");
		stalled_ns = json_number(moment, "stalled_ns");
	}
	json_array_foreach(sockets, i, socket)
	{
		accepted -= json_number(socket, "bytes.accepted");
		stalled_ns -= json_number(socket, "stalls.total_ns");
	}
	assert_int_equal(accepted, 0);
	assert_int_equal(stalled_ns, 0);
	assert_true(stalling >= 1);
	assert_int_equal(at_ns, json_number(story.summary, "processes.0.duration_ns"));
	assert_int_equal(json_number(story.summary, "processes.0.series.width_ns"), 50000000);
	story_end(&story);
}

/* The other end, the peer's, is the same process's and does not write. */
static json_t *stalled_socket(const struct story *story)
{
	json_t *socket, *found = NULL;
	size_t i;

	json_array_foreach(json_path(story->summary, "processes.0.sockets"), i, socket)
	{
		if (!found ||
		    json_number(socket, "stalls.count") > json_number(found, "stalls.count"))
			found = socket;
	}
	assert_non_null(found);
	return found;
}

/* Killed 400 ms into it: an open stall is counted up to the end of the process. */
static void assert_stalled_to_the_end(const char *mode)
{
	struct story story = story_of("dies_blocked");

	story.needs_no_broker = true;
	story_tell(&story, "%s", mode);
	json_t *socket = stalled_socket(&story);
	int64_t stalled_ns = json_number(socket, "stalls.total_ns");

	assert_true(json_is_true(json_path(socket, "stalls.at_end")));
	assert_between(stalled_ns, 300000000,
		       json_number(story.summary, "processes.0.duration_ns"));
	assert_int_equal(json_number(socket, "stalls.longest_ns"), stalled_ns);
	assert_string_equal(json_text(story.summary, "processes.0.end.how"), "signal");
	story_end(&story);
}

static void a_stall_lasts_to_the_death_of_the_process(void **state)
{
	(void)state;
	assert_stalled_to_the_end("blocking");
	assert_stalled_to_the_end("nonblocking");
}

static void waiting_for_something_else_at_death_is_no_stall(void **state)
{
	struct story story = story_of("dies_blocked");

	(void)state;
	story.needs_no_broker = true;
	story_tell(&story, "idle");
	json_t *socket = stalled_socket(&story);

	assert_int_equal(json_number(socket, "stalls.count"), 0);
	assert_true(json_is_false(json_path(socket, "stalls.at_end")));
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_that_is_forced_is_not_cut),
		cmocka_unit_test(the_series_tells_the_same_life),
		cmocka_unit_test(a_stall_lasts_to_the_death_of_the_process),
		cmocka_unit_test(waiting_for_something_else_at_death_is_no_stall),
		cmocka_unit_test(a_late_reader_is_to_blame),
		cmocka_unit_test(a_program_that_waits_does_not_spin),
		cmocka_unit_test(a_call_that_blocks_has_met_a_full_buffer),
		cmocka_unit_test(a_program_that_tries_again_at_once_spins),
		cmocka_unit_test(small_writes_wait_for_a_delayed_acknowledgement),
		cmocka_unit_test(small_writes_that_need_not_wait_do_not),
		cmocka_unit_test(a_buffer_that_is_cut_is_said),
		cmocka_unit_test(a_buffer_that_is_granted_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
