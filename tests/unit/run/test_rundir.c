/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_rundir.c - the directories of a run, and the status written into traces
 */
#include "run/rundir.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/format.h"
#include "scratch.h"
#include "testing.h"

#define PID 4711
#define TICKS 99

/* The least that is a trace: a header and a process row. */
struct small_trace {
	struct trace_header header;
	struct trace_process process;
};

static void trace_write(const char *path, int32_t pid, uint64_t start_ticks)
{
	struct small_trace trace = {0};
	FILE *file = fopen(path, "w");

	memcpy(trace.header.magic, TRACE_MAGIC, 8);
	trace.header.version = TRACE_VERSION;
	trace.header.byte_order = TRACE_BYTE_ORDER;
	trace.header.header_bytes = sizeof(trace.header);
	trace.header.state = TRACE_LIVE;
	trace.header.section_count = 1;
	trace.header.section_bytes = sizeof(struct trace_section);
	trace.header.sections_at = offsetof(struct trace_header, sections);
	trace.header.sections[0] = (struct trace_section){
		.kind = SECTION_PROCESS,
		.row_bytes = sizeof(struct trace_process),
		.offset = offsetof(struct small_trace, process),
		.rows = 1,
		.used = 1,
	};
	trace.process.state = 1;
	trace.process.pid = pid;
	trace.process.start_ticks = start_ticks;
	assert_non_null(file);
	assert_int_equal(fwrite(&trace, sizeof(trace), 1, file), 1);
	assert_int_equal(fclose(file), 0);
}

static struct trace_process process_of(const char *path)
{
	struct small_trace trace;
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_int_equal(fread(&trace, sizeof(trace), 1, file), 1);
	fclose(file);
	return trace.process;
}

static const char *in(const struct rundir *dir, const char *name)
{
	static char paths[8][PATH_MAX + 64];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir->traces, name);
	return path;
}

static void make(struct rundir *dir, const char *keep, const char *shim)
{
	char why[512] = "";

	if (!rundir_make(dir, keep, shim, why, sizeof(why)))
		fail_msg("%s", why);
}

static mode_t mode_of(const char *path)
{
	struct stat stat_now;

	assert_int_equal(stat(path, &stat_now), 0);
	return stat_now.st_mode & 07777;
}

static void the_private_directory_is_private_and_goes_away(void **state)
{
	struct rundir dir;
	char path[PATH_MAX];

	(void)state;
	make(&dir, NULL, "/lib/shim.so");
	assert_string_equal(dir.own, dir.traces);
	assert_string_equal(dir.shim, "/lib/shim.so");
	if (geteuid() != 0) {
		assert_string_equal(dir.own, dir.outer);
		assert_int_equal(mode_of(dir.own), 0700);
		assert_int_equal(mode_of(dir.mark), 0600);
	}
	strcpy(path, dir.outer);
	trace_write(in(&dir, "1-a.trace"), 1, 10);
	rundir_remove(&dir);
	assert_int_not_equal(access(path, F_OK), 0);
}

/* Whoever the host becomes can write there; nobody else finds the way. */
static void roots_directory_takes_files_of_those_who_know_it(void **state)
{
	struct rundir dir, other;
	mode_t mask;

	(void)state;
	if (geteuid() != 0)
		skip_because("only root's run makes such a directory");
	mask = umask(077);
	make(&dir, NULL, "/lib/shim.so");
	make(&other, NULL, "/lib/shim.so");
	umask(mask);
	assert_int_equal(mode_of(dir.outer), 0711);
	assert_int_equal(mode_of(dir.own), 01733);
	assert_int_equal(mode_of(dir.mark), 0622);
	assert_memory_equal(dir.own, dir.outer, strlen(dir.outer));
	assert_int_equal(strlen(dir.own), strlen(dir.outer) + 1 + 32);
	assert_string_not_equal(strrchr(dir.own, '/'), strrchr(other.own, '/'));
	rundir_remove(&dir);
	rundir_remove(&other);
}

static void a_kept_directory_stays_with_its_traces(void **state)
{
	struct rundir dir;
	const char *keep = scratch_path("kept traces");
	size_t count;

	(void)state;
	make(&dir, keep, "/lib/shim.so");
	trace_write(in(&dir, "1-a.trace"), 1, 10);
	rundir_remove(&dir);
	assert_int_equal(access(scratch_path("kept traces/1-a.trace"), F_OK), 0);
	/* The next run does not take them for its own, nor other files. */
	make(&dir, keep, "/lib/shim.so");
	trace_write(in(&dir, "2-b.trace"), 2, 10);
	trace_write(in(&dir, "notes.txt"), 2, 10);
	char **fresh = rundir_new_traces(&dir, &count);
	assert_int_equal(count, 1);
	assert_non_null(strstr(fresh[0], "/2-b.trace"));
	rundir_free_list(fresh, count);
	rundir_remove(&dir);
}

static void a_shim_whose_path_cannot_stand_in_ld_preload_is_linked(void **state)
{
	static const char *const awkward[] = {"/a b/shim.so", "/a:b/shim.so", "/$LIB/shim.so"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct rundir dir;
		char target[PATH_MAX] = "";

		make(&dir, NULL, awkward[i]);
		assert_null(strpbrk(dir.shim, " :$"));
		assert_true(readlink(dir.shim, target, sizeof(target) - 1) > 0);
		assert_string_equal(target, awkward[i]);
		rundir_remove(&dir);
	}
}

static void a_tmpdir_that_cannot_stand_in_ld_preload_is_not_used(void **state)
{
	struct rundir dir;

	(void)state;
	setenv("TMPDIR", scratch_path("with space"), 1);
	scratch_shell("mkdir 'with space'");
	make(&dir, NULL, "/a b/shim.so");
	unsetenv("TMPDIR");
	assert_memory_equal(dir.own, "/tmp/unflushed-", 15);
	rundir_remove(&dir);
}

static void what_cannot_be_written_is_said_in_words(void **state)
{
	struct rundir dir;
	char why[512] = "";

	(void)state;
	assert_false(rundir_make(&dir, "/proc/nowhere", "/shim.so", why, sizeof(why)));
	assert_non_null(strstr(why, "cannot make the directory '/proc/nowhere'"));
	rundir_remove(&dir);
	assert_false(rundir_make(&dir, "/proc/self", "/shim.so", why, sizeof(why)));
	assert_non_null(strstr(why, "cannot write in '/proc/"));
	rundir_remove(&dir);
	assert_false(
		rundir_make(&dir, scratch_write("file", "x"), "/shim.so", why, sizeof(why)));
	rundir_remove(&dir);
	setenv("TMPDIR", "/proc/nowhere", 1);
	assert_false(rundir_make(&dir, NULL, "/shim.so", why, sizeof(why)));
	unsetenv("TMPDIR");
	assert_non_null(strstr(why, "/proc/nowhere"));
	rundir_remove(&dir);
}

static void the_status_goes_into_every_trace_of_the_process_and_no_other(void **state)
{
	struct rundir dir;

	(void)state;
	make(&dir, NULL, "/shim.so");
	trace_write(in(&dir, "4711-63.trace"), PID, TICKS);
	trace_write(in(&dir, "4711-63-1.trace"), PID, TICKS);
	trace_write(in(&dir, "4712-63.trace"), PID + 1, TICKS);
	trace_write(in(&dir, "4711-62.trace"), PID, TICKS - 1);
	assert_int_equal(rundir_observe(&dir, PID, TICKS, 9, 123456), 2);
	struct trace_process seen = process_of(in(&dir, "4711-63-1.trace"));
	assert_int_equal(seen.observed, 1);
	assert_int_equal(seen.observed_status, 9);
	assert_int_equal(seen.observed_ns, 123456);
	assert_int_equal(process_of(in(&dir, "4711-63.trace")).observed, 1);
	assert_int_equal(process_of(in(&dir, "4712-63.trace")).observed, 0);
	assert_int_equal(process_of(in(&dir, "4711-62.trace")).observed, 0);
	rundir_remove(&dir);
}

static void a_trace_that_is_none_is_left_alone(void **state)
{
	struct rundir dir;
	struct small_trace other;

	(void)state;
	make(&dir, NULL, "/shim.so");
	FILE *file = fopen(in(&dir, "a.trace"), "w"); /* empty */
	fclose(file);
	for (long bytes = 1; bytes < (long)sizeof(struct small_trace); bytes += 37) {
		trace_write(in(&dir, "b.trace"), PID, TICKS);
		assert_int_equal(truncate(in(&dir, "b.trace"), bytes), 0);
		assert_int_equal(rundir_observe(&dir, PID, TICKS, 0, 1), 0);
	}
	/* Sections that point outside, and a version of tomorrow. */
	trace_write(in(&dir, "b.trace"), PID, TICKS);
	file = fopen(in(&dir, "b.trace"), "r+");
	assert_int_equal(fread(&other, sizeof(other), 1, file), 1);
	other.header.sections[0].offset = UINT64_MAX - 7;
	rewind(file);
	assert_int_equal(fwrite(&other, sizeof(other), 1, file), 1);
	fflush(file);
	assert_int_equal(rundir_observe(&dir, PID, TICKS, 0, 1), 0);
	other.header.sections[0].offset = offsetof(struct small_trace, process);
	other.header.version = TRACE_VERSION + 1;
	rewind(file);
	assert_int_equal(fwrite(&other, sizeof(other), 1, file), 1);
	fclose(file);
	assert_int_equal(rundir_observe(&dir, PID, TICKS, 0, 1), 0);
	rundir_remove(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_private_directory_is_private_and_goes_away),
		cmocka_unit_test(roots_directory_takes_files_of_those_who_know_it),
		cmocka_unit_test(a_kept_directory_stays_with_its_traces),
		cmocka_unit_test(a_shim_whose_path_cannot_stand_in_ld_preload_is_linked),
		cmocka_unit_test(a_tmpdir_that_cannot_stand_in_ld_preload_is_not_used),
		cmocka_unit_test(what_cannot_be_written_is_said_in_words),
		cmocka_unit_test(the_status_goes_into_every_trace_of_the_process_and_no_other),
		cmocka_unit_test(a_trace_that_is_none_is_left_alone),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
