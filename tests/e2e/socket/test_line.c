/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_line.c - stalls on a connection with a real round trip of 20 ms.
 *
 * Needs root, network namespaces and /dev/net/tun; skipped, with the reason,
 * without them.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What `run` says of an upload over that line. */
static json_t *upload_over(const char *line, const char *upload)
{
	char *path = scratch_name(".json"), *command;
	struct ended ended;
	json_t *summary;

	assert_true(asprintf(&command,
			     "%s/delay %s %s run --quiet --format json --output %s -- "
			     "%s/uploads 10.99.0.2 9999 %s",
			     PATH_FAKES, line, PATH_TOOL, path, PATH_HOSTS, upload) > 0);
	ended = program_run(command, NULL);
	if (exit_code(&ended) == 77) {
		fprintf(stderr, "SKIPPED: no line can be made here: %s", ended.err);
		exit(77);
	}
	assert_string_equal(ended.out, "left 0\n");
	summary = json_load_file(path, 0, NULL);
	assert_non_null(summary);
	ended_free(&ended);
	free(command);
	free(path);
	return summary;
}

/* The share of the stalled time that has this cause. */
static double share_over(const char *line, const char *upload, const char *cause)
{
	json_t *summary = upload_over(line, upload);
	json_t *stalls = json_path(summary, "processes.0.sockets.0.stalls");
	double share =
		(double)json_number(stalls, cause) / (double)json_number(stalls, "total_ns");

	json_decref(summary);
	return share;
}

static bool has_finding(json_t *summary, const char *id)
{
	json_t *finding;
	size_t i;

	json_array_foreach(json_path(summary, "processes.0.findings"), i, finding)
	{
		if (strcmp(json_text(finding, "id"), id) == 0)
			return true;
	}
	return false;
}

/* 64 KB in 20 ms are 3.3 MB/s; the kernel would have let the buffer grow. */
static void a_fixed_small_buffer_turns_autotuning_off(void **state)
{
	json_t *summary = upload_over("10 0 0", "3000000 32768 blocking");

	(void)state;
	assert_true(has_finding(summary, "autotuning-off"));
	assert_true(has_finding(summary, "send-buffer-stall"));
	assert_true(json_is_false(
		json_path(summary, "processes.0.sockets.0.send_buffer.autotuned")));
	json_decref(summary);
}

static void the_kernels_own_choice_does_not(void **state)
{
	json_t *summary = upload_over("10 0 0", "3000000 0 blocking");

	(void)state;
	assert_false(has_finding(summary, "autotuning-off"));
	assert_true(json_is_true(
		json_path(summary, "processes.0.sockets.0.send_buffer.autotuned")));
	json_decref(summary);
}

static void a_small_buffer_is_to_blame(void **state)
{
	(void)state;
	assert_true(share_over("10 0 0", "3000000 32768 blocking", "send_buffer_ns") > 0.6);
	assert_true(share_over("10 0 0", "3000000 32768 nonblocking", "send_buffer_ns") > 0.6);
}

static void a_slow_line_is_to_blame(void **state)
{
	static const char line[] = "10 1000000 60000";

	(void)state;
	assert_true(share_over(line, "2000000 400000 blocking", "network_ns") > 0.6);
	assert_true(share_over(line, "2000000 400000 nonblocking", "network_ns") > 0.6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fixed_small_buffer_turns_autotuning_off),
		cmocka_unit_test(the_kernels_own_choice_does_not),
		cmocka_unit_test(a_small_buffer_is_to_blame),
		cmocka_unit_test(a_slow_line_is_to_blame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
