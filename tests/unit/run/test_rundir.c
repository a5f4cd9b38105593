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
#include <sys/xattr.h>
#include <unistd.h>

#include "format/format.h"
#include "run/owngroup.h"
#include "scratch.h"
#include "testing.h"

#define PID 4711
#define TICKS 99

/* The least that is a trace: a header and a process row. */
struct small_trace {
	struct trace_header header;
	struct trace_process process;
};

/* The number that a trace carries. */
static uint8_t run_number[16];

static void number_take(const struct rundir *dir)
{
	for (size_t i = 0; i < sizeof(run_number); i++) {
		unsigned byte;

		assert_int_equal(sscanf(dir->run + 2 * i, "%2x", &byte), 1);
		run_number[i] = (uint8_t)byte;
	}
}

static void trace_write(const char *path, int32_t pid, uint64_t start_ticks)
{
	struct small_trace trace = {0};
	FILE *file = fopen(path, "w");

	memcpy(trace.header.magic, TRACE_MAGIC, 8);
	trace.header.version = TRACE_VERSION;
	trace.header.byte_order = TRACE_BYTE_ORDER;
	trace.header.header_bytes = sizeof(trace.header);
	trace.header.state = TRACE_LIVE;
	memcpy(trace.header.run, run_number, sizeof(run_number));
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
	number_take(dir);
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

/* Every user that the host may become can write there; other users cannot find the path. */
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
	struct rundir_found found;

	(void)state;
	make(&dir, keep, "/lib/shim.so");
	trace_write(in(&dir, "1-a.trace"), 1, 10);
	rundir_remove(&dir);
	assert_int_equal(access(scratch_path("kept traces/1-a.trace"), F_OK), 0);
	/* The next run does not take them for its own, nor other files. */
	make(&dir, keep, "/lib/shim.so");
	trace_write(in(&dir, "2-b.trace"), 2, 10);
	trace_write(in(&dir, "notes.txt"), 2, 10);
	rundir_find(&dir, NULL, &found);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.stranger_count, 0);
	assert_non_null(strstr(found.traces[0], "/2-b.trace"));
	rundir_found_free(&found);
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

/* ---- whose traces they are ---- */

static struct marks told;

static const char *strangers(const struct rundir *dir, size_t own)
{
	static char text[1024];
	struct rundir_found found;

	rundir_find(dir, &told, &found);
	text[0] = '\0';
	assert_int_equal(found.count, own);
	for (size_t i = 0; i < found.stranger_count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s: %s\n",
			 strrchr(found.strangers[i].path, '/') + 1, found.strangers[i].why);
	rundir_found_free(&found);
	return text;
}

static bool is_safe(const struct rundir *dir)
{
	char why[PATH_MAX + 256] = "";
	bool safe = rundir_is_safe(dir, &told, why, sizeof(why));

	assert_int_equal(safe, why[0] == '\0');
	printf("%s\n", safe ? "safe" : why);
	return safe;
}

static void marks_given(const char *lines)
{
	marks_free(&told);
	marks_read(&told, scratch_write("told", lines));
}

static void a_trace_with_another_number_is_a_strangers(void **state)
{
	struct rundir dir;

	(void)state;
	marks_given("");
	make(&dir, scratch_path("strangers"), "/shim.so");
	trace_write(in(&dir, "1-a.trace"), 1, 10);
	run_number[15] ^= 1;
	trace_write(in(&dir, "2-a.trace"), 2, 10);
	assert_string_equal(strangers(&dir, 1),
			    "2-a.trace: none of the run's processes has made it\n");
	/* That a process named it does not make another's contents its own. */
	marks_given("2 =2-a.trace\n");
	assert_non_null(strstr(strangers(&dir, 1), "2-a.trace"));
	assert_false(is_safe(&dir));
	memset(run_number, 0, sizeof(run_number));
	trace_write(in(&dir, "2-a.trace"), 2, 10);
	assert_non_null(strstr(strangers(&dir, 1), "2-a.trace"));
	rundir_remove(&dir);
}

static void what_is_no_file_of_the_runs_is_neither_followed_nor_waited_for(void **state)
{
	struct rundir dir;
	const char *said;

	(void)state;
	marks_given("");
	make(&dir, scratch_path("odd"), "/shim.so");
	trace_write(scratch_path("elsewhere"), 1, 10);
	assert_int_equal(symlink(scratch_path("elsewhere"), in(&dir, "1-link.trace")), 0);
	assert_int_equal(symlink("nowhere", in(&dir, "2-link.trace")), 0);
	assert_int_equal(mkfifo(in(&dir, "3-fifo.trace"), 0600), 0);
	assert_int_equal(mkdir(in(&dir, "4-folder.trace"), 0700), 0);
	assert_int_equal(symlink("/dev/zero", in(&dir, "5-device.trace")), 0);
	said = strangers(&dir, 0);
	assert_non_null(strstr(said, "1-link.trace: it is a symbolic link"));
	assert_non_null(strstr(said, "2-link.trace: it is a symbolic link"));
	assert_non_null(strstr(said, "3-fifo.trace: it is no regular file"));
	assert_non_null(strstr(said, "4-folder.trace: it is no regular file"));
	assert_non_null(strstr(said, "5-device.trace: it is a symbolic link"));
	rundir_remove(&dir);
}

/* Otherwise damage would hide what was lost. */
static void a_damaged_trace_is_the_runs_if_a_process_named_it(void **state)
{
	struct rundir dir;
	FILE *file;

	(void)state;
	make(&dir, scratch_path("damaged"), "/shim.so");
	file = fopen(in(&dir, "7-a.trace"), "w");
	fclose(file);
	marks_given("");
	assert_non_null(strstr(strangers(&dir, 0), "it is no whole trace"));
	marks_given("7 =7-a.trace\n");
	assert_string_equal(strangers(&dir, 1), "");
	rundir_remove(&dir);
}

static void a_trace_that_was_taken_away_is_missed(void **state)
{
	struct rundir dir;

	(void)state;
	marks_given("7\n7 =7-a.trace\n7 =7-a-1.trace\n");
	make(&dir, scratch_path("missing"), "/shim.so");
	trace_write(in(&dir, "7-a.trace"), 7, 10);
	trace_write(in(&dir, "7-a-1.trace"), 7, 10);
	assert_true(is_safe(&dir));
	assert_int_equal(rename(in(&dir, "7-a.trace"), scratch_path("kept aside")), 0);
	assert_false(is_safe(&dir));
	/* Nor is a link to it the same. */
	assert_int_equal(symlink(scratch_path("kept aside"), in(&dir, "7-a.trace")), 0);
	assert_false(is_safe(&dir));
	rundir_remove(&dir);
}

static void a_directory_that_took_the_others_name_is_not_it(void **state)
{
	struct rundir dir;

	(void)state;
	marks_given("");
	make(&dir, scratch_path("moved"), "/shim.so");
	assert_true(is_safe(&dir));
	scratch_shell("mv moved aside && mkdir moved");
	assert_false(is_safe(&dir));
	rundir_remove(&dir);
}

static bool safe_with(const char *keep, mode_t mode, uid_t owner)
{
	struct rundir dir;

	assert_int_equal(chmod(keep, mode), 0);
	if (geteuid() == 0)
		assert_int_equal(chown(keep, owner, (gid_t)-1), 0);
	marks_given("");
	make(&dir, keep, "/shim.so");
	bool safe = is_safe(&dir);
	rundir_remove(&dir);
	return safe;
}

static void a_directory_that_others_may_write_to_is_not_safe(void **state)
{
	char *keep = strdup(scratch_path("open"));
	uid_t us = geteuid();

	(void)state;
	scratch_shell("mkdir open");
	assert_true(safe_with(keep, 0700, us));
	assert_true(safe_with(keep, 0755, us));
	assert_false(safe_with(keep, 0777, us));
	assert_false(safe_with(keep, 0702, us));
	/* Like /tmp: there another user cannot remove this user's files. */
	assert_true(safe_with(keep, 01777, us));
	assert_true(safe_with(keep, 01775, us));
	if (us == 0) {
		assert_false(safe_with(keep, 0755, 65534));
		assert_false(safe_with(keep, 01777, 65534));
	}
	free(keep);
}

/* As a umask of 002 makes it: whether anybody else is in the group decides. */
static void a_directory_that_its_group_may_write_to_is_safe_if_that_is_nobody(void **state)
{
	char *keep = strdup(scratch_path("group"));
	uid_t us = geteuid();

	(void)state;
	scratch_shell("mkdir group");
	assert_int_equal(safe_with(keep, 0775, us), owngroup_of(us, getegid()));
	if (us == 0) {
		assert_int_equal(chown(keep, us, 65534), 0);
		assert_false(safe_with(keep, 0775, us));
		assert_true(safe_with(keep, 0755, us));
	}
	free(keep);
}

/* As `setfacl -m u:65534:rwx` writes it. The mode is the same. */
static void a_directory_with_an_access_list_is_not_safe(void **state)
{
	static const uint32_t list[] = {2,     1 | 7 << 16,    ~0u, 2 | 7 << 16,
					65534, 4 | 5 << 16,    ~0u, 0x10 | 7 << 16,
					~0u,   0x20 | 5 << 16, ~0u};
	char *keep = strdup(scratch_path("list"));

	(void)state;
	scratch_shell("mkdir list");
	if (!safe_with(keep, 0775, geteuid()))
		skip_because("who runs this has no group of its own");
	if (setxattr(keep, "system.posix_acl_access", list, sizeof(list), 0) != 0)
		skip_because("this filesystem has no access lists");
	assert_int_equal(mode_of(keep), 0775);
	assert_false(safe_with(keep, 0775, geteuid()));
	free(keep);
}

static void marks_that_are_missing_are_not_relied_upon(void **state)
{
	struct rundir dir;

	(void)state;
	marks_given("7\n");
	make(&dir, scratch_path("marks"), "/shim.so");
	assert_true(is_safe(&dir));
	scratch_shell(": >told" MARK_MISSING_SUFFIX);
	marks_given("7\n");
	assert_false(is_safe(&dir));
	scratch_shell("rm told" MARK_MISSING_SUFFIX);
	marks_given("7\n");
	assert_true(is_safe(&dir));
	rundir_remove(&dir);
}

static void a_private_directory_in_a_place_open_to_others_is_not_safe(void **state)
{
	struct rundir dir;
	char *place = strdup(scratch_path("shared"));

	(void)state;
	scratch_shell("mkdir shared && chmod 777 shared");
	setenv("TMPDIR", place, 1);
	marks_given("");
	make(&dir, NULL, "/shim.so");
	assert_false(is_safe(&dir));
	chmod(place, 01777);
	assert_true(is_safe(&dir));
	unsetenv("TMPDIR");
	rundir_remove(&dir);
	free(place);
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
		cmocka_unit_test(a_trace_with_another_number_is_a_strangers),
		cmocka_unit_test(
			what_is_no_file_of_the_runs_is_neither_followed_nor_waited_for),
		cmocka_unit_test(a_damaged_trace_is_the_runs_if_a_process_named_it),
		cmocka_unit_test(a_trace_that_was_taken_away_is_missed),
		cmocka_unit_test(a_directory_that_took_the_others_name_is_not_it),
		cmocka_unit_test(a_directory_that_others_may_write_to_is_not_safe),
		cmocka_unit_test(
			a_directory_that_its_group_may_write_to_is_safe_if_that_is_nobody),
		cmocka_unit_test(a_directory_with_an_access_list_is_not_safe),
		cmocka_unit_test(marks_that_are_missing_are_not_relied_upon),
		cmocka_unit_test(a_private_directory_in_a_place_open_to_others_is_not_safe),
		cmocka_unit_test(the_status_goes_into_every_trace_of_the_process_and_no_other),
		cmocka_unit_test(a_trace_that_is_none_is_left_alone),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
