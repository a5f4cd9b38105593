/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_unserved.c - what the mock cluster logs, and which clients it does not
 * serve
 */
#include "run/unserved.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "testing.h"

#define SECOND 1000000000LL

static struct unserved unserved;
static int64_t now;

static int begin(void **state)
{
	(void)state;
	memset(&unserved, 0, sizeof(unserved));
	now = SECOND;
	return 0;
}

static bool note(const char *words, int client)
{
	char line[200];

	snprintf(line, sizeof(line), "[thrd:mock]: Broker 1: ");
	snprintf(line + strlen(line), sizeof(line) - strlen(line), words, client);
	return unserved_note(&unserved, line, now, SECOND);
}

/* It asks, is answered and hangs up `after_ns` later. */
static bool hangs_up(int client, int64_t after_ns)
{
	assert_false(note("Received ApiVersionRequestV3 from 127.0.0.1:%d", client));
	assert_false(note("Sending ApiVersionResponseV3 to 127.0.0.1:%d", client));
	now += after_ns;
	return note("Connection from 127.0.0.1:%d closed: Read error", client);
}

static void three_that_hang_up_are_one_that_is_not_served(void **state)
{
	(void)state;
	assert_false(hangs_up(1, SECOND));
	assert_false(hangs_up(2, SECOND));
	assert_string_equal(unserved.words, "");
	assert_true(hangs_up(3, SECOND));
	assert_non_null(strstr(unserved.words, "ApiVersions 3"));
	/* And no more is said. */
	for (int i = 4; i < 10; i++)
		assert_false(hangs_up(i, SECOND));
}

static void who_asks_for_more_is_served(void **state)
{
	(void)state;
	for (int i = 0; i < 9; i++) {
		assert_false(note("Received ApiVersionRequestV3 from 127.0.0.1:%d", i));
		assert_false(note("Sending ApiVersionResponseV3 to 127.0.0.1:%d", i));
		assert_false(note(i & 1 ? "Received ApiVersionRequestV0 from 127.0.0.1:%d"
					: "Received MetadataRequestV2 from 127.0.0.1:%d",
				  i));
		now += 2 * SECOND;
		assert_false(note("Connection from 127.0.0.1:%d closed: Read error", i));
	}
}

static void another_that_is_served_begins_it_anew(void **state)
{
	(void)state;
	assert_false(hangs_up(1, SECOND));
	assert_false(hangs_up(2, SECOND));
	assert_false(note("Received ProduceRequestV7 from 127.0.0.1:%d", 9));
	assert_false(hangs_up(3, SECOND));
	assert_false(hangs_up(4, SECOND));
	assert_true(hangs_up(5, SECOND));
}

/* Java's client asks again with what it was told, and then waits. */
static void who_asks_for_nothing_more_and_waits_is_not_served(void **state)
{
	(void)state;
	for (int version = 3; version >= 0; version -= 3) {
		note(version ? "Received ApiVersionRequestV3 from 127.0.0.1:%d"
			     : "Received ApiVersionRequestV0 from 127.0.0.1:%d",
		     1);
		assert_false(unserved_idle(&unserved, now + 9 * SECOND, SECOND));
		note(version ? "Sending ApiVersionResponseV3 to 127.0.0.1:%d"
			     : "Sending ApiVersionResponseV0 to 127.0.0.1:%d",
		     1);
	}
	assert_false(unserved_idle(&unserved, now + 3 * SECOND, SECOND));
	assert_true(unserved_idle(&unserved, now + 4 * SECOND, SECOND));
	assert_non_null(strstr(unserved.words, "ApiVersions 0"));
	assert_false(unserved_idle(&unserved, now + 9 * SECOND, SECOND));
}

static void who_waits_after_another_was_served_may_be_idle(void **state)
{
	(void)state;
	note("Received ApiVersionRequestV0 from 127.0.0.1:%d", 1);
	note("Sending ApiVersionResponseV0 to 127.0.0.1:%d", 1);
	note("Received MetadataRequestV2 from 127.0.0.1:%d", 2);
	assert_false(unserved_idle(&unserved, now + 9 * SECOND, SECOND));
}

static void who_has_left_waits_no_more(void **state)
{
	(void)state;
	note("Received ApiVersionRequestV0 from 127.0.0.1:%d", 1);
	note("Sending ApiVersionResponseV0 to 127.0.0.1:%d", 1);
	now += SECOND;
	assert_false(note("Connection from 127.0.0.1:%d closed: Read error", 1));
	assert_false(unserved_idle(&unserved, now + 9 * SECOND, SECOND));
}

/* Their programs have ended, and would have gone on. */
static void who_cannot_have_read_the_answer_says_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 9; i++)
		assert_false(hangs_up(i, SECOND - 1));
	for (int i = 0; i < 9; i++) {
		assert_false(note("Received ApiVersionRequestV3 from 127.0.0.1:%d", i));
		now += 2 * SECOND;
		assert_false(note("Connection from 127.0.0.1:%d closed: Read error", i));
	}
}

static void a_request_that_is_not_known_is_told_at_once(void **state)
{
	(void)state;
	assert_true(note("unsupported MetadataRequest version 7 from 127.0.0.1:%d", 1));
	assert_non_null(strstr(unserved.words, "its Metadata request of version 7"));
	begin(state);
	assert_true(note("unsupported CreateTopicsRequestV5 from 127.0.0.1:%d", 1));
	assert_non_null(strstr(unserved.words, "its CreateTopics request of version 5"));
}

static void more_at_a_time_than_there_is_room_for_are_survived(void **state)
{
	(void)state;
	for (int i = 0; i < 3 * UNSERVED_LINES; i++) {
		assert_false(note("Received ApiVersionRequestV3 from 127.0.0.1:%d", i));
		assert_false(note("Sending ApiVersionResponseV3 to 127.0.0.1:%d", i));
	}
	now += SECOND;
	assert_false(note("Connection from 127.0.0.1:%d closed: x", 0));
	assert_false(note("Connection from 127.0.0.1:%d closed: x", UNSERVED_LINES));
	assert_false(note("Connection from 127.0.0.1:%d closed: x", 1));
	assert_true(note("Connection from 127.0.0.1:%d closed: x", 2));
}

static void other_lines_say_nothing(void **state)
{
	static const char *const lines[] = {"",
					    "Broker",
					    "Broker 1: ",
					    "Broker 1: unsupported ",
					    "Broker 1: Received ",
					    "Broker 1: Sending x"};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_false(unserved_note(&unserved, lines[i], now, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(three_that_hang_up_are_one_that_is_not_served, begin),
		cmocka_unit_test_setup(who_asks_for_more_is_served, begin),
		cmocka_unit_test_setup(who_asks_for_nothing_more_and_waits_is_not_served,
				       begin),
		cmocka_unit_test_setup(who_waits_after_another_was_served_may_be_idle, begin),
		cmocka_unit_test_setup(who_has_left_waits_no_more, begin),
		cmocka_unit_test_setup(another_that_is_served_begins_it_anew, begin),
		cmocka_unit_test_setup(who_cannot_have_read_the_answer_says_nothing, begin),
		cmocka_unit_test_setup(a_request_that_is_not_known_is_told_at_once, begin),
		cmocka_unit_test_setup(more_at_a_time_than_there_is_room_for_are_survived,
				       begin),
		cmocka_unit_test_setup(other_lines_say_nothing, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
