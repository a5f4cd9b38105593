/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_render_json.c - the JSON summary is valid by its schema, complete, and
 * has null for unknown values.
 */
#include "render/render.h"

#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/findings.h"
#include "judge/judge.h"
#include "model/host.h"
#include "python/clients.h"
#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static json_t *summary;

static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	json_decref(summary);
	summary = NULL;
	maker_free(&maker);
	return 0;
}

/* The maker's trace into `summary`. */
static void summarise(void)
{
	struct run run;
	char *printed;
	size_t bytes;

	json_decref(summary);
	maker_run(&maker, &run);
	FILE *out = open_memstream(&printed, &bytes);
	assert_non_null(out);
	render_json(&run, &(struct render_options){0}, out);
	fclose(out);
	model_free(&run);
	summary = json_loads(printed, 0, NULL);
	free(printed);
	assert_non_null(summary);
}

static json_t *process(void)
{
	return json_array_get(json_object_get(summary, "processes"), 0);
}

static json_t *first(const char *rows)
{
	return json_array_get(json_object_get(process(), rows), 0);
}

static bool may_be_null(const json_t *schema)
{
	size_t index;
	json_t *type;

	json_array_foreach(json_object_get(schema, "type"), index, type)
	{
		if (strcmp(json_string_value(type), "null") == 0)
			return true;
	}
	return false;
}

/* Every key that the shipped schema requires is there, with a type it allows. */
static void assert_schema(const json_t *root, const json_t *schema, const json_t *value,
			  const char *path)
{
	const char *reference = json_string_value(json_object_get(schema, "$ref"));
	size_t index;
	json_t *item;

	if (reference)
		schema = json_object_get(json_object_get(root, "definitions"),
					 strrchr(reference, '/') + 1);
	if (json_is_null(value) && may_be_null(schema))
		return;
	json_t *properties = json_object_get(schema, "properties");
	if (properties)
		assert_true(json_is_object(value));
	json_array_foreach(json_object_get(schema, "required"), index, item)
	{
		const json_t *child = json_object_get(value, json_string_value(item));

		if (!child)
			fail_msg("%s has no %s", path, json_string_value(item));
		assert_schema(root, json_object_get(properties, json_string_value(item)), child,
			      json_string_value(item));
	}
	const json_t *items = json_object_get(schema, "items");
	if (items) {
		assert_true(json_is_array(value));
		json_array_foreach(value, index, item) assert_schema(root, items, item, path);
	}
	json_t *choices = json_object_get(schema, "enum");
	bool found = !choices;
	json_array_foreach(choices, index, item) found = found || json_equal(item, value);
	if (!found)
		fail_msg("%s has a value that the schema does not know", path);
}

static void the_json_has_every_key_of_the_schema(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&maker, 1000, 50);

	producer->errors[0] =
		(struct trace_error){.code = -184, .count = COUNT_REJECTED, .messages = 1};
	maker_stages(&maker, producer)->messages = 1;
	maker.large[0].state = 1;
	maker.header->sections[SECTION_LARGE - 1].used = 1;
	maker_socket(&maker, 0);
	maker.libraries[0] = (struct trace_library){.state = 1, .linkage = LINKAGE_PRIVATE};
	maker.header->sections[SECTION_LIBRARY - 1].used = 1;
	const struct host_withheld withheld = {.pid = maker.process->pid,
					       .start_ticks = maker.process->start_ticks,
					       .trace_ns = maker.process->monotonic_ns,
					       .patience_ns = 5000000000};
	const struct host proof = {.proves = true, .withheld = &withheld, .withheld_count = 1};

	maker.proof = &proof;
	maker.process->python_version = maker_string(&maker, "3.11.7");
	/* Every client that there is a probe for. */
	maker.process->python_clients = maker_string(&maker, ""
#define CLIENT(id, name, package, class, connects) name " 2.0.2\n" name " ? unprobed\n"
						     PYTHON_CLIENTS(CLIENT));
	maker.process->jvm_version = maker_string(&maker, "OpenJDK 64-Bit Server VM 17.0.15");
	maker.process->jvm_clients = maker_string(&maker, "kafka-clients 3.9.1\n");
	summarise();
	json_t *schema = json_load_file(
		PROJECT_SOURCE_DIR "/tools/schema/unflushed.summary-1.json", 0, NULL);
	assert_non_null(schema);
	assert_schema(schema, schema, summary, "summary");
	json_decref(schema);
}

/* Of an older trace, or a client that says nothing of them; and of one that reached none. */
static void stages_that_are_not_known_are_null(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&maker, 1, 0);

	summarise();
	assert_true(json_is_null(json_object_get(first("producers"), "stages")));
	assert_int_equal(json_array_size(json_object_get(first("producers"), "large_messages")),
			 0);
	maker_stages(&maker, producer)->messages = 1;
	maker.large[0] = (struct trace_large){
		.state = 1, .bytes = 300000, .began_ns = 101 * MAKER_SECOND, .send_ns = 5};
	maker.header->sections[SECTION_LARGE - 1].used = 1;
	summarise();
	json_t *large =
		json_array_get(json_object_get(first("producers"), "large_messages"), 0);

	assert_int_equal(json_integer_value(json_object_get(large, "bytes")), 300000);
	assert_int_equal(json_integer_value(json_object_get(large, "send_ns")), 5);
	assert_true(json_is_null(json_object_get(large, "before_ns")));
	assert_true(json_is_null(json_object_get(large, "build_ns")));
	assert_true(json_is_null(json_object_get(large, "took_ns")));
}

/* What the summary says of Python, as compact JSON. */
static void assert_python(const char *expected)
{
	summarise();
	json_t *python = json_object_get(json_object_get(process(), "layers"), "python");
	char *words = json_dumps(python, JSON_COMPACT | JSON_ENCODE_ANY);

	assert_string_equal(words, expected);
	free(words);
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

static void the_json_has_the_whole_configuration_or_null(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50)->configuration =
		maker_string(&maker, "linger.ms=5\nno line\ntransactional.id=a=b\n");
	summarise();
	json_t *configuration = json_object_get(first("producers"), "configuration");
	assert_int_equal(json_object_size(configuration), 2);
	assert_string_equal(json_string_value(json_object_get(configuration, "linger.ms")),
			    "5");
	assert_string_equal(
		json_string_value(json_object_get(configuration, "transactional.id")), "a=b");
	maker.producers[0].configuration = 0;
	summarise();
	assert_true(json_is_null(json_object_get(first("producers"), "configuration")));
}

static void unknown_is_null_in_json_and_never_zero(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	maker_socket(&maker, 0)->flags |= SOCKET_TLS;
	maker.sockets[0].unsent_bytes = TRACE_UNKNOWN;
	summarise();
	json_t *messages = json_object_get(first("producers"), "messages");
	assert_int_equal(json_integer_value(json_object_get(messages, "outstanding")), 950);
	assert_true(json_is_null(json_object_get(messages, "unsent")));
	assert_true(json_is_null(
		json_object_get(json_object_get(first("sockets"), "end"), "unsent_bytes")));
	assert_true(json_is_null(
		json_object_get(json_object_get(first("sockets"), "requests"), "records")));
}

static size_t held, most; /* by all of the JSON there is, now and before */

/* Before each piece of memory stands how large it is. */
static void *count_malloc(size_t bytes)
{
	max_align_t *memory = malloc(sizeof *memory + bytes);

	assert_non_null(memory);
	*(size_t *)memory = bytes;
	held += bytes;
	most = held > most ? held : most;
	return memory + 1;
}

static void count_free(void *of)
{
	if (!of)
		return;
	max_align_t *memory = (max_align_t *)of - 1;

	held -= *(size_t *)memory;
	free(memory);
}

/* So many processes of as many programs, each with a signature of its own. */
static void make_run(struct run *run, size_t processes)
{
	maker_story(&maker, 1000, 50);
	maker_run(&maker, run);
	while (run->process_count < processes)
		maker_run_also(&maker, run);
	for (size_t i = 0; i < processes; i++)
		run->processes[i].exe = model_format(run, "/bin/program%zu", i);
	judge_run(run);
	findings_raise(run);
	assert_int_equal(run->group_count, processes);
}

/* The most memory that its JSON holds while it is written; `printed`: the JSON. */
static size_t most_for(size_t processes, char **printed)
{
	struct run run;
	size_t bytes;

	make_run(&run, processes);
	FILE *out = open_memstream(printed, &bytes);
	assert_non_null(out);
	json_set_alloc_funcs(count_malloc, count_free);
	held = most = 0;
	render_json(&run, &(struct render_options){0}, out);
	assert_int_equal(held, 0);
	json_set_alloc_funcs(malloc, free);
	fclose(out);
	model_free(&run);
	return most;
}

static void memory_does_not_grow_with_the_processes(void **state)
{
	char *few, *many;

	(void)state;
	size_t of_few = most_for(16, &few);

	teardown(state);
	setup(state);
	size_t of_many = most_for(64, &many);

	/* The numbers in it grow, and the places of who is named first. */
	assert_true(of_many < of_few + of_few / 64);
	assert_true(strlen(many) > 3 * strlen(few));
	free(few);
	free(many);
}

/* By pieces it is what the library writes of the whole. */
static void the_json_is_written_as_one_object_is(void **state)
{
	(void)state;
	for (size_t processes = 0; processes < 3; processes++) {
		struct run run = {0};
		char *printed, *whole;
		size_t bytes;

		if (processes)
			make_run(&run, processes);
		FILE *out = open_memstream(&printed, &bytes);
		assert_non_null(out);
		render_json(&run, &(struct render_options){0}, out);
		fclose(out);
		model_free(&run);
		json_decref(summary);
		summary = json_loads(printed, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(summary);
		whole = json_dumps(summary, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
		assert_int_equal(printed[bytes - 1], '\n');
		printed[bytes - 1] = '\0';
		assert_string_equal(printed, whole);
		assert_int_equal(json_array_size(json_object_get(summary, "processes")),
				 processes);
		assert_int_equal(json_array_size(json_object_get(summary, "signatures")),
				 processes);
		free(whole);
		free(printed);
		teardown(state);
		setup(state);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_json_has_every_key_of_the_schema),
		TEST(stages_that_are_not_known_are_null),
		TEST(the_json_names_python_and_its_clients),
		TEST(the_json_has_the_whole_configuration_or_null),
		TEST(unknown_is_null_in_json_and_never_zero),
		TEST(the_json_is_written_as_one_object_is),
		TEST(memory_does_not_grow_with_the_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
