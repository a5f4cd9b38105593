/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tls.c - the same producers over TLS, where frames cannot be read.
 *
 * Values that only frames could give are null; which producer a connection
 * belongs to, and which messages never entered a request, is still known. The
 * counts are compared with those of a broker behind a TLS server.
 */
#include "harness.h"

#include <stdint.h>
#include <string.h>

#define MANY 1000

enum ending {
	FLUSHES,
	FORGETS,
	IS_WRITTEN, /* and not answered */
	CLOSES,	    /* as a program with acks=0 has to */
	ENDINGS,
};

static const struct client {
	const char *needs, *host;
	const char *trusts; /* before the certificate */
	const char *endings[ENDINGS];
	const char *acks0, *linger;
} librdkafka = {"openssl", "over_tls", "", {"flush", "none", "written", "flush"}, "0", "all"},
  kafka_python = {"kafka",
		  "kafka_python_ends.py",
		  "security_protocol=SSL ssl_cafile=",
		  {"flush", "none", "written", "close"},
		  "acks=0",
		  "linger_ms=300"};

static struct story tell(const struct client *client, enum ending ending, const char *broker,
			 const char *setting)
{
	struct story story = story_of(client->host);

	story_needs("openssl");
	story_needs(client->needs);
	story.tls = broker;
	story_tell(&story, "@ %s %d %s%s %s", client->endings[ending], MANY, client->trusts,
		   certificate_file(), setting);
	return story;
}

/* Fails unless each connection that more went out on than TLS says for itself is the
 * producer's. */
static void expect_linked(const struct story *story)
{
	json_t *socket, *busiest = NULL;
	size_t i;

	json_array_foreach(json_path(story->summary, "processes.0.sockets"), i, socket)
	{
		assert_true(json_is_true(json_object_get(socket, "tls")));
		if (!busiest || json_number(socket, "bytes.accepted") >
					json_number(busiest, "bytes.accepted"))
			busiest = socket;
	}
	assert_non_null(busiest);
	assert_int_equal(json_number(busiest, "producer"), 0);
	assert_true(json_is_unknown(busiest, "requests.produce"));
}

static void what_was_flushed_is_clean(void **state)
{
	const struct client *client = *state;
	struct story story = tell(client, FLUSHES, "", "");

	story_expect(&story, "clean", NULL);
	assert_int_equal(story_count(&story, "delivered"), MANY);
	assert_int_equal(story.arrived, MANY);
	expect_linked(&story);
	story_end(&story);
}

/* What is said to be lost did not arrive, and what arrived is not said to be lost. */
static void what_was_forgotten_is_never_clean(void **state)
{
	const struct client *client = *state;
	struct story story = tell(client, FORGETS, "", "");
	int64_t unsent = story_count(&story, "unsent");

	assert_int_equal(story_count(&story, "produced"), MANY);
	if (story.arrived < MANY && strcmp(story_verdict(&story), "lost") != 0)
		story_expect(&story, "at_risk", NULL);
	assert_string_not_equal(story_verdict(&story), "clean");
	assert_string_not_equal(story_verdict(&story), "blind");
	if (unsent != UNKNOWN_NUMBER)
		assert_true(story.arrived <= MANY - unsent);
	story_expect_truth(&story);
	story_end(&story);
}

static void what_was_written_and_not_answered_is_at_risk(void **state)
{
	const struct client *client = *state;
	struct story story = tell(client, IS_WRITTEN, "--never-answer", client->linger);

	story_expect(&story, "at_risk", NULL);
	assert_int_equal(story_count(&story, "outstanding"), MANY);
	assert_int_equal(story_count(&story, "unsent"), UNKNOWN_NUMBER);
	assert_int_equal(story.arrived, MANY);
	expect_linked(&story);
	story_end(&story);
}

static void without_acks_what_was_closed_is_clean(void **state)
{
	const struct client *client = *state;
	struct story story = tell(client, CLOSES, "", client->acks0);

	story_expect(&story, "clean", NULL);
	assert_int_equal(story_count(&story, "unconfirmed"), MANY);
	assert_int_equal(story.arrived, MANY);
	expect_linked(&story);
	story_end(&story);
}

/* kafka-python calls them done before it has written them. */
static void without_acks_what_is_clean_has_arrived(void **state)
{
	for (int i = 0; i < 4; i++) {
		struct story story = tell(*state, FLUSHES, "", "acks=0");

		if (strcmp(story_verdict(&story), "clean") == 0) {
			assert_int_equal(story.arrived, MANY);
		} else if (strcmp(story_verdict(&story), "lost") == 0) {
			/* The bytes that were written cannot have held them all. */
			story_expect(&story, "lost", "acks0-unsent");
			assert_true(story.arrived < MANY);
		} else {
			story_expect(&story, "at_risk", "acks0-unsent");
		}
		assert_true(story_count(&story, "unconfirmed") <= story.arrived);
		story_end(&story);
	}
}

static void without_acks_a_large_image_is_lost_though_it_was_closed(void **state)
{
	struct story story = story_of("kafka_python_image.py");

	(void)state;
	story_needs("openssl");
	story_needs("kafka");
	story.tls = "--rcvbuf 16384 --stall 2";
	story_tell(&story, "@ 8 security_protocol=SSL ssl_cafile=%s", certificate_file());
	assert_int_equal(story.arrived, 0);
	story_expect(&story, "lost", "acks0-unsent");
	assert_int_equal(story_count(&story, "unsent"), 1);
	story_end(&story);
}

/* So many bytes are in the kernel still when the process ends. */
static void expect_in_kernel(const char *broker, const char *ending)
{
	struct story story = story_of("over_tls");

	story_needs("openssl");
	story.tls = broker;
	story_tell(&story, "@ %s 20 %s 0 100000", ending, certificate_file());
	story_expect(&story, "at_risk", "acks0-unsent");
	assert_int_equal(story_count(&story, "unconfirmed"), 20);
	story_end(&story);
}

static void without_acks_what_the_kernel_held_at_the_end_is_at_risk(void **state)
{
	(void)state;
	expect_in_kernel("--rcvbuf 16384 --stall 2", "flush");
}

static void without_acks_what_the_kernel_held_when_it_was_killed_is_at_risk(void **state)
{
	(void)state;
	expect_in_kernel("--rcvbuf 16384 --stall 2", "killed");
}

static void without_acks_what_a_reset_threw_away_is_at_risk(void **state)
{
	(void)state;
	expect_in_kernel("--rcvbuf 16384 --reset-after 300000", "flush");
}

/* A request is on its way, and neither librdkafka's count nor a frame says so. */
static void what_was_written_and_not_told_of_yet_is_at_risk(void **state)
{
	struct story story = story_of("over_tls");

	(void)state;
	story_needs("openssl");
	story.tls = "";
	story_tell(&story, "@ untold %d %s", MANY, certificate_file());
	story_expect(&story, "at_risk", NULL);
	assert_int_equal(story_count(&story, "outstanding"), MANY);
	assert_true(story.arrived > 0);
	story_expect_truth(&story);
	story_end(&story);
}

#define OVER(client, test)                                                                     \
	{                                                                                      \
#test ": " #client, test, NULL, NULL, (void *)(uintptr_t) & (client)           \
	}

/* Who closes TLS says so, after the last answer: those bytes are not acknowledged yet. */
static void the_last_word_of_tls_is_no_data(void **state)
{
	struct story story = tell(&librdkafka, FLUSHES, "", "all");
	json_t *socket;
	size_t i;

	(void)state;
	story_expect(&story, "clean", NULL);
	json_array_foreach(json_path(story.summary, "processes.0.sockets"), i, socket)
		assert_int_equal(json_number(socket, "end.unsent_bytes"), 0);
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OVER(librdkafka, what_was_flushed_is_clean),
		OVER(librdkafka, what_was_forgotten_is_never_clean),
		OVER(librdkafka, what_was_written_and_not_answered_is_at_risk),
		OVER(librdkafka, without_acks_what_was_closed_is_clean),
		OVER(kafka_python, what_was_flushed_is_clean),
		OVER(kafka_python, what_was_forgotten_is_never_clean),
		OVER(kafka_python, what_was_written_and_not_answered_is_at_risk),
		OVER(kafka_python, without_acks_what_was_closed_is_clean),
		OVER(kafka_python, without_acks_what_is_clean_has_arrived),
		cmocka_unit_test(without_acks_a_large_image_is_lost_though_it_was_closed),
		cmocka_unit_test(without_acks_what_the_kernel_held_at_the_end_is_at_risk),
		cmocka_unit_test(
			without_acks_what_the_kernel_held_when_it_was_killed_is_at_risk),
		cmocka_unit_test(without_acks_what_a_reset_threw_away_is_at_risk),
		cmocka_unit_test(what_was_written_and_not_told_of_yet_is_at_risk),
		cmocka_unit_test(the_last_word_of_tls_is_no_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
