/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_report.c - paths in, words and JSON and exit answers out.
 */
#include "report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace_maker.h"

static struct maker maker;
static char *trace;
static char *printed;

static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (trace)
		unlink(trace);
	free(trace);
	free(printed);
	trace = printed = NULL;
	maker_free(&maker);
	return 0;
}

/* Reports on the maker's trace, or on `path`; what it prints is in `printed`. */
static int report(const char *path, const char *format, const struct report_host *host,
		  enum verdict *verdict)
{
	size_t bytes;
	const struct report_options options = {
		.paths = &path,
		.path_count = path ? 1 : 0,
		.format = format,
		.host = host,
	};

	free(printed);
	FILE *out = open_memstream(&printed, &bytes);
	int answer = report_paths(&options, out, verdict);
	fclose(out);
	return answer;
}

static enum verdict report_trace(const char *format)
{
	enum verdict verdict;

	if (trace)
		unlink(trace);
	free(trace);
	trace = maker_file(maker.bytes, maker.size);
	assert_int_equal(report(trace, format, NULL, &verdict), 0);
	return verdict;
}

static void assert_line(int number, const char *expected)
{
	const char *line = printed;

	while (--number)
		line = strchr(line, '\n') + 1;
	size_t length = strcspn(line, "\n");
	if (strlen(expected) != length || strncmp(line, expected, length))
		fail_msg("'%.*s' is not '%s'", (int)length, line, expected);
}

static void the_first_three_lines_answer(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	assert_int_equal(report_trace("text"), VERDICT_LOST);
	assert_line(1, "LOST     950 of 1,000 messages (9.3 KiB of 9.8 KiB) never arrived");
	assert_line(2, "  where  send_orders at orders.py:42");
	assert_line(3, "  change call producer.flush() before the program ends; it must return 0");
}

static void the_first_line_says_each_verdict(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&maker, 1000, 1000);

	assert_int_equal(report_trace("text"), VERDICT_RACY);
	assert_line(1, "RACY     all 1,000 messages arrived this time, but nothing waited for "
		       "the last");
	maker_waited(producer, 1000);
	assert_int_equal(report_trace("text"), VERDICT_CLEAN);
	assert_line(1, "CLEAN    all 1,000 messages (9.8 KiB) were delivered");
	maker_count(&maker.topics[0].counts, COUNT_REJECTED, 250);
	assert_int_equal(report_trace("text"), VERDICT_AT_RISK);
	assert_line(1, "AT RISK  250 of 1,250 messages (2.4 KiB of 12.2 KiB) may be lost");
}

static void no_line_is_wider_than_the_page_and_none_is_coloured(void **state)
{
	(void)state;
	maker_story(&maker, 1000000000, 5);
	maker_count(&maker.topics[1].counts, COUNT_PURGED, 1000000);
	maker_count(&maker.topics[0].counts, COUNT_REJECTED, 123456789);
	struct trace_socket *socket = maker_socket(&maker, 0);
	socket->stalls = 123456;
	socket->stalled_ns = 900000000;
	socket->offered_bytes = socket->accepted_bytes = UINT64_C(1) << 45;
	report_trace("text");
	for (const char *line = printed; *line; line += strcspn(line, "\n") + 1)
		if (strcspn(line, "\n") > 80)
			fail_msg("too wide: %.*s", (int)strcspn(line, "\n"), line);
	assert_null(strchr(printed, '\033'));
}

static void control_characters_of_a_trace_never_reach_the_terminal(void **state)
{
	(void)state;
	maker.process->argv = maker_string(&maker, "evil\033[2J\a\nsecond\xff\xc2\x9b");
	maker_story(&maker, 10, 0);
	report_trace("text");
	assert_non_null(strstr(printed, "evil?[2J? second??"));
	for (const char *at = printed; *at; at++)
		assert_true(*at == '\n' || (unsigned char)*at >= ' ');
}

static void a_host_that_never_loaded_the_shim_is_blind_and_says_why(void **state)
{
	char *argv[] = { "server", "--fast", NULL };
	const struct report_host host = {
		.program = "/usr/bin/server",
		.argv = argv,
		.pid = 77,
		.reaped = true,
		.wait_status = 3 << 8,
		.cannot_load = "it is linked statically",
	};
	enum verdict verdict;

	(void)state;
	assert_int_equal(report(NULL, "text", &host, &verdict), 0);
	assert_int_equal(verdict, VERDICT_BLIND);
	assert_non_null(strstr(printed, "shim-not-loaded"));
	assert_non_null(strstr(printed, "The shim was not loaded into /usr/bin/server, because"));
	assert_non_null(strstr(printed, "server --fast"));
}

static void a_host_that_loaded_it_and_showed_nothing_is_blind_too(void **state)
{
	const struct report_host host = { .program = "/bin/true", .pid = 77, .shim_loaded = true };
	struct report_host hidden = host;
	enum verdict verdict;

	(void)state;
	assert_int_equal(report(NULL, "text", &host, &verdict), 0);
	assert_int_equal(verdict, VERDICT_BLIND);
	assert_non_null(strstr(printed, "nothing-seen"));
	assert_null(strstr(printed, "librdkafka-static"));
	hidden.librdkafka_static = true;
	report(NULL, "text", &hidden, &verdict);
	assert_non_null(strstr(printed, "librdkafka-static"));
}

static void an_unseen_host_counts_whatever_its_children_did(void **state)
{
	const struct report_host unseen = { .program = "/bin/go", .pid = 77 };
	const struct report_host seen = { .program = "/bin/sh", .pid = 77, .shim_loaded = true };
	enum verdict verdict;

	(void)state;
	maker_waited(maker_story(&maker, 10, 10), 10);
	assert_int_equal(report_trace("text"), VERDICT_CLEAN);
	report(trace, "text", &unseen, &verdict);
	assert_int_equal(verdict, VERDICT_BLIND);
	report(trace, "text", &seen, &verdict);
	assert_int_equal(verdict, VERDICT_CLEAN);
}

/* As if this test itself had written the trace. */
static void be_ourselves(void)
{
	char line[1024] = "";
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");

	assert_non_null(file);
	assert_non_null(fgets(maker.process->boot_id, sizeof maker.process->boot_id, file));
	maker.process->boot_id[strcspn(maker.process->boot_id, "\n")] = 0;
	fclose(file);
	file = fopen("/proc/self/stat", "r");
	assert_non_null(file);
	assert_true(fread(line, 1, sizeof line - 1, file) > 0);
	fclose(file);
	const char *at = strrchr(line, ')');
	for (int field = 2; field < 22; field++)
		at = strchr(at + 1, ' ');
	maker.process->start_ticks = strtoull(at, NULL, 10);
	maker.process->pid = getpid();
	maker.process->how = HOW_UNKNOWN;
}

static void a_running_process_is_at_risk_and_a_gone_one_has_lost(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	be_ourselves();
	assert_int_equal(report_trace("text"), VERDICT_AT_RISK);
	assert_line(1, "AT RISK  950 of 1,000 messages (9.3 KiB of 9.8 KiB) still under way");
	assert_non_null(strstr(printed, "still-running"));
	maker.process->start_ticks++; /* the pid is another's now */
	assert_int_equal(report_trace("text"), VERDICT_LOST);
	assert_null(strstr(printed, "still-running"));
	assert_non_null(strstr(printed, "vanished"));
}

static void what_cannot_be_read_is_never_clean(void **state)
{
	char directory[] = "/tmp/unflushed-test-XXXXXX";
	enum verdict verdict;

	(void)state;
	assert_non_null(mkdtemp(directory));
	assert_int_equal(report(directory, "text", NULL, &verdict), REPORT_NO_TRACE);
	assert_int_equal(verdict, VERDICT_BLIND);
	rmdir(directory);
	assert_int_equal(report(directory, "text", NULL, &verdict), REPORT_UNREADABLE);
	assert_int_equal(verdict, VERDICT_BLIND);
}

/* Every key that the shipped schema requires is there, with a type it allows. */
static void assert_schema(const json_t *root, const json_t *schema, const json_t *value,
			  const char *path)
{
	const json_t *reference = json_object_get(schema, "$ref");
	size_t index;
	json_t *item;

	if (reference)
		schema = json_object_get(json_object_get(root, "definitions"), "amounts");
	json_t *properties = json_object_get(schema, "properties");
	if (properties)
		assert_true(json_is_object(value));
	json_array_foreach(json_object_get(schema, "required"), index, item) {
		const json_t *child = json_object_get(value, json_string_value(item));

		if (!child)
			fail_msg("%s has no %s", path, json_string_value(item));
		assert_schema(root, json_object_get(properties, json_string_value(item)), child,
			      json_string_value(item));
	}
	const json_t *items = json_object_get(schema, "items");
	if (items) {
		assert_true(json_is_array(value));
		json_array_foreach(value, index, item)
			assert_schema(root, items, item, path);
	}
	json_t *choices = json_object_get(schema, "enum");
	bool found = !choices;
	json_array_foreach(choices, index, item)
		found = found || json_equal(item, value);
	if (!found)
		fail_msg("%s has a value that the schema does not know", path);
}

static void the_json_has_every_key_of_the_schema(void **state)
{
	json_error_t error;

	(void)state;
	maker_story(&maker, 1000, 50)->errors[0] =
		(struct trace_error){ .code = -184, .count = COUNT_REJECTED, .messages = 1 };
	maker_socket(&maker, 0);
	maker.libraries[0] = (struct trace_library){ .state = 1, .linkage = LINKAGE_PRIVATE };
	maker.header->sections[SECTION_LIBRARY - 1].used = 1;
	maker.process->python_version = maker_string(&maker, "3.11.7");
	maker.process->python_clients =
		maker_string(&maker, "kafka-python 2.0.2\naiokafka ? unprobed\n");
	maker.process->jvm_version = maker_string(&maker, "OpenJDK 64-Bit Server VM 17.0.15");
	maker.process->jvm_clients = maker_string(&maker, "kafka-clients 3.9.1\n");
	report_trace("json");
	json_t *summary = json_loads(printed, 0, &error);
	json_t *schema = json_load_file(
		PROJECT_SOURCE_DIR "/tools/schema/unflushed.summary-1.json", 0, &error);
	assert_non_null(summary);
	assert_non_null(schema);
	assert_schema(schema, schema, summary, "summary");
	json_decref(summary);
	json_decref(schema);
}

/* What the summary says of Python, as compact JSON. */
static void assert_python(const char *expected)
{
	report_trace("json");
	json_t *summary = json_loads(printed, 0, NULL);
	json_t *process = json_array_get(json_object_get(summary, "processes"), 0);
	json_t *python = json_object_get(json_object_get(process, "layers"), "python");
	char *words = json_dumps(python, JSON_COMPACT | JSON_ENCODE_ANY);

	assert_string_equal(words, expected);
	free(words);
	json_decref(summary);
}

static void the_json_names_python_and_its_clients(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	assert_python("null");
	maker.process->python_version = maker_string(&maker, "3.11.7");
	assert_python("{\"version\":\"3.11.7\",\"clients\":[]}");
	maker.process->python_clients =
		maker_string(&maker, "kafka-python 2.0.2\naiokafka ? unprobed\n");
	assert_python("{\"version\":\"3.11.7\",\"clients\":["
		      "{\"name\":\"kafka-python\",\"version\":\"2.0.2\",\"probed\":true},"
		      "{\"name\":\"aiokafka\",\"version\":null,\"probed\":false}]}");
}

static void the_text_shows_the_settings_that_explain(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&maker, 1000, 50);

	producer->acks = 1;
	producer->configuration =
		maker_string(&maker, "acks=1\nlinger.ms=5\nsocket.timeout.ms=60000\n"
				     "message.max.bytes=1000000\nretries=3\n");
	report_trace("text");
	assert_non_null(strstr(printed, "configured  acks=1, linger.ms=5, retries=3\n"));
	/* Refused messages make their limits interesting. */
	maker_count(&maker.topics[0].counts, COUNT_REJECTED, 250);
	report_trace("text");
	assert_non_null(strstr(printed, "acks=1, linger.ms=5, message.max.bytes=1000000,"));
}

static void the_json_has_the_whole_configuration_or_null(void **state)
{
	json_error_t error;
	json_t *producer, *configuration;

	(void)state;
	maker_story(&maker, 1000, 50)->configuration =
		maker_string(&maker, "linger.ms=5\nno line\ntransactional.id=a=b\n");
	report_trace("json");
	json_t *summary = json_loads(printed, 0, &error);
	producer = json_array_get(
		json_object_get(json_array_get(json_object_get(summary, "processes"), 0),
				"producers"),
		0);
	configuration = json_object_get(producer, "configuration");
	assert_int_equal(json_object_size(configuration), 2);
	assert_string_equal(json_string_value(json_object_get(configuration, "linger.ms")), "5");
	assert_string_equal(
		json_string_value(json_object_get(configuration, "transactional.id")), "a=b");
	json_decref(summary);
	maker.producers[0].configuration = 0;
	report_trace("json");
	assert_non_null(strstr(printed, "\"configuration\": null"));
}

static void topics_without_a_message_are_not_listed(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	maker_topic(&maker, 0, "quiet", -1);
	report_trace("text");
	assert_non_null(strstr(printed, "orders: 1,000 produced"));
	assert_null(strstr(printed, "quiet"));
	maker_count(&maker.topics[2].counts, COUNT_REJECTED, 1);
	report_trace("text");
	assert_non_null(strstr(printed, "quiet: 0 produced"));
}

static void the_worst_process_stands_first(void **state)
{
	char *const clean = (maker_waited(maker_story(&maker, 10, 10), 10),
			     maker_file(maker.bytes, maker.size));
	const char *paths[2] = { clean, NULL };
	enum verdict verdict;
	size_t bytes;

	(void)state;
	maker_free(&maker);
	maker_make(&maker);
	maker.process->pid = 777;
	maker_story(&maker, 10, 5);
	paths[1] = trace = maker_file(maker.bytes, maker.size);
	const struct report_options options = { .paths = paths, .path_count = 2 };
	FILE *out = open_memstream(&printed, &bytes);

	assert_int_equal(report_paths(&options, out, &verdict), 0);
	fclose(out);
	unlink(clean);
	free(clean);
	assert_true(strstr(printed, "process 777") < strstr(printed, "process 4242"));
	assert_non_null(strstr(printed, "process 4242"));
}

static void unknown_is_null_in_json_and_never_zero(void **state)
{
	json_error_t error;
	json_t *processes, *messages, *producers, *sockets;

	(void)state;
	maker_story(&maker, 1000, 50);
	maker_socket(&maker, 0)->flags |= SOCKET_TLS;
	maker.sockets[0].unsent_bytes = TRACE_UNKNOWN;
	report_trace("json");
	json_t *summary = json_loads(printed, 0, &error);
	assert_non_null(summary);
	processes = json_object_get(summary, "processes");
	producers = json_object_get(json_array_get(processes, 0), "producers");
	sockets = json_object_get(json_array_get(processes, 0), "sockets");
	messages = json_object_get(json_array_get(producers, 0), "messages");
	assert_int_equal(json_integer_value(json_object_get(messages, "outstanding")), 950);
	assert_true(json_is_null(json_object_get(messages, "unsent")));
	assert_true(json_is_null(json_object_get(
		json_object_get(json_array_get(sockets, 0), "end"), "unsent_bytes")));
	assert_true(json_is_null(json_object_get(
		json_object_get(json_array_get(sockets, 0), "requests"), "records")));
	json_decref(summary);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_three_lines_answer),
		TEST(the_first_line_says_each_verdict),
		TEST(no_line_is_wider_than_the_page_and_none_is_coloured),
		TEST(control_characters_of_a_trace_never_reach_the_terminal),
		TEST(a_host_that_never_loaded_the_shim_is_blind_and_says_why),
		TEST(a_host_that_loaded_it_and_showed_nothing_is_blind_too),
		TEST(an_unseen_host_counts_whatever_its_children_did),
		TEST(a_running_process_is_at_risk_and_a_gone_one_has_lost),
		TEST(what_cannot_be_read_is_never_clean),
		TEST(the_json_has_every_key_of_the_schema),
		TEST(the_json_names_python_and_its_clients),
		TEST(the_text_shows_the_settings_that_explain),
		TEST(the_json_has_the_whole_configuration_or_null),
		TEST(topics_without_a_message_are_not_listed),
		TEST(the_worst_process_stands_first),
		TEST(unknown_is_null_in_json_and_never_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
