/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_spawn.c - children that libc creates inside a function, and which of the
 * connections they inherit.
 *
 * If a child inherits a connection, the parent's close does not end it: no loss
 * is reported for a request that the child completed. On a connection that it
 * does not inherit, a half-written request is as lost as without a child.
 */
#include "harness.h"

#include <string.h>

#define FRAME_BYTES 100047
#define FRAME_HALF (FRAME_BYTES / 2)

struct cell {
	const char *how, *has, *what;
};

/* One of many at a time: says which it is before it fails. */
static struct story cell_tell(const struct cell *cell)
{
	struct story story = story_of("spawns");

	story.sink = strcmp(cell->what, "kept") == 0 ? "--rcvbuf 16384 --stall 500 --reply 40"
						     : "--rcvbuf 16384 --stall 500";
	story_tell(&story, "%s %s %s @", cell->how, cell->has, cell->what);
	printf("%s, %s, %s: %s, %lld bytes arrived\n", cell->how, cell->has, cell->what,
	       story_verdict(&story), (long long)story.arrived);
	return story;
}

static const struct cell finished[] = {
	{"spawn", "inherited", "frame"},     {"spawnp", "inherited", "frame"},
	{"system", "inherited", "frame"},    {"popen", "inherited", "frame"},
	{"vfork", "inherited", "frame"},     {"clone", "inherited", "frame"},
	{"raw", "inherited", "frame"},	     {"plain", "inherited", "frame"},
	{"fork", "inherited", "frame"},	     {"fork", "passed", "frame"},
	{"fork_forks", "kept_out", "frame"}, {"fork_spawns", "kept_out", "frame"},
	{"fork_lends", "kept_out", "frame"}, {"fork_writes", "kept_out", "frame"},
	{"daemon", "inherited", "frame"},    {"spawn", "passed", "frame"},
	{"spawnp", "passed", "frame"},	     {"vfork", "passed", "frame"},
	{"clone", "passed", "frame"},
};

static void finished_try(size_t index)
{
	struct story story = cell_tell(&finished[index]);

	story_expect(&story, "at_risk", "left-to-another");
	assert_false(story_has(&story, "cut-frame"));
	assert_int_equal(story.arrived, FRAME_BYTES);
	story_end(&story);
}

static void a_request_that_a_child_finishes_was_not_cut_off(void **state)
{
	(void)state;
	cells_try(sizeof(finished) / sizeof(*finished), 4, finished_try);
}

static const struct cell kept[] = {
	{"spawn", "inherited", "kept"},	    {"spawn", "passed", "kept"},
	{"system", "inherited", "kept"},    {"popen", "inherited", "kept"},
	{"vfork", "inherited", "kept"},	    {"vfork", "passed", "kept"},
	{"raw", "inherited", "kept"},	    {"fork", "inherited", "kept"},
	{"fork_forks", "kept_out", "kept"}, {"fork_lends", "kept_out", "kept"},
};

static void kept_try(size_t index)
{
	struct story story = cell_tell(&kept[index]);

	story_expect(&story, "at_risk", NULL);
	assert_false(story_has(&story, "reset-on-close"));
	assert_int_equal(story.arrived, FRAME_BYTES);
	story_end(&story);
}

static void a_close_is_no_reset_while_a_child_keeps_it_open(void **state)
{
	(void)state;
	cells_try(sizeof(kept) / sizeof(*kept), 4, kept_try);
}

static const struct cell cut[] = {
	{"spawn", "kept_out", "cut"},  {"spawn", "closed", "cut"},
	{"spawn", "swept", "cut"},     {"spawn", "none", "cut"},
	{"spawnp", "kept_out", "cut"}, {"spawnp", "closed", "cut"},
	{"spawnp", "none", "cut"},     {"vfork", "kept_out", "cut"},
	{"vfork", "closed", "cut"},    {"vfork", "swept", "cut"},
	{"vfork", "none", "cut"},      {"clone", "kept_out", "cut"},
	{"system", "kept_out", "cut"}, {"popen", "kept_out", "cut"},
	{"exec", "none", "cut"},       {"fork", "kept_out", "cut"},
	{"fork", "closed", "cut"},     {"fork", "swept", "cut"},
};

static void cut_try(size_t index)
{
	struct story story = cell_tell(&cut[index]);

	story_expect(&story, "lost", "cut-frame");
	assert_int_equal(story.arrived, FRAME_HALF);
	story_end(&story);
}

static void a_child_without_the_connection_changes_nothing(void **state)
{
	(void)state;
	cells_try(sizeof(cut) / sizeof(*cut), 4, cut_try);
}

/* The host law does the comparing; here is only that it had something to compare. */
static void children_are_what_they_would_be_without_us(void **state)
{
	static const char *const lines[] = {"\nchild: one two yes\nleads\nspawn: 0, EXDEV\n",
					    "\nits status: 1792, EXDEV\n",
					    "\nspawn of none: 2, ",
					    "\nsystem: 1024, EXDEV\n",
					    "\npclose: 768, EXDEV\n",
					    "\npopen strangely: 0, EINVAL\n",
					    "\nwith words: 1, EXDEV\n",
					    "\nclone without a function: -1, EINVAL\n",
					    "\nits status: 2048, EXDEV\n",
					    "\ncancelled: 1, EXDEV\n"};
	struct story story = story_of("spawns_as_told");

	(void)state;
	story.sink = "--connections 1";
	story_tell(&story, "@");
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (!strstr(story.watched.out, lines[i]))
			fail_msg("no '%s' in: %s", lines[i], story.watched.out);
	story_end(&story);
}

/* --- clients that count their messages ------------------------------------------------ */

/* Not so of fork and vfork: a connection that another thread makes meanwhile may be in the
 * child or not. */
static void no_connection_is_shared(const struct story *story)
{
	json_t *process, *socket;
	size_t i, j, seen = 0;

	json_array_foreach(json_path(story->summary, "processes"), i, process)
	{
		json_array_foreach(json_object_get(process, "sockets"), j, socket)
		{
			seen++;
			assert_true(json_is_false(json_path(socket, "end.shared")));
		}
	}
	assert_true(seen > 0);
}

static const char *const ways[] = {"spawn", "system", "popen", "vfork", "fork"};

static void a_producer_that_flushes_is_clean_beside_a_child(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct story story = story_of("spawns_beside");

		story_tell(&story, "@ %s flush", ways[i]);
		story_expect(&story, "clean", NULL);
		assert_int_equal(story.arrived, 100);
		if (!strstr(ways[i], "fork"))
			no_connection_is_shared(&story);
		story_end(&story);
	}
}

static void a_producer_that_forgets_is_lost_beside_a_child(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct story story = story_of("spawns_beside");

		story.dead_broker = true; /* none gets out, however slow the machine */
		story_tell(&story, "@ %s forget", ways[i]);
		story_expect(&story, "lost", NULL);
		assert_true(story_has(&story, "broker-unreachable") ||
			    story_has(&story, "missing-flush")); /* it may not have tried yet */
		assert_int_equal(story_count(&story, "outstanding"), 100);
		story_end(&story);
	}
}

static void kafka_python_is_judged_as_without_a_child(void **state)
{
	static const char *const python_ways[] = {"close", "keep", "shell", "fork"};

	(void)state;
	story_needs("kafka");
	for (size_t i = 0; i < sizeof(python_ways) / sizeof(*python_ways); i++) {
		struct story flushes = story_of("kafka_python_spawns.py");
		struct story forgets = flushes;

		story_tell(&flushes, "@ %s flush", python_ways[i]);
		story_expect(&flushes, "clean", NULL);
		assert_int_equal(flushes.arrived, 100);
		assert_int_equal(story_count(&flushes, "delivered"), 100);
		forgets.rtt_ms = 1000;
		story_tell(&forgets, "@ %s forget", python_ways[i]);
		/* How far they got is the machine's affair: queued, or on their way. */
		assert_true(strcmp(story_verdict(&forgets), "lost") == 0 ||
			    strcmp(story_verdict(&forgets), "at_risk") == 0);
		assert_int_equal(story_count(&forgets, "produced"), 101);
		story_expect_truth(&forgets);
		if (strcmp(python_ways[i], "fork") != 0) {
			no_connection_is_shared(&flushes);
			no_connection_is_shared(&forgets);
		}
		story_end(&flushes);
		story_end(&forgets);
	}
}

/* The cut frame is the evidence: it stays where the child has nothing of it. */
static void an_image_that_is_cut_off_is_lost_beside_a_child(void **state)
{
	static const char *const python_ways[] = {"close", "keep", "shell", "fork"};

	(void)state;
	story_needs("kafka");
	for (size_t i = 0; i < sizeof(python_ways) / sizeof(*python_ways); i++) {
		struct story story = story_of("kafka_python_spawns.py");

		story.fake = "--stall 2 --rcvbuf 16384";
		story_tell(&story, "@ %s image", python_ways[i]);
		assert_int_equal(story.arrived, 0);
		story_expect(&story, "lost", "cut-frame");
		story_end(&story);
	}
}

/* --- other languages' ways ---------------------------------------------------------------- */

/* Python's sockets are close-on-exec unless they are asked not to be. */
static const struct {
	const char *arguments, *verdict, *finding;
	int64_t arrived;
} pythons[] = {
	{"close plain cut", "lost", "cut-frame", FRAME_HALF},
	{"close inheritable cut", "lost", "cut-frame", FRAME_HALF},
	{"keep plain cut", "lost", "cut-frame", FRAME_HALF},
	{"keep inheritable frame", "at_risk", "left-to-another", FRAME_BYTES},
	{"pass plain frame", "at_risk", "left-to-another", FRAME_BYTES},
	{"shell plain cut", "lost", "cut-frame", FRAME_HALF},
};

static void what_pythons_subprocess_hands_on_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pythons) / sizeof(*pythons); i++) {
		struct story story = story_of("spawns.py");

		story.sink = "--rcvbuf 16384 --stall 500";
		story_tell(&story, "%s @", pythons[i].arguments);
		story_expect(&story, pythons[i].verdict, pythons[i].finding);
		assert_int_equal(story.arrived, pythons[i].arrived);
		story_end(&story);
	}
}

/* A JVM's are not; its helper rids itself of them. */
static void a_jvms_helper_has_no_connection_for_long(void **state)
{
	static const char *const mechanisms[] = {"POSIX_SPAWN", "VFORK"};

	(void)state;
	story_needs("java");
	for (int i = 0; i < 2; i++) {
		struct story story = story_of("/usr/bin/java");

		story.sink = "--rcvbuf 16384 --stall 500";
		story.output_varies = true; /* JVMs warn of the older mechanism */
		story_tell(&story,
			   "-Djdk.lang.Process.launchMechanism=%s %s/java/Spawns.java @",
			   mechanisms[i], PATH_HOST_SOURCES);
		story_expect(&story, "lost", "cut-frame");
		assert_int_equal(story.arrived, FRAME_HALF);
		story_end(&story);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_that_a_child_finishes_was_not_cut_off),
		cmocka_unit_test(a_close_is_no_reset_while_a_child_keeps_it_open),
		cmocka_unit_test(a_child_without_the_connection_changes_nothing),
		cmocka_unit_test(children_are_what_they_would_be_without_us),
		cmocka_unit_test(a_producer_that_flushes_is_clean_beside_a_child),
		cmocka_unit_test(a_producer_that_forgets_is_lost_beside_a_child),
		cmocka_unit_test(kafka_python_is_judged_as_without_a_child),
		cmocka_unit_test(an_image_that_is_cut_off_is_lost_beside_a_child),
		cmocka_unit_test(what_pythons_subprocess_hands_on_is_known),
		cmocka_unit_test(a_jvms_helper_has_no_connection_for_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
