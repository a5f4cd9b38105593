/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_occurrences.c - findings in summaries, and for which clients they are
 * explained.
 */
#include "explain/explain.h"

#include <string.h>

#include "testing.h"

#define PROCESS(pid, findings)                                                                 \
	"{\"pid\": " pid ", \"argv\": [\"app\"], \"findings\": [" findings "]}"
#define SUMMARY(processes)                                                                     \
	"{\"schema\": \"unflushed.summary/1\", \"processes\": [" processes "]}"
#define FINDING_FOR(id, words)                                                                 \
	"{\"id\": \"" id "\", \"verdict\": \"lost\", \"text\": \"It lost.\", "                 \
	"\"evidence\": {\"outstanding\": 3}" words "}"
#define WORDED(language, client)                                                               \
	", \"worded_for\": {\"language\": \"" language "\", \"client\": \"" client "\"}"

static json_t *summary;
static struct occurrences met;

static bool find(const char *text, const char *name)
{
	json_error_t error;

	occurrences_free(&met);
	json_decref(summary);
	summary = json_loads(text, 0, &error);
	if (!summary)
		fail_msg("%s: %s", error.text, text);
	return occurrences_find(&met, summary, name);
}

static int forget(void **state)
{
	(void)state;
	occurrences_free(&met);
	json_decref(summary);
	summary = NULL;
	return 0;
}

static void each_of_the_name_is_found(void **state)
{
	(void)state;
	assert_true(find(
		SUMMARY(PROCESS("1", FINDING_FOR("fenced", "") "," FINDING_FOR(
					     "purged",
					     "")) "," PROCESS("2",
							      FINDING_FOR("fenced",
									  WORDED("go", "x")))),
		"fenced"));
	assert_int_equal(met.count, 2);
	assert_string_equal(met.list[0].finding, "fenced");
	assert_null(met.list[0].language);
	assert_string_equal(met.list[1].language, "go");
	assert_string_equal(met.list[1].text, "It lost.");
	assert_int_equal(json_integer_value(json_object_get(met.list[1].process, "pid")), 2);
	assert_true(find(SUMMARY(PROCESS("1", "")), "fenced"));
	assert_int_equal(met.count, 0);
}

/* A signature is of a family: what it is called differs from process to process. */
static void each_of_the_signature_is_found_and_the_worst_is_told(void **state)
{
	(void)state;
	assert_true(
		find(SUMMARY("{\"findings\": [{\"id\": \"racy-exit\", \"verdict\": \"racy\", "
			     "\"text\": \"\", \"signature\": {\"digits\": \"0123456789ab\"}}, "
			     "{\"id\": \"missing-flush\", \"verdict\": \"lost\", \"text\": "
			     "\"\", \"signature\": {\"digits\": \"0123456789ab\"}}, "
			     "{\"id\": \"fenced\", \"verdict\": \"lost\", \"text\": \"\", "
			     "\"signature\": {\"digits\": \"ba9876543210\"}}]}"),
		     "0123456789ab"));
	assert_int_equal(met.count, 2);
	assert_string_equal(occurrences_worst(&met), "missing-flush");
	assert_true(find(SUMMARY(""), "0123456789ab"));
	assert_null(occurrences_worst(&met));
}

static void what_is_no_summary_is_not_taken_for_one(void **state)
{
	(void)state;
	assert_false(find("{}", "fenced"));
	assert_false(find("[]", "fenced"));
	assert_false(
		find("{\"schema\": \"unflushed.summary/2\", \"processes\": []}", "fenced"));
	assert_false(
		find("{\"schema\": \"unflushed.summary/1\", \"processes\": {}}", "fenced"));
	assert_false(find(SUMMARY("{\"findings\": [{\"id\": \"fenced\"}]}"), "fenced"));
	assert_false(find(SUMMARY("3"), "fenced"));
}

/* Those that are spoken to, in one line. */
static const char *spoken_to(const char *finding, const char *words)
{
	static char line[1024];
	const struct explanation *explanation = explanation_find(finding);
	struct audience audience = {NULL, &met};
	struct wording wording;
	char text[1024];

	snprintf(text, sizeof text, SUMMARY("%s"), words);
	assert_true(find(text, finding));
	*line = 0;
	for (size_t i = 0; i < wording_count(); i++)
		if (wording_for(explanation, i, &audience, &wording)) {
			strcat(line, wording.client);
			strcat(line, ";");
		}
	return line;
}

static void only_the_clients_that_were_met_are_spoken_to(void **state)
{
	(void)state;
	assert_string_equal(
		spoken_to("missing-flush",
			  PROCESS("1", FINDING_FOR("missing-flush",
						   WORDED("python", "kafka-python")))),
		"kafka-python;");
	assert_string_equal(
		spoken_to("missing-flush",
			  PROCESS("1", FINDING_FOR("missing-flush",
						   WORDED("java", "Kafka Streams")))),
		"Kafka Streams;");
	/* A framework that has no code here is spoken to in its language. */
	assert_non_null(strstr(spoken_to("missing-flush",
					 PROCESS("1", FINDING_FOR("missing-flush",
								  WORDED("python", "Celery")))),
			       "confluent-kafka;"));
	assert_null(strstr(spoken_to("missing-flush",
				     PROCESS("1", FINDING_FOR("missing-flush",
							      WORDED("python", "Celery")))),
			   "librdkafka;"));
	/* An older summary does not say: all are. */
	assert_non_null(strstr(
		spoken_to("missing-flush", PROCESS("1", FINDING_FOR("missing-flush", ""))),
		"librdkafka;"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(each_of_the_name_is_found, forget),
		cmocka_unit_test_teardown(each_of_the_signature_is_found_and_the_worst_is_told,
					  forget),
		cmocka_unit_test_teardown(what_is_no_summary_is_not_taken_for_one, forget),
		cmocka_unit_test_teardown(only_the_clients_that_were_met_are_spoken_to, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
