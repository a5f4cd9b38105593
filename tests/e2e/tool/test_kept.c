/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_kept.c - the disk space of traces that stay.
 *
 * A trace has all of its disk space from the start. When its process has ended,
 * `run` frees the blocks that were never written; while it runs it keeps all of
 * them, because without them it would be killed on a full disk.
 */
#include "harness.h"

#include <glob.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* The only trace in there. */
static char *trace_of(const char *directory)
{
	char *pattern, *path;
	glob_t found;

	assert_true(asprintf(&pattern, "%s/*.trace", directory) > 0);
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	assert_int_equal(found.gl_pathc, 1);
	path = strdup(found.gl_pathv[0]);
	globfree(&found);
	free(pattern);
	return path;
}

static struct stat about(const char *path)
{
	struct stat is;

	assert_int_equal(stat(path, &is), 0);
	return is;
}

static int64_t disk_of(const char *path)
{
	return (int64_t)about(path).st_blocks * 512;
}

/* On the others a trace keeps its disk (tools/file/sparse.c says why). */
static bool gives_back(const char *path)
{
	static const uint32_t kinds[] = {EXT4_SUPER_MAGIC, BTRFS_SUPER_MAGIC, TMPFS_MAGIC,
					 0x58465342 /* XFS: not in older headers */};
	struct statfs is;

	assert_int_equal(statfs(path, &is), 0);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if ((uint32_t)is.f_type == kinds[i])
			return true;
	return false;
}

static json_t *summary_read(const char *path)
{
	json_t *summary = json_load_file(path, 0, NULL);

	assert_non_null(summary);
	return summary;
}

static void one_of_a_process_that_is_gone_takes_what_it_holds(void **state)
{
	struct broker *broker = broker_start();
	char *directory = scratch_name("-kept"), *then = scratch_name(".json");
	char *now = scratch_name(".json");

	(void)state;
	broker_rtt(broker, 60000);
	struct ended ended =
		tool_run("run -q -d %s -f json:%s -- " PATH_HOSTS "/forgets_flush %s 10",
			 directory, then, broker_address(broker));
	assert_int_equal(exit_code(&ended), 0);
	ended_free(&ended);
	char *trace = trace_of(directory);

	if (!gives_back(trace))
		skip_because("/tmp is on a file system that gives no disk back");
	printf("%lld of %lld bytes\n", (long long)disk_of(trace),
	       (long long)about(trace).st_size);
	assert_true(disk_of(trace) < about(trace).st_size / 8);
	assert_int_equal(about(trace).st_mode & 07777, 0400);
	ended = tool_run("report -f json:%s %s", now, directory);
	assert_int_equal(exit_code(&ended), 0);
	ended_free(&ended);
	json_t *was = summary_read(then), *is = summary_read(now);

	law_assert(is);
	assert_string_equal(json_text(is, "verdict"), "lost");
	assert_true(json_equal(json_path(was, "processes.0.producers"),
			       json_path(is, "processes.0.producers")));
	json_decref(was);
	json_decref(is);
	broker_stop(broker);
	free(trace);
	free(directory);
	free(then);
	free(now);
}

static char *script_that_leaves_a_producer(void)
{
	char *script = scratch_name(".sh");
	FILE *file = fopen(script, "we");

	assert_non_null(file);
	fprintf(file, "#!/bin/sh\n" PATH_HOSTS "/flushes $1 10 >/dev/null 2>&1 &\n"
		      "until ls $UNFLUSHED_DIR/*.trace >/dev/null 2>&1; do sleep 0.05; done\n");
	fclose(file);
	chmod(script, 0700);
	return script;
}

static void one_of_a_process_that_goes_on_keeps_its_disk(void **state)
{
	struct broker *broker = broker_start();
	char *directory = scratch_name("-kept"), *script = script_that_leaves_a_producer();

	(void)state;
	broker_rtt(broker, 60000);
	struct ended ended =
		tool_run("run -q -d %s -- %s %s", directory, script, broker_address(broker));
	char *trace = trace_of(directory);
	int64_t disk = disk_of(trace), bytes = about(trace).st_size;

	assert_int_equal(kill((pid_t)atoi(strrchr(trace, '/') + 1), SIGKILL), 0);
	assert_int_equal(exit_code(&ended), 0);
	assert_true(disk >= bytes);
	ended_free(&ended);
	broker_stop(broker);
	free(trace);
	free(directory);
	free(script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_of_a_process_that_is_gone_takes_what_it_holds),
		cmocka_unit_test(one_of_a_process_that_goes_on_keeps_its_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
