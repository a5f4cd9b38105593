/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_jvm.c - a JVM without a known Java client: it is not changed, and the
 * report says so.
 *
 * The real client comes from a registry: tests/field/java and java_hosts count
 * its messages. These tests need no client: the guest looks into the JVM (the
 * sender thread has the client's name), and then leaves it alone.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define PRODUCER                                                                               \
	"/usr/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 %s -cp %s "                    \
	"org.apache.kafka.clients.producer.StrangeProducer "
#define STRANGE                                                                                \
	"/usr/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp %s "                       \
	"org.apache.kafka.clients.producer.internals.Sender @ "

/* Where its classes are, compiled once. */
static const char *classes(void)
{
	static char *at;
	struct ended made;
	char *command;

	if (at)
		return at;
	at = scratch_name("");
	assert_true(asprintf(&command,
			     "/usr/bin/javac -d %s " PATH_HOST_SOURCES
			     "/java/StrangeSender.java " PATH_HOST_SOURCES
			     "/java/StrangeProducer.java",
			     at) > 0);
	made = program_run(command, NULL);
	assert_int_equal(exit_code(&made), 0);
	ended_free(&made);
	free(command);
	return at;
}

static char *notes_of(const struct story *story)
{
	return json_dumps(json_path(story->summary, "processes.0.layers.notes"), 0);
}

static void expect_left_alone(const struct story *story)
{
	json_t *jvm = json_path(story->summary, "processes.0.layers.jvm");
	char *notes = notes_of(story);

	assert_non_null(strstr(notes, "this JVM"));
	assert_string_equal(json_text(jvm, "clients.0.name"), "kafka-clients");
	assert_true(json_is_false(json_path(jvm, "clients.0.probed")));
	assert_non_null(strstr(json_text(jvm, "version"), "VM"));
	free(notes);
}

static void an_unknown_shape_is_left_alone_and_said(void **state)
{
	struct story story = story_of("/usr/bin/env");

	(void)state;
	story_needs("javac");
	story_tell(&story, STRANGE "return", classes());
	story_expect(&story, "blind", "nothing-seen");
	assert_int_equal(exit_code(&story.watched), 0);
	assert_non_null(strstr(story.watched.out, "answer 5\n"));
	expect_left_alone(&story);
	story_end(&story);
}

/* The host law, by story_tell: same output, threads, descriptors and status. */
static void it_ends_as_it_would_have_ended(void **state)
{
	static const struct {
		const char *how;
		int code;
	} ends[] = {{"exit", 7}, {"halt", 8}, {"throw", 1}};

	(void)state;
	story_needs("javac");
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct story story = story_of("/usr/bin/env");

		story_tell(&story, STRANGE "%s", classes(), ends[i].how);
		assert_int_equal(exit_code(&story.watched), ends[i].code);
		expect_left_alone(&story);
		story_end(&story);
	}
}

static void it_is_said_of_one_that_was_killed(void **state)
{
	struct story story = story_of("/usr/bin/env");

	(void)state;
	story_needs("javac");
	story_tell(&story, STRANGE "kill", classes());
	assert_true(WIFSIGNALED(story.watched.status));
	expect_left_alone(&story);
	story_end(&story);
}

/* What its send() refused would be on no connection. Selectors are epoll's, or poll's. */
static void a_producer_is_met_as_it_is_made(void **state)
{
	static const char *const providers[] = {
		"", "-Djava.nio.channels.spi.SelectorProvider=sun.nio.ch.PollSelectorProvider"};

	(void)state;
	story_needs("javac");
	for (size_t i = 0; i < sizeof providers / sizeof *providers; i++) {
		struct story story = story_of("/usr/bin/env");

		story_tell(&story, PRODUCER "made", providers[i], classes());
		story_expect(&story, "blind", "nothing-seen");
		assert_non_null(strstr(story.watched.out, "open true\n"));
		expect_left_alone(&story);
		story_end(&story);
	}
}

static void a_selector_of_others_is_not_looked_into(void **state)
{
	struct story story = story_of("/usr/bin/env");

	(void)state;
	story_needs("javac");
	story_tell(&story, PRODUCER "named", "", classes());
	story_expect(&story, "blind", "nothing-seen");
	assert_true(json_is_unknown(story.summary, "processes.0.layers.jvm"));
	story_end(&story);
}

static void the_probe_can_be_turned_off(void **state)
{
	struct story story = story_of("/usr/bin/env");
	char *notes;

	(void)state;
	story_needs("javac");
	story_tell(&story, "UNFLUSHED_PROBE_JVM=off " STRANGE "return", classes());
	story_expect(&story, "blind", "nothing-seen");
	assert_true(json_is_unknown(story.summary, "processes.0.layers.jvm"));
	notes = notes_of(&story);
	assert_null(strstr(notes, "this JVM"));
	free(notes);
	story_end(&story);
}

/* Without an address the constructor makes no selector, and nothing else shows that there was
 * to be a producer. Once there is one, names that are found no more are its own affair. */
static void a_name_that_leads_nowhere_is_said(void **state)
{
	static const char *const hows[] = {"finds", "asked"};

	(void)state;
	story_needs("javac");
	for (size_t i = 0; i < sizeof hows / sizeof *hows; i++) {
		struct story story = story_of("/usr/bin/env");

		story_tell(&story, PRODUCER "%s nobody.invalid", "", classes(), hows[i]);
		story_expect(&story, "blind", "broker-unreachable");
		assert_non_null(strstr(story.watched.out, i ? "not found\n" : "no producer\n"));
		json_t *peer = json_path(story.summary, "processes.0.peers.0");

		assert_string_equal(json_text(peer, "name"), "nobody.invalid");
		assert_int_equal(json_number(peer, "attempts"), 1);
		expect_left_alone(&story);
		story_end(&story);
	}
}

/* What the program looks up before, and what is found, is nobody's. */
static void names_of_others_are_not_looked_into(void **state)
{
	static const char *const hows[] = {"asks nobody.invalid", "finds localhost"};

	(void)state;
	story_needs("javac");
	for (size_t i = 0; i < sizeof hows / sizeof *hows; i++) {
		struct story story = story_of("/usr/bin/env");

		story_tell(&story, PRODUCER "%s", "", classes(), hows[i]);
		story_expect(&story, "blind", "nothing-seen");
		assert_non_null(strstr(story.watched.out, "open true\n"));
		assert_false(story_has(&story, "broker-unreachable"));
		story_end(&story);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unknown_shape_is_left_alone_and_said),
		cmocka_unit_test(it_ends_as_it_would_have_ended),
		cmocka_unit_test(it_is_said_of_one_that_was_killed),
		cmocka_unit_test(a_producer_is_met_as_it_is_made),
		cmocka_unit_test(a_selector_of_others_is_not_looked_into),
		cmocka_unit_test(the_probe_can_be_turned_off),
		cmocka_unit_test(a_name_that_leads_nowhere_is_said),
		cmocka_unit_test(names_of_others_are_not_looked_into),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
