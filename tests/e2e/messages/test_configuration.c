/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_configuration.c - the configuration is recorded; secrets are recorded
 * nowhere.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

/* The trace as bytes: not what the tool makes of it. */
static char *trace_read(const struct story *story, size_t *bytes)
{
	FILE *file = fopen(json_text(story->summary, "processes.0.trace"), "re");

	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	*bytes = (size_t)ftell(file);
	rewind(file);
	char *trace = malloc(*bytes);
	assert_int_equal(fread(trace, 1, *bytes, file), *bytes);
	fclose(file);
	return trace;
}

static void settings_are_recorded_and_passwords_never(void **state)
{
	struct story story = story_of("secret_settings");
	char *directory = scratch_name(".traces"), *options;
	size_t bytes;

	(void)state;
	assert_true(asprintf(&options, "--dir %s", directory) > 0);
	story.options = options;
	story_tell(&story, "@ 100");
	json_t *settings = json_path(story.summary, "processes.0.producers.0.configuration");
	assert_string_equal(json_string_value(json_object_get(settings, "linger.ms")), "250");
	/* Not set by the host, nor in its configuration at all: topic defaults. */
	assert_string_equal(json_string_value(json_object_get(settings, "acks")), "-1");
	assert_non_null(json_object_get(settings, "message.timeout.ms"));
	assert_non_null(json_object_get(settings, "security.protocol"));
	char *trace = trace_read(&story, &bytes);
	assert_non_null(memmem(trace, bytes, "linger.ms=250", 13));
	assert_null(memmem(trace, bytes, "hush", 4));
	char *words = json_dumps(story.summary, 0);
	assert_null(strstr(words, "hush"));
	free(words);
	free(trace);
	free(options);
	free(directory);
	story_end(&story);
}

/* In the trace of one that has it, and in the report of one that left none. */
static void secrets_on_the_command_line_are_shown_by_nobody(void **state)
{
	static const char arguments[] =
		"--password hush --topic password-resets {\"sasl.password\":\"hush\"} "
		"http://user:hush@host/ -Xsasl.jaas.config=X,username=\"u\",password=\"hush\"; "
		"--token=hush last";
	struct story story = story_of("flushes");
	char *directory = scratch_name(".traces"), *options;
	size_t bytes;

	(void)state;
	assert_true(asprintf(&options, "--dir %s", directory) > 0);
	story.options = options;
	story_tell(&story, "@ 100 %s", arguments);
	char *trace = trace_read(&story, &bytes);
	assert_null(memmem(trace, bytes, "hush", 4));
	assert_non_null(memmem(trace, bytes, "password-resets", 15));
	assert_non_null(memmem(trace, bytes, "\nlast", 5));
	char *words = json_dumps(story.summary, 0);
	assert_null(strstr(words, "hush"));
	assert_non_null(strstr(words, "***"));
	free(words);
	free(trace);
	free(options);
	free(directory);
	story_end(&story);

	for (int as_json = 0; as_json < 2; as_json++) {
		struct ended ended = tool_run("run -f %s -- /bin/true %s",
					      as_json ? "json" : "text", arguments);
		assert_null(strstr(ended.err, "hush"));
		assert_non_null(strstr(ended.err, "http://user:***@host/"));
		assert_non_null(strstr(ended.err, "password-resets"));
		ended_free(&ended);
	}
	struct ended ended = tool_run("run --password=hush -- /bin/true");
	assert_int_equal(exit_code(&ended), 2);
	assert_null(strstr(ended.err, "hush"));
	ended_free(&ended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_are_recorded_and_passwords_never),
		cmocka_unit_test(secrets_on_the_command_line_are_shown_by_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
