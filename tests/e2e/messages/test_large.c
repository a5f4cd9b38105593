/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_large.c - how long each stage of large messages took, in librdkafka.
 *
 * librdkafka reports when a message is accepted and when it is done. The stages
 * in between come from its requests on the connection and from the processor
 * time of the thread that builds them. A time that cannot be known is null.
 */
#include "harness.h"

#include <string.h>

#define BYTES 700000 /* below batch.size, so that it lingers */
#define MS INT64_C(1000000)

static struct story tell(int count, int letters, const char *settings)
{
	struct story story = story_of("large");

	story.fake = "";
	story_tell(&story, "@ %d %d %d %s", count, BYTES, letters, settings);
	assert_int_equal(story.arrived, count);
	return story;
}

static json_t *producer(const struct story *story, const char *path)
{
	return json_path(json_path(story->summary, "processes.0.producers.0"), path);
}

static int64_t stage(const struct story *story, const char *name)
{
	return json_number(producer(story, "stages"), name);
}

static json_t *only_large(const struct story *story)
{
	json_t *large = producer(story, "large_messages");

	assert_int_equal(json_array_size(large), 1);
	return json_array_get(large, 0);
}

/* Nothing but the client took time; a quick codec is not reported. */
static void a_slow_codec_is_the_clients_own_time(void **state)
{
	(void)state;
	for (int slow = 0; slow < 2; slow++) {
		struct story story = tell(1, 4,
					  slow ? "compression.codec=gzip compression.level=9"
					       : "compression.codec=lz4");
		json_t *large = only_large(&story);

		assert_int_equal(story_has(&story, "client-slow"), slow);
		assert_int_equal(json_number(large, "bytes"), BYTES);
		assert_int_equal(json_number(large, "call_site"), 0);
		assert_true(json_number(large, "before_ns") >=
			    json_number(large, "build_cpu_ns"));
		assert_true(json_number(large, "writing_ns") > 0);
		assert_int_equal(stage(&story, "build_cpu_ns"),
				 json_number(large, "build_cpu_ns"));
		assert_true(json_number(large, "took_ns") >=
			    json_number(large, "before_ns") + json_number(large, "writing_ns") +
				    json_number(large, "answering_ns"));
		assert_true(json_is_unknown(large, "send_ns"));
		assert_true(json_is_unknown(large, "build_ns"));
		story_end(&story);
	}
}

/* The message waits because it was asked to. */
static void waiting_for_linger_is_not_the_processors_time(void **state)
{
	struct story story = tell(1, 64, "linger.ms=900");
	json_t *large = only_large(&story);

	(void)state;
	assert_true(json_number(large, "before_ns") >= 850 * MS);
	assert_true(json_number(large, "build_cpu_ns") < 100 * MS);
	assert_true(json_number(large, "answering_ns") < 850 * MS);
	assert_false(story_has(&story, "client-slow"));
	story_end(&story);
}

static void a_slow_broker_answers_late(void **state)
{
	struct story story = story_of("large");
	json_t *large;

	(void)state;
	story.fake = "--delay 900";
	story_tell(&story, "@ 1 %d", BYTES);
	large = only_large(&story);
	assert_true(json_number(large, "answering_ns") >= 850 * MS);
	assert_true(json_number(large, "before_ns") < 850 * MS);
	assert_false(story_has(&story, "client-slow"));
	story_end(&story);
}

/* Some are in the send buffer before it is full. */
static void a_reader_that_stalls_shows_between_first_byte_and_last(void **state)
{
	struct story story = story_of("large");
	json_t *large;

	(void)state;
	story.fake = "--stall 2 --rcvbuf 4096";
	story_tell(&story, "@ 1 4000000 64 socket.send.buffer.bytes=131072");
	large = only_large(&story);
	assert_true(json_number(large, "writing_ns") >= 1500 * MS);
	assert_true(json_number(large, "before_ns") < 1500 * MS);
	story_end(&story);
}

/* Each in its own request, all of them counted. */
static void each_message_is_found_in_its_request(void **state)
{
	struct story story = tell(20, 64, "batch.size=1000");
	json_t *large;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(producer(&story, "large_messages")), 20);
	json_array_foreach(producer(&story, "large_messages"), i, large)
	{
		assert_true(json_number(large, "before_ns") > 0);
		assert_true(json_number(large, "writing_ns") > 0);
		assert_true(json_number(large, "answering_ns") > 0);
	}
	assert_int_equal(stage(&story, "offered"), 20);
	assert_int_equal(stage(&story, "written"), 20);
	assert_int_equal(stage(&story, "answered"), 20);
	assert_int_equal(stage(&story, "bytes"), 20 * BYTES);
	story_end(&story);
}

/* Of what was built in one turn the share of each is not known, and not 0. */
static void of_requests_built_at_once_the_sum_is_known(void **state)
{
	struct story story = tell(4, 4,
				  "batch.size=1000 linger.ms=300 compression.codec=gzip "
				  "compression.level=9 "
				  "queue.buffering.backpressure.threshold=1000");
	json_t *large;
	size_t i;

	(void)state;
	json_array_foreach(producer(&story, "large_messages"), i, large)
	{
		if (!json_is_unknown(large, "build_cpu_ns"))
			assert_true(json_number(large, "build_cpu_ns") > 10 * MS);
		assert_true(json_number(large, "before_ns") > 0);
	}
	assert_true(stage(&story, "build_cpu_ns") > 100 * MS);
	assert_true(story_has(&story, "client-slow"));
	story_end(&story);
}

static void without_acks_nothing_is_answered(void **state)
{
	struct story story = tell(2, 64, "acks=0");

	(void)state;
	assert_int_equal(stage(&story, "written"), 2);
	assert_true(stage(&story, "writing_ns") > 0);
	assert_int_equal(stage(&story, "answered"), 0);
	assert_true(json_is_unknown(producer(&story, "stages"), "answering_ns"));
	story_end(&story);
}

/* The client says when a request was written; when its writing began cannot be seen. */
static void over_tls_the_first_byte_is_not_known(void **state)
{
	struct story story = story_of("over_tls");
	json_t *large;

	(void)state;
	story_needs("openssl");
	story.tls = "--delay 900";
	story_tell(&story, "@ flush 1 %s all %d", certificate_file(), BYTES);
	large = only_large(&story);
	assert_true(json_is_unknown(large, "before_ns"));
	assert_true(json_is_unknown(large, "writing_ns"));
	assert_true(json_is_unknown(large, "build_cpu_ns"));
	assert_true(json_number(large, "answering_ns") >= 850 * MS);
	assert_true(json_is_unknown(producer(&story, "stages"), "before_ns"));
	assert_int_equal(stage(&story, "answered"), 1);
	story_end(&story);
}

/* It was in no request, and what is refused is no message. */
static void what_never_left_has_no_stages(void **state)
{
	struct story story = story_of("large");
	json_t *large;

	(void)state;
	story.dead_broker = true;
	story_tell(&story, "@ 1 %d 64 message.timeout.ms=1000", BYTES);
	large = only_large(&story);
	assert_true(json_is_unknown(large, "before_ns"));
	assert_true(json_is_unknown(large, "answering_ns"));
	assert_true(json_number(large, "took_ns") >= 900 * MS);
	story_end(&story);

	story = story_of("large");
	story_tell(&story, "@ 1 9000000");
	assert_true(json_is_null(producer(&story, "stages")));
	story_end(&story);
}

/* Of small messages it is known what of their time was the broker's. */
static void the_brokers_part_of_the_latency_is_known(void **state)
{
	struct story story = story_of("large");

	(void)state;
	story.fake = "--delay 300";
	story_tell(&story, "@ 50 1000 64 linger.ms=600");
	assert_true(json_number(producer(&story, "latency_ns"), "answer.p50") >= 290 * MS);
	assert_true(json_number(producer(&story, "latency_ns"), "p50") >= 850 * MS);
	story_end(&story);

	story = story_of("over_tls");
	story_needs("openssl");
	story.tls = "";
	story_tell(&story, "@ flush 10 %s", certificate_file());
	assert_true(json_is_unknown(producer(&story, "latency_ns"), "answer.p50"));
	assert_true(json_number(producer(&story, "latency_ns"), "p50") > 0);
	story_end(&story);
}

static void small_messages_are_not_timed_one_by_one(void **state)
{
	struct story story = story_of("large");

	(void)state;
	story_tell(&story, "@ 100 1000");
	assert_true(json_is_null(producer(&story, "stages")));
	story_end(&story);
}

/* ---- small ones, batch by batch ---- */

static int64_t queued(const struct story *story, const char *name)
{
	return json_number(producer(story, "latency_ns.queued"), name);
}

static int64_t writing(const struct story *story, const char *name)
{
	return json_number(producer(story, "latency_ns.writing"), name);
}

/* Of a batch the oldest is timed, which has waited for linger.ms; whatever the broker does. */
static void small_messages_that_linger_are_queued_for_so_long(void **state)
{
	static const char *const acks[] = {"acks=all", "acks=0"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct story story = story_of("large");

		story.fake = "--delay 900";
		story_tell(&story, "@ 100 100 64 linger.ms=400 %s", acks[i]);
		assert_int_equal(story.arrived, 100);
		assert_true(queued(&story, "batches") >= 1); /* one a partition */
		assert_true(queued(&story, "mean") >= 350 * MS);
		assert_true(queued(&story, "max") < 850 * MS);
		assert_int_equal(writing(&story, "requests"), queued(&story, "batches"));
		assert_true(writing(&story, "max") < 350 * MS);
		story_end(&story);
	}
}

static void over_tls_small_messages_are_queued_until_they_are_written(void **state)
{
	struct story story = story_of("over_tls");

	(void)state;
	story_needs("openssl");
	story.tls = "--delay 900";
	story_tell(&story, "@ flush 10 %s all 100", certificate_file());
	assert_true(queued(&story, "batches") >= 1);
	assert_true(queued(&story, "max") < 850 * MS);
	assert_true(json_is_null(producer(&story, "latency_ns.writing")));
	story_end(&story);
}

static void of_what_never_left_nothing_is_known(void **state)
{
	struct story story = story_of("forgets_flush");

	(void)state;
	story.dead_broker = true;
	story_tell(&story, "@ 100");
	assert_true(json_is_null(producer(&story, "latency_ns.queued")));
	assert_true(json_is_null(producer(&story, "latency_ns.writing")));
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slow_codec_is_the_clients_own_time),
		cmocka_unit_test(waiting_for_linger_is_not_the_processors_time),
		cmocka_unit_test(a_slow_broker_answers_late),
		cmocka_unit_test(a_reader_that_stalls_shows_between_first_byte_and_last),
		cmocka_unit_test(each_message_is_found_in_its_request),
		cmocka_unit_test(of_requests_built_at_once_the_sum_is_known),
		cmocka_unit_test(without_acks_nothing_is_answered),
		cmocka_unit_test(over_tls_the_first_byte_is_not_known),
		cmocka_unit_test(what_never_left_has_no_stages),
		cmocka_unit_test(the_brokers_part_of_the_latency_is_known),
		cmocka_unit_test(small_messages_are_not_timed_one_by_one),
		cmocka_unit_test(small_messages_that_linger_are_queued_for_so_long),
		cmocka_unit_test(over_tls_small_messages_are_queued_until_they_are_written),
		cmocka_unit_test(of_what_never_left_nothing_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
