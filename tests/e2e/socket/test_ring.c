/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ring.c - bytes that are sent through io_uring are not seen, and the
 * verdict is never clean.
 */
#include "harness.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void rings_are_needed(void)
{
	struct io_uring_params params = {0};
	long fd = syscall(SYS_io_uring_setup, 2, &params);

	if (fd < 0)
		skip_because("io_uring_setup: %s", strerror(errno));
	close((int)fd);
}

/* Over all connections but those to Kafka; the one end at the peer sends nothing. */
static int64_t sum_of_others(const struct story *story, const char *path)
{
	json_t *socket;
	int64_t sum = 0;
	size_t i;

	json_array_foreach(json_path(story->summary, "processes.0.sockets"), i, socket)
	{
		if (!json_is_true(json_object_get(socket, "kafka")))
			sum += json_number(socket, path);
	}
	return sum;
}

static void what_a_ring_sends_makes_the_process_blind(void **state)
{
	struct story story = story_of("sends_by_ring");

	(void)state;
	rings_are_needed();
	story_tell(&story, "@ send");
	story_expect(&story, "blind", "io-uring-unseen");
	assert_int_equal(story.arrived, 10);
	assert_int_equal(story_count(&story, "delivered"), 10);
	assert_int_equal(sum_of_others(&story, "bytes.accepted"), 0);
	/* TCP counts the beginning and the end of a connection as bytes too. */
	assert_between(sum_of_others(&story, "bytes.unseen"), 65536, 65536 + 2);
	story_end(&story);
}

static void a_ring_for_files_does_not(void **state)
{
	struct story story = story_of("sends_by_ring");

	(void)state;
	rings_are_needed();
	story_tell(&story, "@ file");
	story_expect(&story, "clean", NULL);
	assert_false(story_has(&story, "io-uring-unseen"));
	assert_int_equal(sum_of_others(&story, "bytes.accepted"), 65536);
	assert_int_equal(sum_of_others(&story, "bytes.unseen"), 0);
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_ring_sends_makes_the_process_blind),
		cmocka_unit_test(a_ring_for_files_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
