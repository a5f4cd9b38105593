/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_kafka_python.c - a client written in Python only: its messages are
 * counted in the interpreter, and compared with what arrived.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENDS "kafka_python_ends.py"

/* The first process's first producer. */
static json_t *producer(const struct story *story, const char *path)
{
	json_t *found = json_path(story->summary, "processes.0.producers.0");

	assert_non_null(found);
	return json_path(found, path);
}

/* What was written whole has arrived, and nothing else has; except that a
 * reset (killed with answers unread) may take what was in flight. */
static void expect_exact(const struct story *story, int64_t produced)
{
	int64_t unsent = story_count(story, "unsent");

	assert_int_equal(story_count(story, "produced"), produced);
	assert_true(story->arrived <= produced);
	if (unsent != UNKNOWN_NUMBER) { /* killed inside a write: not known */
		assert_true(story->arrived <= produced - unsent);
		assert_true(story->arrived >=
			    produced - unsent - story_count(story, "in_flight"));
	}
	assert_true(story_count(story, "delivered") + story_count(story, "unconfirmed") <=
		    story->arrived);
}

static void what_was_waited_for_is_clean(void **state)
{
	static const char *const endings[] = {
		"flush",   "close",	 "del",		  "get_each", "get_last",
		"threads", "flush_kill", "close_timeout", "failed",   "close_raises"};

	(void)state;
	story_needs("kafka");
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		struct story story = story_of(ENDS);
		int64_t sent = i == 4 ? 1004 : 1000; /* get_last sends one to each partition */

		story_tell(&story, "@ %s 1000", endings[i]);
		story_expect(&story, "clean", NULL);
		expect_exact(&story, sent);
		assert_int_equal(story_count(&story, "delivered"), sent);
		assert_string_equal(json_string_value(producer(&story, "client")),
				    "kafka-python");
		story_end(&story);
	}
}

/* All that was taken was waited for; one more had been handed over. */
static void killed_inside_send_it_is_never_clean(void **state)
{
	struct story story = story_of(ENDS);

	(void)state;
	story_needs("kafka");
	story_tell(&story, "@ in_send 100");
	story_expect(&story, "at_risk", "ended-in-send");
	expect_exact(&story, 100);
	story_end(&story);
}

static void what_nobody_waited_for_is_never_clean(void **state)
{
	static const char *const endings[] = {"none",	   "raise",	 "exit",
					      "_exit",	   "SIGTERM",	 "SIGKILL",
					      "in_thread", "flush_more", "close_soon"};

	(void)state;
	story_needs("kafka");
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		struct story story = story_of(ENDS);
		int64_t sent = i == 7 ? 1010 : 1000;

		story_tell(&story, "@ %s 1000", endings[i]);
		expect_exact(&story, sent);
		assert_string_not_equal(story_verdict(&story), "clean");
		assert_string_not_equal(story_verdict(&story), "blind");
		if (story_count(&story, "unsent") > 0)
			story_expect(&story, "lost", NULL);
		else if (story.arrived < sent) /* all written: not known */
			assert_string_not_equal(story_verdict(&story), "racy");
		assert_true(json_is_false(producer(&story, "waited")));
		story_end(&story);
	}
}

/* With a second interpreter CPython says of every thread that it has the lock. */
static void a_second_interpreter_is_left_alone(void **state)
{
	struct story story = story_of("kafka_python_beside.py");

	(void)state;
	story_needs("kafka");
	story_tell(&story, "@ 1000");
	story_expect(&story, "clean", NULL);
	expect_exact(&story, 1000);
	assert_int_equal(story_count(&story, "delivered"), 1000);
	story_end(&story);
}

static void the_python_line_that_sent_is_named(void **state)
{
	struct story story = story_of(ENDS);
	json_t *sites, *python;

	(void)state;
	story_needs("kafka");
	story_tell(&story, "@ flush 1000");
	sites = producer(&story, "call_sites");
	assert_int_equal(json_array_size(sites), 1);
	assert_string_equal(json_text(sites, "0.language"), "python");
	python = json_path(story.summary, "processes.0.layers.python");
	assert_non_null(json_text(python, "version"));
	assert_string_equal(json_text(python, "clients.0.name"), "kafka-python");
	assert_true(json_is_true(json_path(python, "clients.0.probed")));
	assert_string_equal(json_text(sites, "0.frames.0.function"), "produce");
	assert_non_null(strstr(json_text(sites, "0.frames.0.file"), ENDS));
	assert_int_equal(json_number(sites, "0.messages.produced"), 1000);
	story_end(&story);
}

/* Callbacks run, and futures are looked at, without a call that could be seen:
 * such a producer is not called clean, and it is not accused. */
static void what_cannot_be_seen_to_wait_is_not_accused(void **state)
{
	static const char *const endings[] = {"is_done", "callbacks", "switched_kept",
					      "inside_kept"};

	(void)state;
	story_needs("kafka");
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		struct story story = story_of(ENDS);

		story_tell(&story, "@ %s 100", endings[i]);
		story_expect(&story, "unproven", "waits-unproven");
		assert_int_equal(story_count(&story, "delivered"), 100);
		assert_true(json_is_null(producer(&story, "waited")));
		story_end(&story);
	}
}

static void what_nothing_waited_for_is_racy_though_it_arrived(void **state)
{
	static const char *const endings[] = {"sleep", "close_wrong", "switched",
					      "switched_passed", "inside"};

	(void)state;
	story_needs("kafka");
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		struct story story = story_of(ENDS);

		story_tell(&story, "@ %s 100", endings[i]);
		story_expect(&story, "racy", "racy-exit");
		assert_true(json_is_false(producer(&story, "waited")));
		story_end(&story);
	}
}

/* Drift: kafka-python's flush waits for what was before it, but its close covered no more,
 * though nothing can be sent after it. */
static void a_flush_covers_what_was_before_it_and_a_close_all(void **state)
{
	static const struct {
		const char *ending, *verdict;
	} cases[] = {{"flush_meets", "racy"}, {"close_meets", "clean"}};

	(void)state;
	story_needs("kafka");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct story story = story_of(ENDS);

		story_tell(&story, "@ %s 100", cases[i].ending);
		story_expect(&story, cases[i].verdict, NULL);
		assert_int_equal(story_count(&story, "delivered"), 101);
		story_end(&story);
	}
}

/* Drift: those that found no row of their own were called racy. */
static void more_producers_than_rows_are_not_accused(void **state)
{
	struct story story = story_of(ENDS);

	(void)state;
	story_needs("kafka");
	story_tell(&story, "@ many 70");
	story_expect(&story, "blind", "waits-unseen");
	assert_int_equal(story_count(&story, "delivered"), 70);
	story_end(&story);
}

static void a_forked_child_sends_nothing(void **state)
{
	struct story story = story_of(ENDS);

	(void)state;
	story_needs("kafka");
	story_tell(&story, "@ fork 100");
	story_expect(&story, "lost", "produced-after-fork");
	assert_int_equal(story_count(&story, "produced"), 110);
	assert_int_equal(story_count(&story, "outstanding"), 10);
	assert_int_equal(story.arrived, 100);
	story_end(&story);
}

/* The finding blames a line of the host. */
static void expect_line(const struct story *story, const char *id)
{
	json_t *findings = json_path(story->summary, "processes.0.findings"), *row;
	size_t i;

	json_array_foreach(findings, i, row)
	{
		if (strcmp(json_string_value(json_object_get(row, "id")), id) != 0)
			continue;
		assert_non_null(
			strstr(json_string_value(json_object_get(row, "text")), ENDS ":"));
		return;
	}
	fail_msg("no finding %s", id);
}

static void a_refused_message_is_rejected(void **state)
{
	struct story story = story_of(ENDS);

	(void)state;
	story_needs("kafka");
	story_tell(&story, "@ too_large 10");
	story_expect(&story, "at_risk", "rejected-not-retried");
	assert_int_equal(story_count(&story, "rejected"), 1);
	assert_int_equal(story_count(&story, "delivered"), 10);
	assert_int_equal(json_integer_value(producer(&story, "bytes.rejected")), 2 << 20);
	expect_line(&story, "rejected-not-retried");
	story_end(&story);
}

/* The first send() is what makes the first connection: it is counted, too. */
static void each_refused_message_is_counted_from_the_first_on(void **state)
{
	(void)state;
	story_needs("kafka");
	for (int count = 1; count <= 3; count++) {
		struct story story = story_of(ENDS);

		story.dead_broker = true;
		story.output_varies =
			true; /* the client logs what it tries, as often as it can */
		story_tell(&story, "@ refused %d", count);
		story_expect(&story, "at_risk", "rejected-not-retried");
		assert_int_equal(story_count(&story, "rejected"), count);
		assert_int_equal(story_count(&story, "produced"), 0);
		expect_line(&story, "rejected-not-retried");
		story_end(&story);
	}
}

/* Drift: kafka-python's texts were known again by where they lay. */
static void a_refused_text_that_is_made_anew_is_the_same_message(void **state)
{
	struct story story = story_of(ENDS);

	(void)state;
	story_needs("kafka");
	story_tell(&story, "@ refused_again 10");
	story_expect(&story, "clean", NULL);
	assert_int_equal(story_count(&story, "rejected"), 1);
	assert_int_equal(story_count(&story, "delivered"), 11);
	story_end(&story);
}

static void a_failure_that_nobody_looks_at_is_lost(void **state)
{
	struct story story = story_of(ENDS);

	(void)state;
	story_needs("kafka");
	story.fake = "--error 10";
	story.output_varies = true; /* the client logs the failures, or not */
	story_tell(&story, "@ flush 100");
	story_expect(&story, "lost", "failed-unseen");
	assert_int_equal(story_count(&story, "failed"), 100);
	story_end(&story);
}

static void a_failure_that_an_errback_gets_is_told(void **state)
{
	struct story story = story_of(ENDS);

	(void)state;
	story_needs("kafka");
	story.fake = "--error 10";
	story.output_varies = true;
	story_tell(&story, "@ errback 100");
	story_expect(&story, "failed", "delivery-failed");
	assert_int_equal(story_count(&story, "failed"), 100);
	story_end(&story);
}

static void without_acks_what_was_never_written_is_outstanding(void **state)
{
	struct story story = story_of(ENDS);

	(void)state;
	story_needs("kafka");
	story.fake = "";
	story_tell(&story, "@ none 5000 acks=0");
	expect_exact(&story, 5000);
	assert_int_equal(story_count(&story, "unconfirmed"), story.arrived);
	assert_int_equal(json_integer_value(producer(&story, "acks")), 0);
	assert_string_not_equal(story_verdict(&story), "clean");
	story_end(&story);
}

/* On the wire its beginning is kept; the producer has the whole. */
static void a_client_id_of_any_length_is_known_again(void **state)
{
	static const size_t lengths[] = {70, 300, 3000};

	(void)state;
	story_needs("kafka");
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		struct story story = story_of(ENDS);
		char id[3001] = {0};
		json_t *socket;
		size_t j;
		int64_t requests = 0;

		memset(id, 'a', lengths[i]);
		story.fake = "";
		story_tell(&story, "@ flush 100 client_id=%s", id);
		story_expect(&story, "clean", NULL);
		assert_string_equal(json_string_value(producer(&story, "client_id")), id);
		json_array_foreach(json_path(story.summary, "processes.0.sockets"), j, socket)
		{
			assert_int_equal(json_number(socket, "producer"), 0);
			requests += json_number(socket, "requests.produce");
		}
		assert_true(requests > 0);
		story_end(&story);
	}
}

/* What the kernel took, what flush said, and what close() dropped. */
static void expect_steps(const struct story *story)
{
	json_t *finding;
	size_t i;

	json_array_foreach(json_path(story->summary, "processes.0.findings"), i, finding)
	{
		if (strcmp(json_text(finding, "id"), "cut-frame") != 0)
			continue;
		assert_true(json_number(finding, "evidence.dropped") > 0);
		assert_int_equal(json_number(finding, "evidence.dropped"),
				 json_number(finding, "evidence.length") -
					 json_number(finding, "evidence.accepted"));
		assert_int_equal(json_number(finding, "evidence.flushes_returned"), 1);
	}
}

static void an_image_without_acks_is_lost_though_it_was_flushed(void **state)
{
	struct story story = story_of("kafka_python_image.py");

	(void)state;
	story_needs("kafka");
	story.fake = "--stall 2";
	story_tell(&story, "@ 5");
	story_expect(&story, "lost", "acks0-unsent");
	assert_true(story_has(&story, "cut-frame"));
	expect_steps(&story);
	expect_exact(&story, 1);
	assert_int_equal(story_count(&story, "unsent"), 1);
	story_end(&story);
}

/* On a busy machine even the small one is cut off: then it is lost. */
static void a_small_image_without_acks_is_lost_if_it_did_not_arrive(void **state)
{
	struct story story = story_of("kafka_python_image.py");

	(void)state;
	story_needs("kafka");
	story.fake = "";
	story_tell(&story, "@ 1");
	expect_exact(&story, 1);
	assert_int_equal(story_count(&story, "unconfirmed"), story.arrived);
	if (story.arrived)
		assert_string_not_equal(story_verdict(&story), "lost");
	else
		story_expect(&story, "lost", "acks0-unsent");
	story_end(&story);
}

static void the_interpreter_is_left_as_it_was(void **state)
{
	struct story story = story_of("kafka_python_manners.py");

	(void)state;
	story_needs("kafka");
	story_tell(&story, "@ 3000");
	assert_null(strstr(story.watched.out, "grown"));
	assert_int_equal(story_count(&story, "produced"), 15005);
	assert_int_equal(story_count(&story, "delivered"), 15005);
	story_end(&story);
}

static void an_unknown_shape_is_left_alone_and_said(void **state)
{
	struct story story = story_of("kafka_python_strange.py");
	char *notes;

	(void)state;
	story_needs("kafka");
	story_tell(&story, "@ 100");
	story_expect(&story, "blind", "nothing-seen");
	assert_int_equal(story.arrived, 100);
	assert_true(json_is_false(
		json_path(story.summary, "processes.0.layers.python.clients.0.probed")));
	notes = json_dumps(json_path(story.summary, "processes.0.layers.notes"), 0);
	assert_non_null(strstr(notes, "Python client"));
	free(notes);
	story_end(&story);
}

static void a_flush_that_an_exception_leaves_is_no_timeout(void **state)
{
	static const struct {
		const char *ending, *finding, *other;
		int64_t timeouts, left;
	} cases[] = {
		{"flush_interrupted", "flush-interrupted", "flush-timeout", 0, 1},
		{"flush_gives_up", "flush-timeout", "flush-interrupted", 1, 0},
	};

	(void)state;
	story_needs("kafka");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct story story = story_of(ENDS);

		story.fake = "--never-answer";
		story_tell(&story, "@ %s 10", cases[i].ending);
		assert_true(story_has(&story, cases[i].finding));
		assert_false(story_has(&story, cases[i].other));
		assert_int_equal(json_integer_value(producer(&story, "flush.calls")), 1);
		assert_int_equal(json_integer_value(producer(&story, "flush.timeouts")),
				 cases[i].timeouts);
		assert_int_equal(json_integer_value(producer(&story, "flush.left")),
				 cases[i].left);
		story_end(&story);
	}
}

static void the_probe_can_be_turned_off(void **state)
{
	struct story story = story_of("/usr/bin/env");

	(void)state;
	story_needs("kafka");
	story_tell(&story,
		   "UNFLUSHED_PROBE_PYTHON=off /usr/bin/python3 %s/python/" ENDS " @ flush 10",
		   PATH_HOST_SOURCES);
	story_expect(&story, "blind", "nothing-seen");
	story_end(&story);
}

/* A file of so many bytes, to be freed. */
static char *image_make(size_t bytes)
{
	char *path = scratch_name(".base64");
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	while (bytes-- > 0)
		putc_unlocked("ABCDEFGH"[bytes % 8], file);
	assert_int_equal(fclose(file), 0);
	return path;
}

static json_t *only_large(const struct story *story)
{
	json_t *large = producer(story, "large_messages");

	assert_int_equal(json_array_size(large), 1);
	return json_array_get(large, 0);
}

/* kafka-python sums the messages of a broker 0.11 and newer in Python, if the package crc32c
 * is not there; those of an older one by zlib's C. */
static void where_the_time_of_an_image_went_is_said(void **state)
{
	const int64_t size = 5000000;
	char *image = image_make((size_t)size);

	(void)state;
	story_needs("kafka");
	for (int old = 0; old < 2; old++) {
		struct story story = story_of("kafka_python_upload.py");

		story.fake = "";
		story_tell(&story, "@ %s 1 0%s", image, old ? " old" : "");
		story_expect(&story, "clean", NULL);
		assert_int_equal(story.arrived, 1);
		json_t *large = only_large(&story);

		assert_int_equal(json_number(large, "bytes"), size);
		assert_int_equal(json_number(large, "call_site"), 0);
		/* Encoded after send() was called, and before the first byte was written. */
		assert_true(json_number(large, "before_ns") >= json_number(large, "build_ns"));
		assert_true(json_number(large, "build_ns") >=
			    json_number(large, "build_cpu_ns") - 10000000);
		assert_true(json_number(large, "took_ns") >=
			    json_number(large, "before_ns") + json_number(large, "writing_ns") +
				    json_number(large, "answering_ns"));
		assert_int_equal(json_number(producer(&story, "stages"), "answered"), 1);
		if (story_missing("crc32c"))
			assert_int_equal(story_has(&story, "client-slow"), !old);
		else
			assert_false(story_has(&story, "client-slow"));
		story_end(&story);
	}
	free(image);
}

/* Small messages are not timed, and nothing is reported for them. */
static void small_messages_are_not_timed(void **state)
{
	struct story story = story_of(ENDS);

	(void)state;
	story_needs("kafka");
	story_tell(&story, "@ flush 1000");
	story_expect(&story, "clean", NULL);
	assert_true(json_is_null(producer(&story, "stages")));
	assert_false(story_has(&story, "client-slow"));
	story_end(&story);
}

/* What its batches have waited for is its linger_ms. */
static void of_a_batch_its_time_in_the_client_is_known(void **state)
{
	struct story story = story_of(ENDS);

	(void)state;
	story_needs("kafka");
	story_tell(&story, "@ get_last 10 linger_ms=400");
	json_t *queued = producer(&story, "latency_ns.queued");
	json_t *writing = producer(&story, "latency_ns.writing");

	assert_true(json_number(queued, "mean") >= 350000000);
	assert_true(json_number(writing, "requests") >= 1);
	assert_true(json_number(writing, "requests") <= json_number(queued, "batches"));
	story_end(&story);
}

/* Its accumulator's constructor is the wrapped one: the client's own frame is not the user's.
 */
static void where_it_was_made_is_known(void **state)
{
	struct story story = story_of(ENDS);

	(void)state;
	story_needs("kafka");
	story_tell(&story, "@ forget 10");
	const char *function = json_string_value(producer(&story, "made_at.frames.0.function"));
	int64_t place = json_integer_value(producer(&story, "made_at.place"));

	assert_string_equal(function, "KafkaProducer.__init__");
	assert_int_equal(place, 1);
	assert_string_equal(json_string_value(producer(&story, "made_at.frames.1.function")),
			    "<module>");
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_interpreter_is_left_alone),
		cmocka_unit_test(what_was_waited_for_is_clean),
		cmocka_unit_test(where_it_was_made_is_known),
		cmocka_unit_test(of_a_batch_its_time_in_the_client_is_known),
		cmocka_unit_test(where_the_time_of_an_image_went_is_said),
		cmocka_unit_test(small_messages_are_not_timed),
		cmocka_unit_test(what_nobody_waited_for_is_never_clean),
		cmocka_unit_test(the_python_line_that_sent_is_named),
		cmocka_unit_test(what_cannot_be_seen_to_wait_is_not_accused),
		cmocka_unit_test(what_nothing_waited_for_is_racy_though_it_arrived),
		cmocka_unit_test(a_flush_covers_what_was_before_it_and_a_close_all),
		cmocka_unit_test(more_producers_than_rows_are_not_accused),
		cmocka_unit_test(a_forked_child_sends_nothing),
		cmocka_unit_test(a_refused_message_is_rejected),
		cmocka_unit_test(each_refused_message_is_counted_from_the_first_on),
		cmocka_unit_test(a_refused_text_that_is_made_anew_is_the_same_message),
		cmocka_unit_test(a_failure_that_nobody_looks_at_is_lost),
		cmocka_unit_test(a_failure_that_an_errback_gets_is_told),
		cmocka_unit_test(without_acks_what_was_never_written_is_outstanding),
		cmocka_unit_test(a_client_id_of_any_length_is_known_again),
		cmocka_unit_test(an_image_without_acks_is_lost_though_it_was_flushed),
		cmocka_unit_test(a_small_image_without_acks_is_lost_if_it_did_not_arrive),
		cmocka_unit_test(killed_inside_send_it_is_never_clean),
		cmocka_unit_test(the_interpreter_is_left_as_it_was),
		cmocka_unit_test(an_unknown_shape_is_left_alone_and_said),
		cmocka_unit_test(a_flush_that_an_exception_leaves_is_no_timeout),
		cmocka_unit_test(the_probe_can_be_turned_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
