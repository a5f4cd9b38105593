/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_asking.c - a thread that waits for POLLOUT with a full send buffer is
 * stalled; one that waits for something else is not.
 */
#include "bytes.h"

#include <stdio.h>
#include <string.h>

static json_t *told_asking(struct story *story, const char *how, const char *rest)
{
	char arguments[64];

	snprintf(arguments, sizeof(arguments), "%s %s", how, rest);
	*story = story_of("asks_first");
	story->needs_no_broker = true;
	story->output_varies = true; /* how long it asked */
	story_tell(story, "%s", arguments);
	assert_non_null(strstr(story->watched.out, "received all\n"));
	json_t *socket = bytes_sender(story);

	assert_int_equal(json_number(socket, "eagain"), 0);
	assert_int_equal(json_number(socket, "short_writes"), 0);
	bytes_causes_add_up(socket);
	return socket;
}

/* The longest question for room by the host's own clock. On a loaded machine even one that
 * is answered at once lasts until its thread is let run again. */
static int64_t asked_ns(const struct story *story)
{
	const char *found = strstr(story->watched.out, "asked for ");
	long long asked;

	assert_non_null(found);
	assert_int_equal(sscanf(found, "asked for %lld ns", &asked), 1);
	return asked;
}

static const char *const questions[] = {"poll",	 "ppoll",   "select", "pselect",
					"epoll", "oneshot", "pwait"};
#define QUESTIONS (sizeof(questions) / sizeof(*questions))
#define READS_AFTER_NS 300000000

/* It is held up in the question: for as long as the peer did not read, whether
 * it asks once or every 20 ms. */
static void asking_for_room_is_a_stall_while_there_is_none(void **state)
{
	static const char *const rest[] = {"late 5000", "late 20"};

	(void)state;
	for (size_t i = 0; i < 2 * QUESTIONS; i++) {
		struct story story;
		json_t *socket = told_asking(&story, questions[i / 2], rest[i % 2]);

		assert_between(json_number(socket, "stalls.longest_ns"), READS_AFTER_NS,
			       json_number(story.summary, "processes.0.duration_ns"));
		assert_true(json_number(socket, "stalls.receiver_ns") > READS_AFTER_NS / 2);
		assert_true(json_is_false(json_path(socket, "stalls.at_end")));
		story_expect(&story, "blind", "receiver-stall");
		story_end(&story);
	}
}

static void asking_where_there_is_room_is_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < QUESTIONS; i++) {
		struct story story;
		json_t *socket = told_asking(&story, questions[i], "fast 5000");

		assert_true(json_number(socket, "stalls.longest_ns") <= asked_ns(&story));
		assert_false(story_has(&story, "receiver-stall"));
		story_end(&story);
	}
}

/* 400 ms with a full buffer, and no call waited for room. */
static void waiting_for_an_answer_is_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < QUESTIONS; i++) {
		struct story story;
		json_t *socket = told_asking(&story, questions[i], "else 5000");

		assert_true(json_number(socket, "stalls.longest_ns") <= asked_ns(&story));
		story_end(&story);
	}
}

/* Killed, or left by another thread, 400 ms into a question whose like it had asked before. */
static void a_question_lasts_to_the_death_of_the_process(void **state)
{
	static const char *const ways[] = {"poll room", "select room", "epoll room",
					   "poll exit", "select exit", "epoll exit"};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct story story = bytes_tell("dies_asking", ways[i]);
		json_t *socket = bytes_sender(&story);

		assert_int_equal(json_number(socket, "eagain"), 0);
		assert_true(json_is_true(json_path(socket, "stalls.at_end")));
		assert_between(json_number(socket, "stalls.longest_ns"), 300000000,
			       json_number(story.summary, "processes.0.duration_ns"));
		story_end(&story);
	}
}

/* The buffer is as full, and no call waited for room in it: what it asked before was answered
 * at once. */
static void a_question_for_something_else_is_none(void **state)
{
	static const char *const ways[] = {"poll else", "select else", "epoll else"};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct story story = story_of("dies_asking");

		story.needs_no_broker = true;
		story.output_varies = true;
		story_tell(&story, "%s", ways[i]);
		json_t *socket = bytes_sender(&story);

		assert_true(json_number(socket, "stalls.longest_ns") <= asked_ns(&story));
		assert_true(json_is_false(json_path(socket, "stalls.at_end")));
		story_end(&story);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asking_for_room_is_a_stall_while_there_is_none),
		cmocka_unit_test(asking_where_there_is_room_is_none),
		cmocka_unit_test(waiting_for_an_answer_is_none),
		cmocka_unit_test(a_question_lasts_to_the_death_of_the_process),
		cmocka_unit_test(a_question_for_something_else_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
