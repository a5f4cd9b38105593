/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pack.c - a packed file can be used like the traces in it, by this tool
 * and others; and only traces that are safely in one are removed.
 *
 * There are three traces: of two processes that lost 3 and 4 messages, and of
 * one that waited for its 7.
 */
#include "harness.h"

#include <glob.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder; /* of the three traces */
static char *packed;

static char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *text_of(const char *format, ...)
{
	va_list list;
	char *text;

	va_start(list, format);
	assert_true(vasprintf(&text, format, list) > 0);
	va_end(list);
	return text;
}

static void shell(const char *words, ...) __attribute__((format(printf, 1, 2)));
static void shell(const char *words, ...)
{
	va_list list;
	char *command;

	va_start(list, words);
	assert_true(vasprintf(&command, words, list) > 0);
	va_end(list);
	if (system(command) != 0)
		fail_msg("failed: %s", command);
	free(command);
}

/* Exit code, and that this is in what was said. */
static void expect(int code, const char *says, const char *arguments, ...)
	__attribute__((format(printf, 3, 4)));
static void expect(int code, const char *says, const char *arguments, ...)
{
	va_list list;
	char *command;

	va_start(list, arguments);
	assert_true(vasprintf(&command, arguments, list) > 0);
	va_end(list);
	struct ended ended = tool_run("%s", command);

	if (exit_code(&ended) != code || !strstr(ended.err, says))
		fail_msg("'%s': %d instead of %d, and not '%s':\n%s%s", command,
			 exit_code(&ended), code, says, ended.out, ended.err);
	ended_free(&ended);
	free(command);
}

/* MiB of disk that the traces take, which is less than they are long. */
static double disk_of(const char *directory)
{
	char *pattern = text_of("%s/*.trace", directory);
	int64_t blocks = 0;
	struct stat about;
	glob_t found;

	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		assert_int_equal(stat(found.gl_pathv[i], &about), 0);
		blocks += about.st_blocks;
	}
	globfree(&found);
	free(pattern);
	return (double)blocks * 512 / (1 << 20);
}

/* Every `what` in the text is gone. */
static void without(char *text, const char *what)
{
	size_t length = strlen(what);

	for (char *at; (at = strstr(text, what));)
		memmove(at, at + length, strlen(at + length) + 1);
}

/* A copy of the folder that may be changed. */
static char *copy_of_folder(void)
{
	char *copy = scratch_name("-copy");

	shell("cp -a %s %s", folder, copy);
	return copy;
}

/* All that is said of the packed file is said of the folder, but for the paths. */
static void a_report_of_it_is_that_of_the_originals(void **state)
{
	static const char *const formats[] = {"json", "text", "jsonl", "junit", "prometheus"};
	char *in_folder = text_of("%s/", folder), *in_file = text_of("%s:", packed);

	(void)state;
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		struct ended plain = tool_run("report -f %s %s", formats[i], folder),
			     again = tool_run("report -f %s %s", formats[i], packed);

		assert_int_equal(exit_code(&plain), exit_code(&again));
		assert_true(strlen(plain.out) > 40);
		without(plain.out, in_folder);
		without(again.out, in_file);
		assert_string_equal(again.out, plain.out);
		assert_string_equal(again.err, plain.err);
		ended_free(&plain);
		ended_free(&again);
	}
	expect(80, "", "check -q %s", packed);
	expect(0, "", "diff --exit-code %s %s", folder, packed);
	expect(0, "", "explain missing-flush %s", packed);
	free(in_folder);
	free(in_file);
}

static void a_dump_of_one_is_that_of_the_original(void **state)
{
	char *list = text_of("ls %s > %s.list", folder, folder);
	char *path = text_of("%s.list", folder), *names;

	(void)state;
	shell("%s", list);
	names = file_read(path);
	for (char *name = strtok(names, "\n"); name; name = strtok(NULL, "\n")) {
		struct ended plain = tool_run("dump -f json %s/%s", folder, name),
			     again = tool_run("dump -f json %s:%s", packed, name);

		assert_int_equal(exit_code(&again), 0);
		assert_true(strlen(plain.out) > 1000);
		assert_string_equal(again.out, plain.out);
		ended_free(&plain);
		ended_free(&again);
		expect(0, "", "report %s:%s", packed, name);
	}
	expect(3, "it holds 3 traces: name one", "dump %s", packed);
	expect(3, "there is no such trace in it", "report %s:none.trace", packed);
	free(names);
	free(path);
	free(list);
}

static void others_read_it_and_we_read_theirs(void **state)
{
	char *out = scratch_name("-tar"), *theirs = scratch_name(".tar.zst");

	(void)state;
	story_needs("zstd");
	shell("mkdir %s && tar --zstd -C %s -xf %s 2> %s.said && test ! -s %s.said", out, out,
	      packed, out, out);
	shell("for file in %s/*; do cmp $file %s/$(basename $file) || exit 1; done", folder,
	      out);
	shell("test $(ls %s | wc -l) = 3", out);
	/* Mostly holes, as it was. */
	shell("test $(du -s %s | cut -f1) -lt 1000", out);
	/* Whole folders, with holes or without, in one frame. */
	shell("tar --zstd -cf %s -C %s .", theirs, folder);
	expect(0, "", "diff --exit-code %s %s", folder, theirs);
	shell("tar --zstd -cSf %s -C %s .", theirs, folder);
	expect(0, "", "diff --exit-code %s %s", folder, theirs);
	free(out);
	free(theirs);
}

static void the_same_traces_make_the_same_file(void **state)
{
	char *again = scratch_name(".tar.zst"), *copy = copy_of_folder();

	(void)state;
	/* One by one, in another order, and one of them twice. */
	expect(0, "3 traces, ", "pack -o %s %s", again, copy);
	free(again);
	again = scratch_name(".tar.zst");
	shell("%s pack -o %s $(ls -r %s/*) $(ls %s/* | head -1) 2>/dev/null", PATH_TOOL, again,
	      copy, copy);
	shell("cmp %s %s", again, packed);
	shell("test $(stat -c %%s %s) -lt 20000", again);
	/* Read by its owner alone, as the traces are. */
	shell("test $(stat -c %%a %s) = 400 && test $(stat -c %%a %s/* | sort -u) = 400",
	      packed, folder);
	free(again);
	free(copy);
}

static void in_a_directory_it_is_found_by_its_name(void **state)
{
	char *copy = copy_of_folder();

	(void)state;
	shell("rm %s/* && cp %s %s/old.traces.tar.zst && cp %s %s/other.tar.zst", copy, packed,
	      copy, packed, copy);
	expect(0, "", "diff --exit-code %s %s", folder, copy);
	/* Beside the traces themselves each counts once. */
	shell("cp -a %s/* %s", folder, copy);
	expect(80, "are copies", "check -q %s %s", copy, folder);
	expect(80, "is a copy of", "check -q %s", copy);
	expect(0, "", "diff --exit-code %s %s", folder, copy);
	free(copy);
}

static void they_are_removed_when_they_are_in_it(void **state)
{
	char *copy = copy_of_folder(), *file = text_of("%s/a.traces.tar.zst", copy);

	(void)state;
	expect(0, "3 traces removed, ", "pack --remove -o %s %s", file, copy);
	shell("test $(ls %s) = a.traces.tar.zst", copy);
	expect(0, "", "diff --exit-code %s %s", folder, copy);
	/* To write over it would lose them for good. */
	shell("cp -a %s/* %s", folder, copy);
	expect(1, "File exists", "pack --remove -o %s %s", file, copy);
	shell("cmp %s %s && test $(ls %s | wc -l) = 4", file, packed, copy);
	expect(2, "into which file", "pack %s", copy);
	expect(3, "is packed already", "pack -o %s.2 %s", file, file);
	expect(3, "No such file", "pack -o %s.2 /no/such/folder", file);
	expect(1, "cannot write '/no/such/file'", "pack -o /no/such/file %s", copy);
	shell("test ! -e %s.2", file);
	free(file);
	free(copy);
}

static void what_is_no_trace_stays_and_is_said(void **state)
{
	char *copy = copy_of_folder(), *file = scratch_name(".tar.zst");

	(void)state;
	shell("echo mine > %s/notes.trace && ln -s %s/notes.trace %s/link.trace", copy, copy,
	      copy);
	expect(3, "notes.trace': it is not a trace", "pack --remove -o %s %s", file, copy);
	shell("test \"$(cat %s/notes.trace)\" = mine && test $(ls %s | wc -l) = 2", copy, copy);
	expect(0, "", "diff --exit-code %s %s", folder, file);
	free(file);
	free(copy);
}

/* A host that produces without end, and whose trace is there. */
static pid_t busy_host(const char *directory, const struct broker *broker)
{
	char *look = text_of("ls %s/*.trace >/dev/null 2>&1", directory);

	mkdir(directory, 0700);
	pid_t pid = program_start_traced("threads_busy @", directory, broker_address(broker));

	for (int i = 0; i < 300 && system(look) != 0; i++)
		usleep(100000);
	usleep(300000);
	free(look);
	return pid;
}

static void one_that_is_written_to_is_left_alone(void **state)
{
	char *directory = scratch_name("-live"), *file = scratch_name(".tar.zst");
	struct broker *broker = broker_start();
	pid_t pid = busy_host(directory, broker);
	int status;

	(void)state;
	expect(3, "1 trace is left out: its process runs", "pack --remove -o %s %s", file,
	       directory);
	shell("test ! -e %s", file);
	expect(0, "0 traces removed", "pack --remove --live -o %s %s", file, directory);
	expect(0, "1 trace stays: the process runs", "prune --keep 0s %s", directory);
	shell("test $(ls %s | wc -l) = 1", directory);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	/* The trace in it is of one that ran, then; what became of it is in the other. */
	struct ended ended = tool_run("report -f json %s", file);
	json_t *summary = json_loads(ended.out, 0, NULL);

	assert_string_equal(json_text(summary, "processes.0.end.how"), "running");
	law_assert(summary);
	json_decref(summary);
	ended_free(&ended);
	ended = tool_run("report -f json %s %s", file, directory);
	summary = json_loads(ended.out, 0, NULL);
	assert_int_equal(json_array_size(json_path(summary, "processes")), 1);
	assert_string_equal(json_text(summary, "processes.0.end.how"), "vanished");
	json_decref(summary);
	ended_free(&ended);
	broker_stop(broker);
	free(directory);
	free(file);
}

static void damage_is_said_and_costs_a_guard_its_clean(void **state)
{
	char *file = scratch_name(".tar.zst");

	(void)state;
	shell("head -c 1500 %s > %s", packed, file);
	expect(3, "it is cut off at byte 1500", "report %s", file);
	expect(3, "it is cut off", "check -q --exe flushes %s", file);
	expect(3, "it is cut off", "diff %s %s", folder, file);
	expect(3, "it is cut off", "dump %s:x.trace", file);
	shell("cat %s > %s && printf x | dd of=%s bs=1 seek=2000 conv=notrunc 2>/dev/null",
	      packed, file, file);
	expect(3, "is damaged", "report %s", file);
	/* What else was asked for is reported. */
	struct ended ended = tool_run("report %s %s", file, folder);

	assert_non_null(strstr(ended.out, "7 of 14 messages"));
	assert_int_equal(exit_code(&ended), 3);
	ended_free(&ended);
	free(file);
}

/* ---- prune ---- */

static void only_what_is_old_enough_goes(void **state)
{
	static const struct {
		const char *options;
		int code, left;
		const char *says;
	} rows[] = {
		{"--keep 1h", 0, 3, "0 traces removed"},
		{"--keep 0s --dry-run", 0, 3, "3 traces would be removed, "},
		{"--keep 2001-01-01", 0, 3, "3 traces stay: it ended within --keep"},
		{"--keep 0s --only-clean", 0, 2, "1 trace removed, "},
		{"--keep 0s --only-clean", 0, 2, "2 traces stay: not clean"},
		{"--keep soon", 2, 3, "'soon' is no age"},
		{"", 2, 3, "which are to stay?"},
		{"--keep 0s", 0, 0, "3 traces removed, "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *copy = copy_of_folder();

		/* By the end that the trace tells, and not by what `cp` or `touch` make of it.
		 */
		shell("touch -d 2001-01-01 %s/*", copy);
		expect(rows[i].code, rows[i].says, "prune %s %s", rows[i].options, copy);
		shell("test $(ls %s | wc -l) = %d", copy, rows[i].left);
		free(copy);
	}
}

/* Killed: the file's time is all that says when, beside what is in it. */
static void one_that_was_killed_ended_when_it_was_last_seen(void **state)
{
	char *directory = scratch_name("-killed");
	struct broker *broker = broker_start();
	pid_t pid = busy_host(directory, broker);
	int status;

	(void)state;
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	broker_stop(broker);
	expect(0, "0 traces removed", "prune --keep 1h %s", directory);
	shell("touch -d 2001-01-01 %s/*", directory);
	expect(0, "0 traces removed", "prune --keep 1h %s", directory);
	expect(0, "1 trace removed", "prune --keep 0s %s", directory);
	free(directory);
}

static void what_is_not_ours_or_no_trace_stays(void **state)
{
	char *copy = copy_of_folder(), *link = text_of("%s/link.trace", copy);

	(void)state;
	shell("echo mine > %s/notes.trace; echo mine > %s/notes; mkdir %s/dir.trace; "
	      "mkfifo %s/pipe.trace; ln -s %s/notes %s; cp %s %s/p.traces.tar.zst",
	      copy, copy, copy, copy, copy, link, packed, copy);
	expect(3, "notes.trace': it is not a trace", "prune --keep 0s %s", copy);
	shell("test $(ls %s | wc -l) = 6", copy);
	expect(3, "3 traces stay: another user's, or a link", "prune --keep 0s %s", copy);
	expect(3, "it is a packed file", "prune --keep 0s %s/p.traces.tar.zst", copy);
	expect(3, "no trace (*.trace) is there", "prune --keep 0s %s/dir.trace", copy);
	if (geteuid() != 0)
		skip_because("only root can give a file away");
	shell("cp -a %s/* %s && chown 65534 %s/*-*.trace", folder, copy, copy);
	expect(3, "0 traces removed", "prune --keep 0s %s", copy);
	expect(3, "another user's", "pack --remove -o %s.tar.zst %s", copy, copy);
	shell("test $(ls %s/*-*.trace | wc -l) = 3", copy);
	free(link);
	free(copy);
}

static void names_cannot_move_a_cursor(void **state)
{
	char *copy = copy_of_folder(), *file = scratch_name(".tar.zst");

	(void)state;
	shell("cd %s && mv $(ls | head -1) \"$(printf '\\033[31m\\n\\377<b>.trace')\"", copy);
	expect(0, "3 traces,", "pack -o %s %s", file, copy);
	expect(0, "", "diff --exit-code %s %s", folder, file);
	struct ended ended = tool_run("report -f json %s", file);
	json_t *summary = json_loads(ended.out, 0, NULL);

	assert_non_null(summary);
	assert_null(strchr(ended.out, '\033'));
	json_decref(summary);
	ended_free(&ended);
	ended = tool_run("prune --dry-run --keep 0s %s", copy);
	assert_null(strchr(ended.out, '\033'));
	assert_non_null(strstr(ended.out, "\\x1b[31m"));
	ended_free(&ended);
	free(copy);
	free(file);
}

static int prepare(void **state)
{
	struct broker *broker = broker_start(), *far_broker = broker_start();

	(void)state;
	folder = scratch_name("-kept");
	packed = scratch_name(".tar.zst");
	broker_rtt(far_broker, 1000);
	for (int count = 3; count <= 4; count++) {
		struct ended ended =
			tool_run("run -q --dir %s -- " PATH_HOSTS "/forgets_flush %s %d",
				 folder, broker_address(far_broker), count);
		ended_free(&ended);
	}
	struct ended ended = tool_run("run -q --dir %s -- " PATH_HOSTS "/flushes %s 7", folder,
				      broker_address(broker));
	ended_free(&ended);
	broker_stop(far_broker);
	broker_stop(broker);
	char *says = text_of("3 traces, %.1f MiB on disk, packed into", disk_of(folder));

	expect(0, says, "pack -o %s %s", packed, folder);
	free(says);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	free(folder);
	free(packed);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_of_it_is_that_of_the_originals),
		cmocka_unit_test(a_dump_of_one_is_that_of_the_original),
		cmocka_unit_test(others_read_it_and_we_read_theirs),
		cmocka_unit_test(the_same_traces_make_the_same_file),
		cmocka_unit_test(in_a_directory_it_is_found_by_its_name),
		cmocka_unit_test(they_are_removed_when_they_are_in_it),
		cmocka_unit_test(what_is_no_trace_stays_and_is_said),
		cmocka_unit_test(one_that_is_written_to_is_left_alone),
		cmocka_unit_test(damage_is_said_and_costs_a_guard_its_clean),
		cmocka_unit_test(only_what_is_old_enough_goes),
		cmocka_unit_test(one_that_was_killed_ended_when_it_was_last_seen),
		cmocka_unit_test(what_is_not_ours_or_no_trace_stays),
		cmocka_unit_test(names_cannot_move_a_cursor),
	};

	return cmocka_run_group_tests(tests, prepare, finish);
}
