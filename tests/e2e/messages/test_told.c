/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_told.c - who is told of messages that failed or were purged: one row for
 * each way that a report can take, through each known binding
 * (shim/librdkafka/bindings.def).
 *
 * The bindings themselves are tested in tests/field; here a host in C is
 * recognised as they are.
 */
#include "harness.h"

#include <stdio.h>
#include <string.h>

#define COUNT 30
#define MODULE PATH_MODULES

/* No process listens at the broker's address: all fail, or are purged. */
static const struct way {
	const char *host, *name, *way, *opaque, *end, *module;
	const char *verdict, *finding;
} ways[] = {
	/* The application itself. */
	{"tells", "-", "callback", "null", "flush", "", "failed", "delivery-failed"},
	{"tells", "-", "callback", "two", "flush", "", "failed", "delivery-failed"},
	{"tells", "-", "events", "null", "flush", "", "failed", "delivery-failed"},
	{"tells", "-", "none", "null", "flush", "", "lost", "failed-unseen"},
	{"tells", "of-its-own", "callback", "null", "flush", "", "failed", "delivery-failed"},
	{"tells", "-", "callback", "null", "drop", "", "failed", "purged"},
	{"tells", "-", "none", "null", "drop", "", "lost", "purged"},
	/* confluent-kafka-python: no opaque or half of one without on_delivery. */
	{"tells", "confluent-kafka-python", "callback", "null", "flush", "", "lost",
	 "failed-unseen"},
	{"tells", "confluent-kafka-python", "callback", "one", "flush", "", "lost",
	 "failed-unseen"},
	{"tells", "confluent-kafka-python", "callback", "two", "flush", "", "failed",
	 "delivery-failed"},
	{"tells", "-", "callback", "null", "flush", MODULE "/confluent_kafka/cimpl.so", "lost",
	 "failed-unseen"},
	{"tells", "-", "callback", "two", "flush", MODULE "/confluent_kafka/cimpl.so", "failed",
	 "delivery-failed"},
	/* .NET: no opaque without a handler, and no callback if reports are off. */
	{"tells", "confluent-kafka-dotnet", "callback", "null", "flush", "", "lost",
	 "failed-unseen"},
	{"tells", "confluent-kafka-dotnet", "callback", "two", "flush", "", "at_risk",
	 "failed-unseen"},
	{"tells", "confluent-kafka-dotnet", "none", "null", "flush", "", "lost",
	 "failed-unseen"},
	/* Whose last step cannot be seen. */
	{"tells", "confluent-kafka-go", "events", "null", "flush", "", "at_risk",
	 "failed-unseen"},
	{"tells", "confluent-kafka-go", "events", "two", "flush", "", "at_risk",
	 "failed-unseen"},
	/* Node's: its callback looks at its message where dr_cb is set, else it returns. */
	{"tells", "confluent-kafka-javascript", "callback", "null", "flush", "", "lost",
	 "failed-unseen"},
	{"tells", "confluent-kafka-javascript", "callback", "two", "flush", "", "lost",
	 "failed-unseen"},
	{"tells", "confluent-kafka-javascript", "copies", "null", "flush", "", "at_risk",
	 "failed-unseen"},
	{"tells", "-", "callback", "null", "flush", MODULE "/node/node-librdkafka.node", "lost",
	 "failed-unseen"},
	{"tells", "-", "copies", "null", "flush", MODULE "/node/node-librdkafka.node",
	 "at_risk", "failed-unseen"},
	{"tells", "-", "callback", "null", "flush",
	 MODULE "/node/node-rdkafka/build/deps/librdkafka++.so.1", "lost", "failed-unseen"},
	{"tells", "-", "copies", "null", "flush",
	 MODULE "/node/node-rdkafka/build/deps/librdkafka++.so.1", "at_risk", "failed-unseen"},
	/* PHP's: it makes an object of the message for a function of the application's. */
	{"tells", "-", "callback", "null", "flush", MODULE "/php/rdkafka.so", "lost",
	 "failed-unseen"},
	{"tells", "-", "copies", "null", "flush", MODULE "/php/rdkafka.so", "failed",
	 "delivery-failed"},
	{"tells_rust", "-", "callback", "null", "flush", "", "at_risk", "failed-unseen"},
	{"tells_rust", "-", "events", "null", "flush", "", "at_risk", "failed-unseen"},
	/* Purged when the binding's producer is dropped, or before that by the application. */
	{"tells_rust", "-", "callback", "null", "drop", "", "lost", "dropped-by-wrapper"},
	{"tells_rust", "-", "events", "null", "drop", "", "lost", "dropped-by-wrapper"},
	{"tells_rust", "-", "events", "null", "purge-drop", "", "at_risk", "purged"},
	{"tells", "-", "callback", "null", "drop", MODULE "/php/rdkafka.so", "lost",
	 "dropped-by-wrapper"},
	{"tells", "confluent-kafka-go", "events", "null", "drop", "", "at_risk", "purged"},
};
#define WAYS (sizeof ways / sizeof *ways)

static void way_is_judged(size_t index)
{
	const struct way *way = &ways[index];
	struct story story = story_of(way->host);

	story.dead_broker = true;
	story_tell(&story, "@ %d %s %s %s %s %s", COUNT, way->name, way->way, way->opaque,
		   way->end, way->module);
	if (strcmp(story_verdict(&story), way->verdict))
		fail_msg("%s as %s by %s, opaque %s, %s, %s: %s", way->host, way->name,
			 way->way, way->opaque, way->end, way->module, story_verdict(&story));
	story_expect(&story, way->verdict, way->finding);
	assert_int_equal(story_count(&story, "failed") + story_count(&story, "purged"), COUNT);
	story_end(&story);
}

static void each_way_of_a_report_is_judged_by_who_was_told(void **state)
{
	(void)state;
	cells_try(WAYS, 2, way_is_judged);
}

/* The numbers in JSON are those that the verdict is made of. */
static void the_summary_says_how_many_were_told(void **state)
{
	struct story story = story_of("tells");
	const char *told = "processes.0.producers.0.failed_told";
	char path[80];

	(void)state;
	story.dead_broker = true;
	story_tell(&story, "@ %d confluent-kafka-go events null", COUNT);
	snprintf(path, sizeof path, "%s.binding", told);
	assert_int_equal(json_number(story.summary, path), COUNT);
	snprintf(path, sizeof path, "%s.application", told);
	assert_int_equal(json_number(story.summary, path), 0);
	snprintf(path, sizeof path, "%s.nobody", told);
	assert_int_equal(json_number(story.summary, path), 0);
	assert_string_equal(json_text(story.summary, "processes.0.producers.0.binding"),
			    "confluent-kafka-go");
	story_end(&story);
}

/* ctypes makes its callbacks at run time: whose they are cannot be seen. */
static void a_callback_made_at_run_time_is_somebody_elses(void **state)
{
	struct story story = story_of("ctypes_reports.py");

	(void)state;
	story_needs("python3");
	story.dead_broker = true;
	story_tell(&story, "@ %d", COUNT);
	story_expect(&story, "at_risk", "failed-unseen");
	story_end(&story);
}

/* librdkafka++ sets the callback only where the application gave one. */
static void cpp_without_a_callback_tells_nobody(void **state)
{
	struct story story = story_of("cpp_reports");

	(void)state;
	story.dead_broker = true;
	story_tell(&story, "@ nobody %d", COUNT);
	story_expect(&story, "lost", "failed-unseen");
	story_end(&story);
	story = story_of("cpp_reports");
	story.dead_broker = true;
	story_tell(&story, "@ told %d", COUNT);
	story_expect(&story, "failed", "delivery-failed");
	story_end(&story);
}

/* node-rdkafka may be built with the system's librdkafka++; then its addon says who it is. */
static void cpp_beside_nodes_addon_is_nodes(void **state)
{
	static const struct {
		const char *who, *verdict;
	} rows[] = {{"told", "lost"}, {"copies", "at_risk"}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct story story = story_of("cpp_reports");

		story.dead_broker = true;
		story_tell(&story, "@ %s %d %s", rows[i].who, COUNT,
			   MODULE "/node/node-librdkafka.node");
		story_expect(&story, rows[i].verdict, "failed-unseen");
		story_end(&story);
	}
}

/* ---- who purged messages, and when ---- */

static const struct purge {
	const char *arguments, *verdict, *words;
} purges[] = {
	{"@ 40 after told", "failed", "After a wait of its own had given up"},
	{"@ 40 after untold", "lost", "After a wait of its own had given up"},
	{"@ 40 fatal told", "failed", "After a fatal error"},
	{"@ 40 fatal untold", "lost", "After a fatal error"},
	{"@ 40 own told", "failed", "The program discarded"},
	{"@ 40 own untold", "lost", "The program discarded"},
};

static const char *finding_text(const struct story *story, const char *id)
{
	json_t *findings = json_path(story->summary, "processes.0.findings"), *row;
	size_t i;

	json_array_foreach(findings, i, row)
	{
		if (strcmp(json_string_value(json_object_get(row, "id")), id) == 0)
			return json_string_value(json_object_get(row, "text"));
	}
	fail_msg("no finding %s", id);
	return NULL;
}

static void a_purge_says_who_and_on_what_occasion(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof purges / sizeof *purges; i++) {
		struct story story = story_of("purges_when");

		story.dead_broker = true;
		story_tell(&story, "%s", purges[i].arguments);
		if (strcmp(story_verdict(&story), purges[i].verdict))
			fail_msg("%s: %s", purges[i].arguments, story_verdict(&story));
		story_expect(&story, purges[i].verdict, "purged");
		assert_int_equal(story_count(&story, "purged"), 40);
		assert_non_null(strstr(finding_text(&story, "purged"), purges[i].words));
		story_end(&story);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_of_a_report_is_judged_by_who_was_told),
		cmocka_unit_test(the_summary_says_how_many_were_told),
		cmocka_unit_test(a_callback_made_at_run_time_is_somebody_elses),
		cmocka_unit_test(cpp_without_a_callback_tells_nobody),
		cmocka_unit_test(cpp_beside_nodes_addon_is_nodes),
		cmocka_unit_test(a_purge_says_who_and_on_what_occasion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
