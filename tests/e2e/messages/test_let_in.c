/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_let_in.c - a broker that accepts connections but lets no client in: the
 * report says whether TLS, certificate, user or protocol was the reason, from
 * what the connections showed; and the same host when it is let in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define TRUSTS "security.protocol=ssl ssl.ca.location="
#define USER "sasl.mechanism=PLAIN sasl.username=me sasl.password=secret"

/* The sum over all peers of one end. */
static int64_t sum_of(const struct story *story, const char *end)
{
	json_t *peers = json_path(story->summary, "processes.0.peers"), *peer;
	int64_t sum = 0;
	size_t i;

	json_array_foreach(peers, i, peer) sum += json_number(peer, end);
	return sum;
}

/* All messages failed, and this is why: so many connections ended in one of these ways. */
static void expect_turned_away(const struct story *story, const char *end, const char *or_end,
			       const char *change)
{
	json_t *first = json_path(story->summary, "processes.0.findings.0");
	int64_t turned = sum_of(story, end) + (or_end ? sum_of(story, or_end) : 0);

	assert_string_equal(story->watched.out, "10 failed\n");
	assert_string_equal(story_verdict(story), "failed");
	assert_string_equal(json_text(first, "id"), "broker-unreachable");
	assert_true(turned > 0);
	assert_int_equal(json_number(first, "evidence.turned_away"), turned);
	assert_int_equal(sum_of(story, "refused"), 0);
	assert_int_equal(sum_of(story, "let_in"), 0);
	if (!strstr(json_text(first, "change"), change))
		fail_msg("%s", json_text(first, "change"));
	assert_non_null(strstr(json_text(story->summary, "why"), "let"));
}

static void expect_let_in(const struct story *story)
{
	assert_string_equal(story->watched.out, "0 failed\n");
	story_expect(story, "clean", NULL);
	assert_true(sum_of(story, "let_in") > 0);
	assert_int_equal(sum_of(story, "turned_since"), 0);
	assert_false(story_has(story, "broker-unreachable"));
	assert_false(story_has(story, "broker-errors"));
}

static struct story tell_tls(const char *arguments)
{
	struct story story = story_of("enters");

	story_needs("openssl");
	story.tls = "--partitions 1";
	story_tell(&story, "@ %s", arguments);
	return story;
}

static struct story tell_plain(const char *fake, const char *arguments)
{
	struct story story = story_of("enters");

	story.fake = fake;
	story_tell(&story, "@ %s", arguments);
	return story;
}

static char *trusting(const char *authority)
{
	char *arguments;

	assert_true(asprintf(&arguments, TRUSTS "%s", authority) > 0);
	return arguments;
}

/* An authority that has signed nothing. */
static char *stranger(void)
{
	char *path = scratch_name(".pem"), *command;

	assert_true(asprintf(&command,
			     "openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null "
			     "-out %s -days 2 -subj /CN=stranger 2>/dev/null",
			     path) > 0);
	assert_int_equal(system(command), 0);
	free(command);
	return path;
}

static void plaintext_where_tls_is_spoken(void **state)
{
	struct story story = tell_tls("");

	(void)state;
	expect_turned_away(&story, "hung_up", "wants_tls", "security.protocol");
	story_end(&story);
}

static void a_certificate_of_a_stranger(void **state)
{
	story_needs("openssl");
	char *authority = stranger(), *arguments = trusting(authority);
	struct story story = tell_tls(arguments);

	(void)state;
	expect_turned_away(&story, "distrusted", NULL, "authority");
	story_end(&story);
	free(arguments);
	free(authority);
}

/* The producer is destroyed while a broker is slow in the middle of the handshake, and closes
 * the connection: that is no word on the certificate. */
static void a_handshake_that_the_end_interrupts(void **state)
{
	struct story story = story_of("enters");
	char *arguments;

	(void)state;
	story_needs("openssl");
	arguments = trusting(certificate_file());
	story.tls = "--partitions 1 --hold-handshake";
	story_tell(&story, "@ %s", arguments);
	assert_string_equal(story.watched.out, "10 failed\n");
	assert_string_equal(story_verdict(&story), "failed");
	assert_true(sum_of(&story, "connected") > 0);
	assert_int_equal(sum_of(&story, "distrusted"), 0);
	assert_int_equal(sum_of(&story, "let_in"), 0);
	story_end(&story);
	free(arguments);
}

static void a_certificate_that_is_trusted(void **state)
{
	story_needs("openssl");
	char *arguments = trusting(certificate_file());
	struct story story = tell_tls(arguments);

	(void)state;
	expect_let_in(&story);
	story_end(&story);
	free(arguments);
}

static void tls_where_plaintext_is_spoken(void **state)
{
	story_needs("openssl");
	char *arguments = trusting(certificate_file());
	struct story story = tell_plain("--partitions 1", arguments);

	(void)state;
	expect_turned_away(&story, "no_tls", NULL, "speaks TLS");
	story_end(&story);
	free(arguments);
}

static void a_user_that_nobody_knows(void **state)
{
	struct story story = tell_plain("--partitions 1 --know-nobody",
					"security.protocol=sasl_plaintext " USER);
	json_t *answer = json_path(story.summary, "processes.0.peers.0.answers.0");

	(void)state;
	assert_string_equal(story.watched.out, "10 failed\n");
	assert_true(story_has(&story, "broker-errors"));
	assert_int_equal(json_number(answer, "code"), 58);
	assert_string_equal(json_text(answer, "api_name"), "SaslAuthenticate");
	assert_non_null(strstr(json_text(story.summary, "why"), "SASL_AUTHENTICATION_FAILED"));
	assert_non_null(
		strstr(json_text(json_path(story.summary, "processes.0.findings.0"), "change"),
		       "password"));
	assert_int_equal(sum_of(&story, "let_in"), 0);
	story_end(&story);
}

/* The broker's answer cannot be read, and the client ends the connection. */
static struct story tell_hidden_user(const char *broker)
{
	struct story story = story_of("enters");
	char *arguments;

	story_needs("openssl");
	story.tls = broker;
	assert_true(asprintf(&arguments, "security.protocol=sasl_ssl ssl.ca.location=%s " USER,
			     certificate_file()) > 0);
	story_tell(&story, "@ %s", arguments);
	free(arguments);
	return story;
}

static void a_user_that_nobody_knows_over_tls(void **state)
{
	struct story story = tell_hidden_user("--partitions 1 --know-nobody");

	(void)state;
	expect_turned_away(&story, "authentication_refused", NULL, "password");
	story_end(&story);
}

static void a_user_that_is_known_over_tls(void **state)
{
	struct story story = tell_hidden_user("--partitions 1");

	(void)state;
	expect_let_in(&story);
	story_end(&story);
}

static void a_user_that_is_known(void **state)
{
	struct story story =
		tell_plain("--partitions 1", "security.protocol=sasl_plaintext " USER);

	(void)state;
	expect_let_in(&story);
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plaintext_where_tls_is_spoken),
		cmocka_unit_test(a_certificate_of_a_stranger),
		cmocka_unit_test(a_handshake_that_the_end_interrupts),
		cmocka_unit_test(a_certificate_that_is_trusted),
		cmocka_unit_test(tls_where_plaintext_is_spoken),
		cmocka_unit_test(a_user_that_nobody_knows),
		cmocka_unit_test(a_user_that_is_known),
		cmocka_unit_test(a_user_that_nobody_knows_over_tls),
		cmocka_unit_test(a_user_that_is_known_over_tls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
