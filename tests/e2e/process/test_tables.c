/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tables.c - full tables: what has no row is counted elsewhere, or
 * reported as missing; no message is missed, and no loss is called clean.
 *
 * (Connections and events: test_limits. Threads and descriptors: test_faults.
 * Programs that were started: test_unloaded.)
 */
#include "harness.h"

#include <string.h>

#define SITE_ROWS 512
#define PRODUCER_ROWS 64

/* Of what was dropped either number may be the one. */
static void is_said_to_be_full(const struct story *story)
{
	json_t *finding, *findings = json_path(story->summary, "processes.0.findings");
	int64_t dropped = 0;
	size_t i;

	json_array_foreach(findings, i, finding)
	{
		if (strcmp(json_text(finding, "id"), "events-dropped") == 0)
			dropped += json_number(finding, "evidence.rows") +
				   json_number(finding, "evidence.events");
	}
	assert_true(dropped > 0);
}

/* All arrive, and each is counted once. */
static struct story arrives(const char *how, int64_t messages)
{
	struct story story = story_of("fills_tables");

	story_tell(&story, "@ %s flush", how);
	assert_int_equal(story_count(&story, "produced"), messages);
	assert_int_equal(story_count(&story, "delivered"), messages);
	story_expect(&story, "clean", NULL);
	return story;
}

/* None does, and that is said to the last one. */
static struct story is_lost(const char *how, int64_t messages)
{
	struct story story = story_of("fills_tables");

	story.dead_broker = true;
	story_tell(&story, "@ %s forget", how);
	assert_int_equal(story_count(&story, "produced"), messages);
	assert_int_equal(story_count(&story, "outstanding"), messages);
	assert_int_equal(story_count(&story, "unsent"), messages);
	story_expect(&story, "lost", NULL);
	assert_true(story_has(&story, "broker-unreachable") ||
		    story_has(&story, "missing-flush")); /* it may not have tried yet */
	return story;
}

static void more_lines_than_rows_change_no_count(void **state)
{
	struct story story = arrives("sites", 1200);

	(void)state;
	size_t lines =
		json_array_size(json_path(story.summary, "processes.0.producers.0.call_sites"));

	/* A row is looked for in a few places: some may stay free. */
	assert_true(lines > SITE_ROWS / 2 && lines <= SITE_ROWS);
	is_said_to_be_full(&story);
	story_end(&story);
	story = is_lost("sites", 1200);
	story_end(&story);
}

static void more_names_than_there_is_room_for_change_no_count(void **state)
{
	struct story story = arrives("strings", 700);

	(void)state;
	is_said_to_be_full(&story);
	story_end(&story);
	story = is_lost("strings", 700);
	story_end(&story);
}

static void more_threads_lines_and_topics_than_cells_change_no_count(void **state)
{
	struct story story = arrives("cells", 2400);

	(void)state;
	is_said_to_be_full(&story);
	story_end(&story);
	story = is_lost("cells", 2400);
	story_end(&story);
}

static void of_ten_thousand_producers_every_message_is_missed(void **state)
{
	struct story story = story_of("many_producers");

	(void)state;
	story.dead_broker = true;
	story_tell(&story, "@ abandoned 10000");
	assert_int_equal(json_array_size(json_path(story.summary, "processes.0.producers")),
			 PRODUCER_ROWS);
	assert_int_equal(story_count(&story, "produced"), 30000);
	assert_int_equal(story_count(&story, "outstanding"), 30000);
	story_expect(&story, "lost", "destroy-without-flush");
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_lines_than_rows_change_no_count),
		cmocka_unit_test(more_names_than_there_is_room_for_change_no_count),
		cmocka_unit_test(more_threads_lines_and_topics_than_cells_change_no_count),
		cmocka_unit_test(of_ten_thousand_producers_every_message_is_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
