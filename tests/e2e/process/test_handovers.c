/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_handovers.c - a connection that another process has, too, has not ended
 * when one process closes it.
 *
 * All messages arrive in these stories: no loss is reported. What each process
 * wrote is in its own trace.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#define FRAME_BYTES 100047

static const char *const ways[] = {"fork", "exec", "scm", "scm_self"};

static struct story tell(const char *how, const char *what, const char *sink)
{
	struct story story = story_of("hands_over");

	story.sink = sink;
	story_tell(&story, "%s %s @", how, what);
	assert_int_equal(story.arrived, FRAME_BYTES);
	return story;
}

static int64_t accepted_bytes(const struct story *story)
{
	json_t *process, *socket;
	int64_t accepted = 0;
	size_t i, j;

	json_array_foreach(json_path(story->summary, "processes"), i, process)
		json_array_foreach(json_object_get(process, "sockets"), j, socket) accepted +=
		json_number(socket, "bytes.accepted");
	return accepted;
}

/* What the other process wrote is not missed: its own trace has it. */
static void nothing_is_unseen(const struct story *story)
{
	json_t *process, *socket;
	size_t i, j;

	json_array_foreach(json_path(story->summary, "processes"), i, process)
	{
		json_array_foreach(json_object_get(process, "sockets"), j, socket)
		{
			if (!json_is_unknown(socket, "bytes.unseen"))
				assert_int_equal(json_number(socket, "bytes.unseen"), 0);
		}
	}
}

static void a_request_that_another_finishes_was_not_cut_off(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct story story = tell(ways[i], "frame", "--rcvbuf 16384 --stall 500");

		assert_string_not_equal(story_verdict(&story), "lost");
		assert_string_not_equal(story_verdict(&story), "clean");
		assert_false(story_has(&story, "cut-frame"));
		assert_int_equal(accepted_bytes(&story), FRAME_BYTES);
		nothing_is_unseen(&story);
		story_end(&story);
	}
}

/* Input unread at the close resets a connection only if no other process has it. */
static void a_close_is_no_reset_while_another_keeps_it_open(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct story story =
			tell(ways[i], "kept", "--rcvbuf 16384 --stall 500 --reply 40");

		story_expect(&story, "at_risk", NULL);
		assert_false(story_has(&story, "reset-on-close"));
		story_end(&story);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_that_another_finishes_was_not_cut_off),
		cmocka_unit_test(a_close_is_no_reset_while_another_keeps_it_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
