/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_old_traces.c - a trace of every version of the format that was ever
 * released is read, or refused with a message, by every later tool.
 *
 * tests/traces has one of each, made by the shim of its time:
 * flushes_then_produces, 100 messages and one after the flush. A change of what
 * the bytes mean without a new version makes this test fail.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *unpacked(const char *name)
{
	char *path = scratch_name(".trace"), *command;

	assert_true(asprintf(&command, "gzip -dc '" PATH_SOURCE "/tests/traces/%s' > '%s'",
			     name, path) > 0);
	assert_int_equal(system(command), 0);
	free(command);
	return path;
}

static void version_2_is_read_as_it_was_meant(void **state)
{
	char *path = unpacked("version-2.trace.gz");
	struct ended ended = tool_run("report --format json %s", path);
	json_t *summary = json_loads(ended.out, 0, NULL), *process, *producer, *socket;

	(void)state;
	assert_int_equal(exit_code(&ended), 0);
	assert_non_null(summary);
	assert_string_equal(json_string_value(json_path(summary, "verdict")), "lost");
	process = json_path(summary, "processes.0");
	assert_string_equal(json_string_value(json_path(process, "exe")), "/opt/orders/orders");
	assert_string_equal(json_string_value(json_path(process, "end.how")), "exit");
	producer = json_path(process, "producers.0");
	assert_int_equal(json_number(producer, "messages.produced"), 101);
	assert_int_equal(json_number(producer, "messages.delivered"), 100);
	assert_int_equal(json_number(producer, "messages.outstanding"), 1);
	assert_int_equal(json_number(producer, "messages.unsent"), 1);
	assert_int_equal(json_number(producer, "bytes.outstanding"), 7);
	assert_int_equal(json_number(producer, "flush.calls"), 1);
	assert_true(json_is_false(json_path(producer, "waited")));
	assert_int_equal(json_number(producer, "call_sites.0.messages.outstanding"), 1);
	assert_int_equal(json_number(producer, "call_sites.1.messages.produced"), 100);
	socket = json_path(process, "sockets.0");
	assert_int_equal(json_number(socket, "bytes.accepted"), 1626);
	assert_int_equal(json_number(socket, "requests.records"), 100);
	assert_int_equal(json_number(socket, "end.unsent_bytes"), 0);
	json_decref(summary);
	ended_free(&ended);
	unlink(path);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_2_is_read_as_it_was_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
