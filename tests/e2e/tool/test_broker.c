/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_broker.c - the embedded broker, and hosts that were not made for it.
 */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* `run` with these options; its summary in *summary. */
static struct ended run(const char *options_and_host, json_t **summary)
{
	char *path = scratch_name(".json");
	struct ended ended =
		tool_run("run --quiet --format json --output %s %s", path, options_and_host);

	*summary = json_load_file(path, 0, NULL);
	if (!*summary)
		fail_msg("no summary; stderr: %s", ended.err);
	law_assert(*summary);
	unlink(path);
	free(path);
	return ended;
}

static void a_host_with_its_address_compiled_in_is_redirected(void **state)
{
	json_t *summary;
	struct ended ended = run("--broker -- " PATH_HOSTS "/flushes", &summary);
	char *text;

	(void)state;
	assert_int_equal(exit_code(&ended), 0);
	assert_string_equal(ended.out, "flush: NO_ERROR\n");
	assert_string_equal(json_text(summary, "verdict"), "clean");
	assert_int_equal(json_number(summary, "processes.0.producers.0.messages.delivered"),
			 1000);
	/* And the report says that it was. */
	text = json_dumps(json_path(summary, "processes.0.layers.notes"), 0);
	assert_non_null(text);
	assert_non_null(strstr(text, "not where the program meant"));
	free(text);
	json_decref(summary);
	ended_free(&ended);
}

/* A name that does not resolve gets the broker's address, but never passes
 * for an address itself. */
static void a_name_is_not_made_an_address(void **state)
{
	struct ended plain = program_run(PATH_HOSTS "/asks_numeric", "");
	struct ended ended = tool_run("run --quiet --broker -- %s/asks_numeric", PATH_HOSTS);

	(void)state;
	assert_string_equal(plain.out, "an address: no\nresolves: no\n");
	assert_string_equal(ended.out, "an address: no\nresolves: yes\n");
	ended_free(&plain);
	ended_free(&ended);
}

static void the_demo_loses_everything(void **state)
{
	json_t *summary;
	/* So far away that none gets out, however slow the machine. */
	struct ended ended = run(
		"--broker --broker-rtt 1000 --check -- " PATH_HOSTS "/forgets_flush", &summary);

	(void)state;
	assert_int_equal(exit_code(&ended), 80);
	assert_string_equal(ended.out, "sent 1000 orders\n");
	assert_string_equal(json_text(summary, "verdict"), "lost");
	json_decref(summary);
	ended_free(&ended);
}

/* Also with what is the default. */
static void an_option_of_the_broker_means_a_broker(void **state)
{
	static const char *const options[] = {"--broker-rtt 0", "--broker-brokers 1",
					      "--broker-partitions 4"};

	(void)state;
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		struct ended ended =
			tool_run("run --check --quiet %s -- %s/flushes {broker} 10", options[i],
				 PATH_HOSTS);

		assert_int_equal(exit_code(&ended), 0);
		ended_free(&ended);
	}
}

static void the_address_stands_for_broker_in_arguments(void **state)
{
	json_t *summary;
	struct ended ended =
		run("--broker --broker-redirect off -- " PATH_HOSTS "/flushes {broker} 10",
		    &summary);

	(void)state;
	assert_string_equal(ended.out, "flush: NO_ERROR\n");
	assert_string_equal(json_text(summary, "verdict"), "clean");
	assert_int_equal(json_number(summary, "processes.0.producers.0.messages.delivered"),
			 10);
	json_decref(summary);
	ended_free(&ended);
}

static void a_broker_that_is_down_fails_the_messages(void **state)
{
	json_t *summary;
	struct ended ended = run("--broker --broker-down -- " PATH_HOSTS
				 "/delivery_fails_unseen {broker} 10",
				 &summary);

	(void)state;
	assert_string_equal(json_text(summary, "verdict"), "lost");
	assert_int_equal(json_number(summary, "processes.0.producers.0.messages.failed"), 10);
	json_decref(summary);
	ended_free(&ended);
}

/* The code and its name as the broker gave them, and the application was told. */
static void expect_error(const char *name, int64_t code)
{
	const char *row = "processes.0.producers.0.errors.0";
	char *options, path[80];
	json_t *summary;
	struct ended ended;

	assert_true(asprintf(&options,
			     "--broker --broker-errors Produce=%s:1 -- %s/delivery_fails_told "
			     "{broker} 1",
			     name, PATH_HOSTS) > 0);
	ended = run(options, &summary);
	assert_string_equal(ended.out, "flush: NO_ERROR\ndelivered 0, failed 1\n");
	assert_string_equal(json_text(summary, "verdict"), "failed");
	assert_int_equal(json_number(summary, "processes.0.producers.0.messages.failed"), 1);
	assert_int_equal(json_array_size(json_path(summary, "processes.0.producers.0.errors")),
			 1);
	snprintf(path, sizeof(path), "%s.code", row);
	assert_int_equal(json_number(summary, path), code);
	snprintf(path, sizeof(path), "%s.name", row);
	assert_string_equal(json_text(summary, path), name);
	snprintf(path, sizeof(path), "%s.messages", row);
	assert_int_equal(json_number(summary, path), 1);
	json_decref(summary);
	ended_free(&ended);
	free(options);
}

static void a_broker_that_answers_errors_is_told_apart(void **state)
{
	(void)state;
	/* Not INVALID_MSG: a newer librdkafka (2.8) sends such a message again. */
	expect_error("RECORD_LIST_TOO_LARGE", 18);
	expect_error("TOPIC_AUTHORIZATION_FAILED", 29);
}

static void the_broker_alone_serves_until_interrupted(void **state)
{
	char *out = scratch_name(".out"), *address = NULL;
	pid_t pid = program_start(PATH_TOOL " broker --topic " TOPIC, NULL, out);
	struct ended ended;
	int status;

	(void)state;
	for (int i = 0; i < 60000 && (!address || !strchr(address, '\n')); i++) {
		usleep(1000);
		free(address);
		address = file_read(out);
	}
	assert_non_null(strchr(address, '\n'));
	*strchr(address, '\n') = '\0';
	ended = program_run(PATH_HOSTS "/flushes @ 10", address);
	assert_string_equal(ended.out, "flush: NO_ERROR\n");
	ended_free(&ended);
	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	free(address);
	free(out);
}

static void the_doctor_tells_what_can_be_seen(void **state)
{
	struct ended ended = tool_run("doctor %s/flushes", PATH_HOSTS);

	(void)state;
	assert_int_equal(exit_code(&ended), 0);
	ended_free(&ended);
	ended = tool_run("doctor %s/static_libc", PATH_HOSTS);
	assert_int_equal(exit_code(&ended), 83);
	ended_free(&ended);
	ended = tool_run("doctor %s/static_librdkafka", PATH_HOSTS);
	assert_int_equal(exit_code(&ended), 0);
	ended_free(&ended);
	ended = tool_run("doctor %s/static_stripped", PATH_HOSTS);
	assert_int_equal(exit_code(&ended), 0);
	assert_non_null(strstr(ended.out, "were found by the archive /"));
	ended_free(&ended);
	ended = tool_run("doctor %s/static_numberless", PATH_HOSTS);
	assert_int_equal(exit_code(&ended), 83);
	assert_non_null(strstr(ended.out, "its functions have no names"));
	ended_free(&ended);
	/* Options behind the program are its own. */
	ended = tool_run("doctor -- env A=1 %s/static_libc --help", PATH_HOSTS);
	assert_int_equal(exit_code(&ended), 83);
	assert_non_null(strstr(ended.out, "linked statically"));
	ended_free(&ended);
}

static void the_text_report_answers_in_three_lines_of_eighty_columns(void **state)
{
	struct ended ended = tool_run("run --broker-rtt 1000 -- %s/forgets_flush", PATH_HOSTS);
	const char *line = ended.err;

	(void)state;
	assert_non_null(strstr(ended.err, "LOST"));
	assert_non_null(strstr(ended.err, "forgets_flush.c:"));
	for (int number = 1; *line; number++) {
		size_t bytes = strcspn(line, "\n"), columns = 0;

		for (size_t i = 0; i < bytes; i++)
			columns += (line[i] & 0xc0) != 0x80;
		if (columns > 80)
			fail_msg("line %d has %zu columns: %.*s", number, columns, (int)bytes,
				 line);
		assert_null(memchr(line, '\x1b', bytes));
		line += bytes + (line[bytes] == '\n');
	}
	assert_null(strstr(ended.err, "what died there"));
	ended_free(&ended);
}

static void a_clean_run_has_one_line_unless_more_is_asked_for(void **state)
{
	struct ended ended = tool_run("run --broker -- %s/flushes {broker} 10", PATH_HOSTS);

	(void)state;
	assert_string_equal(ended.err, "CLEAN    10 messages to stories delivered, and the "
				       "program waited for them\n");
	ended_free(&ended);
	ended = tool_run("run -v --plain --broker -- %s/flushes {broker} 10", PATH_HOSTS);
	assert_non_null(strstr(ended.err, "what died there"));
	ended_free(&ended);
}

/* What `run` says with these options of a client that asks like that. */
static struct ended asking(const char *how)
{
	return tool_run("run --broker -- %s/asks_newer_protocol {broker} %s", PATH_HOSTS, how);
}

static const char cannot[] = "the embedded broker cannot serve a client";

/* Java's and others retry for minutes, or without end. Told apart from the report, which has
 * it as well. */
static void a_client_that_it_cannot_serve_is_told(void **state)
{
	struct ended ended = asking("3");

	(void)state;
	assert_string_equal(ended.out, "asked\n");
	assert_non_null(strstr(ended.err, "unflushed: the embedded broker cannot serve"));
	assert_non_null(strstr(ended.err, "ApiVersions 4 and nothing older"));
	/* Once, and once more in the report. */
	const char *again = strstr(strstr(ended.err, cannot) + 1, cannot);
	assert_non_null(again);
	assert_null(strstr(again + 1, cannot));
	ended_free(&ended);
	ended = asking("1 metadata");
	assert_non_null(strstr(ended.err, "hung up on its Metadata request of version 99"));
	ended_free(&ended);
}

/* A shell's script: a command is split at its spaces alone. A path to be freed. */
static char *script_make(const char *words)
{
	char *path = scratch_name(".sh");
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(words, file);
	fclose(file);
	return path;
}

/* While the client still runs. */
static void it_is_told_at_once(void **state)
{
	char *script = script_make("exec " PATH_TOOL " run --broker -- " PATH_HOSTS
				   "/asks_newer_protocol {broker} 3 x 600 2>&1\n");
	char *out = scratch_name(".out"), *err = NULL, *command;
	int status;

	(void)state;
	assert_true(asprintf(&command, "/bin/sh %s", script) > 0);
	pid_t pid = program_start(command, NULL, out);
	for (int i = 0; i < 30000 && (!err || !strstr(err, cannot)); i++) {
		usleep(1000);
		free(err);
		err = file_read(out);
	}
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_non_null(strstr(err, cannot));
	unlink(script);
	free(command);
	free(script);
	free(err);
	free(out);
}

/* Nor librdkafka, which asks again, nor one that has died before it could read the answer. */
static void who_is_served_is_not_told_of(void **state)
{
	char *script = script_make("for i in 1 2 3 4; do " PATH_HOSTS "/flushes $1 10; done\n");
	struct ended ended = asking("2");

	(void)state;
	assert_null(strstr(ended.err, cannot));
	ended_free(&ended);
	ended = tool_run("run --broker-rtt 400 -- %s/asks_newer_protocol {broker} 5 dies",
			 PATH_HOSTS);
	assert_string_equal(ended.out, "asked\n");
	assert_null(strstr(ended.err, cannot));
	ended_free(&ended);
	ended = tool_run("run --broker -- /bin/sh %s {broker}", script);
	assert_non_null(strstr(ended.err, "CLEAN"));
	assert_null(strstr(ended.err, cannot));
	ended_free(&ended);
	unlink(script);
	free(script);
}

static void a_quiet_run_does_not_tell(void **state)
{
	struct ended ended = tool_run(
		"run --quiet --broker -- %s/asks_newer_protocol {broker} 3", PATH_HOSTS);

	(void)state;
	assert_string_equal(ended.err, "");
	ended_free(&ended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_with_its_address_compiled_in_is_redirected),
		cmocka_unit_test(a_name_is_not_made_an_address),
		cmocka_unit_test(the_demo_loses_everything),
		cmocka_unit_test(an_option_of_the_broker_means_a_broker),
		cmocka_unit_test(the_address_stands_for_broker_in_arguments),
		cmocka_unit_test(a_broker_that_is_down_fails_the_messages),
		cmocka_unit_test(a_broker_that_answers_errors_is_told_apart),
		cmocka_unit_test(the_broker_alone_serves_until_interrupted),
		cmocka_unit_test(a_client_that_it_cannot_serve_is_told),
		cmocka_unit_test(it_is_told_at_once),
		cmocka_unit_test(who_is_served_is_not_told_of),
		cmocka_unit_test(a_quiet_run_does_not_tell),
		cmocka_unit_test(the_doctor_tells_what_can_be_seen),
		cmocka_unit_test(the_text_report_answers_in_three_lines_of_eighty_columns),
		cmocka_unit_test(a_clean_run_has_one_line_unless_more_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
