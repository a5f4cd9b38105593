/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_refusals.c - the change fits the reason for which messages were refused,
 * and is worded for the language of the caller.
 */
#include "judge/refusals.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static struct run run;
static struct trace_producer *producer;
static struct trace_producer_more *more;

static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	producer = maker_story(&maker, 1000, 1000);
	maker_waited(producer, 1000);
	more = maker_producer_more(&maker, producer);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	model_free(&run);
	maker_free(&maker);
	return 0;
}

/* So many were refused, as entry n of the errors. */
static void refused(uint32_t entry, int32_t error, uint64_t messages, uint64_t retried)
{
	maker_count(&maker.topics[0].counts, COUNT_REJECTED, messages);
	producer->errors[entry] = (struct trace_error){
		.code = error, .count = COUNT_REJECTED, .messages = messages};
	producer->rejected_retried += retried;
	more->refused_retried[entry] = retried;
}

static const struct finding *finding(void)
{
	model_free(&run);
	maker_run(&maker, &run);
	const struct finding *found = maker_finding(&run, "rejected-not-retried");

	if (!found)
		fail_msg("it is not raised");
	return found;
}

static void assert_has(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("'%s' is not in '%s'", words, text);
}

static const struct {
	int32_t error;
	uint32_t client;
	enum trace_language language;
	const char *change;
} fits[] = {
	{-184, CLIENT_LIBRDKAFKA, LANGUAGE_C, "rd_kafka_poll("},
	{-184, CLIENT_LIBRDKAFKA, LANGUAGE_PYTHON, "BufferError"},
	{-184, CLIENT_KAFKA_CLIENTS, LANGUAGE_C, "BufferExhaustedException"},
	{10, CLIENT_LIBRDKAFKA, LANGUAGE_C, "message.max.bytes"},
	{10, CLIENT_LIBRDKAFKA, LANGUAGE_PYTHON, "too large"},
	{10, CLIENT_KAFKA_PYTHON, LANGUAGE_PYTHON, "max_request_size"},
	{10, CLIENT_AIOKAFKA, LANGUAGE_PYTHON, "max_request_size"},
	{10, CLIENT_KAFKA_CLIENTS, LANGUAGE_C, "max.request.size"},
	{-188, CLIENT_LIBRDKAFKA, LANGUAGE_C, "create the topic"},
	{-190, CLIENT_LIBRDKAFKA, LANGUAGE_PYTHON, "create the topic or partition"},
	{3, CLIENT_KAFKA_CLIENTS, LANGUAGE_C, "create the topic"},
	{29, CLIENT_LIBRDKAFKA, LANGUAGE_C, "right to write"},
	{-150, CLIENT_LIBRDKAFKA, LANGUAGE_C, "new producer after a fatal error"},
	{-150, CLIENT_LIBRDKAFKA, LANGUAGE_PYTHON, "new Producer after a fatal"},
	{-144, CLIENT_KAFKA_CLIENTS, LANGUAGE_C, "fatal exception"},
	{-172, CLIENT_LIBRDKAFKA, LANGUAGE_C, "begin_transaction"},
	{-185, CLIENT_KAFKA_PYTHON, LANGUAGE_PYTHON, "KafkaTimeoutError"},
	{-185, CLIENT_AIOKAFKA, LANGUAGE_PYTHON, "KafkaTimeoutError"},
	{-185, CLIENT_KAFKA_CLIENTS, LANGUAGE_C, "TimeoutException"},
	{-186, CLIENT_LIBRDKAFKA, LANGUAGE_C, "arguments"},
	{-163, CLIENT_AIOKAFKA, LANGUAGE_PYTHON, "cancelled"},
	{-1, CLIENT_LIBRDKAFKA, LANGUAGE_C, "check what produce returns"},
	{-1, CLIENT_LIBRDKAFKA, LANGUAGE_PYTHON, "catch what produce() raises"},
};

static void the_change_fits_the_error_and_the_client(void **state)
{
	(void)state;
	refused(0, -1, 3, 0);
	for (size_t i = 0; i < sizeof fits / sizeof *fits; i++) {
		producer->errors[0].code = fits[i].error;
		producer->client = fits[i].client;
		maker.sites[0].language = fits[i].language;
		assert_has(finding()->change, fits[i].change);
	}
}

/* Of 500 that found the queue full all were tried again; one was too large. */
static void the_error_of_what_is_left_is_the_one_that_counts(void **state)
{
	(void)state;
	refused(0, -184, 500, 500);
	refused(1, 10, 1, 0);
	assert_has(finding()->change, "too large");
	assert_has(finding()->text, "1 message (MSG_SIZE_TOO_LARGE) was never tried again");
	assert_int_equal(run.processes[0].producers[0].errors[0].retried, 500);
	assert_int_equal(run.processes[0].producers[0].errors[1].retried, 0);
}

static void several_errors_are_told_apart(void **state)
{
	(void)state;
	refused(0, -184, 500, 491);
	refused(1, 10, 1, 0);
	assert_has(finding()->change, "BufferError");
	assert_has(finding()->text, "10 messages (9 _QUEUE_FULL, 1 MSG_SIZE_TOO_LARGE)");
}

/* As older guests leave it: by error nothing is known. */
static void what_is_not_known_by_error_is_unknown(void **state)
{
	(void)state;
	refused(0, -184, 500, 499);
	more->refused_retried[0] = 0;
	assert_has(finding()->text, "1 message (_QUEUE_FULL) was never tried again");
	assert_int_equal(run.processes[0].producers[0].errors[0].retried, UNKNOWN);
}

static void what_was_lost_from_sight_is_said_and_not_counted(void **state)
{
	(void)state;
	refused(0, -184, 500, 100);
	more->refused_lost_sight = 300;
	assert_has(finding()->text, "is not known, for 300 could not be remembered; at least "
				    "100 were not");
	assert_int_equal(run.verdict, VERDICT_AT_RISK);
	assert_int_equal(run.processes[0].producers[0].rejected_retried, UNKNOWN);
}

static void equal_ones_are_a_remark_beside_the_number(void **state)
{
	(void)state;
	refused(0, -184, 400, 399);
	more->refused_alike = 420;
	more->refused_settled = 21;
	assert_has(finding()->text, "1 message (_QUEUE_FULL) was never tried again");
	assert_has(finding()->text, "up to 399 more are missing");
}

static const struct words {
	enum refusal_cause cause;
	enum voice voice;
	const char *change, *how;
} table[] = {
#define REFUSAL(name, speaks, ...) {REFUSAL_##name, VOICE_##speaks, __VA_ARGS__},
#include "judge/refusals.def"
};
#define ROWS (sizeof table / sizeof *table)

static bool has_words(enum refusal_cause cause, enum voice voice)
{
	for (size_t i = 0; i < ROWS; i++)
		if (table[i].cause == cause && table[i].voice == voice)
			return true;
	return false;
}

static bool names_c(const struct words *words)
{
	return strstr(words->change, "rd_kafka_") || strstr(words->how, "rd_kafka_") ||
	       strstr(words->how, "RD_KAFKA_");
}

/* Where C's words name C's functions, the others have words of their own. */
static void nobody_is_told_to_call_a_function_of_another_language(void **state)
{
	static const enum voice others[] = {VOICE_CPP, VOICE_PYTHON, VOICE_KAFKA_PYTHON,
					    VOICE_AIOKAFKA, VOICE_JAVA};

	(void)state;
	for (int cause = 0; cause < REFUSAL_CAUSES; cause++)
		assert_true(has_words((enum refusal_cause)cause, VOICE_C));
	for (size_t i = 0; i < ROWS; i++) {
		if (strlen(table[i].change) > 70)
			fail_msg("'%s' does not fit a line", table[i].change);
		assert_true(strlen(table[i].how) > 20);
		if (table[i].voice != VOICE_C)
			assert_false(names_c(&table[i]));
		for (size_t j = 0; names_c(&table[i]) && j < sizeof others / sizeof *others;
		     j++)
			if (!has_words(table[i].cause, others[j]))
				fail_msg("'%s' has no words for voice %d", table[i].change,
					 others[j]);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_change_fits_the_error_and_the_client),
		TEST(the_error_of_what_is_left_is_the_one_that_counts),
		TEST(several_errors_are_told_apart),
		TEST(what_is_not_known_by_error_is_unknown),
		TEST(what_was_lost_from_sight_is_said_and_not_counted),
		TEST(equal_ones_are_a_remark_beside_the_number),
		TEST(nobody_is_told_to_call_a_function_of_another_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
