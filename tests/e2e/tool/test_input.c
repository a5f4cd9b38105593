/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_input.c - bad input: a clear message, its exit code, and the host is not
 * affected.
 */
#include "harness.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the tool says of each command; it must say it, and no more than a line or two. */
static void expect(int code, const char *word, const char *command)
{
	struct ended ended = tool_run("%s", command);
	int was = exit_code(&ended);

	if (was != code)
		fail_msg("'%s': exit code %d, expected %d; stderr: %s", command, was, code,
			 ended.err);
	if (word && !strstr(ended.err, word))
		fail_msg("'%s': '%s' is not in: %s", command, word, ended.err);
	/* A verdict is said by its code alone; everything else takes words. */
	if (code && (code < 80 || code > 83))
		assert_true(strlen(ended.err) > 10);
	ended_free(&ended);
}

static void usage_errors_are_two(void **state)
{
	(void)state;
	expect(2, "--no-such-option", "run --no-such-option -- /bin/true");
	expect(2, "--no-such-option", "report --no-such-option /tmp");
	expect(2, "nonsense", "nonsense");
	expect(2, NULL, "report --format nonsense /tmp");
	expect(2, NULL, "run");
	expect(2, NULL, "check");
	expect(2, NULL, "broker --rtt much");
	expect(0, NULL, "--help");
	expect(0, NULL, "run --help");
}

static void a_word_that_is_nearly_one_is_asked_about(void **state)
{
	struct ended one = tool_run("help dump"), other = tool_run("dump --help");

	(void)state;
	expect(2, "there is no command 'reprot': did you mean 'report'?", "reprot");
	expect(2, "unknown option '--fromat': did you mean --format?",
	       "report --fromat json x");
	expect(2, "there is no command 'dmup': did you mean 'dump'?", "help dmup");
	assert_int_equal(exit_code(&one), 0);
	assert_string_equal(one.out, other.out);
	ended_free(&other);
	ended_free(&one);
}

/* The commit that it was built from, the shim that it would preload, the clients that are
 * counted, what it was linked with. */
static void the_version_says_what_it_is(void **state)
{
	static const char *const words[] = {
		"unflushed ",	      "\ncommit  ",  "kafka-clients", "aiokafka",
		"/libunflushed.so\n", "librdkafka ", "SQLite 3.",     "charts  "};
	struct ended ended = tool_run("--version");

	(void)state;
	assert_int_equal(exit_code(&ended), 0);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strstr(ended.out, words[i]))
			fail_msg("no '%s' in %s", words[i], ended.out);
	ended_free(&ended);
}

static void a_program_that_is_not_there_is_127(void **state)
{
	(void)state;
	expect(127, "no/such/program", "run -- /no/such/program");
	expect(127, "no-such-program", "run -- no-such-program");
}

static void a_program_that_cannot_be_run_is_126(void **state)
{
	char *path = scratch_name(".txt"), *command;

	(void)state;
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_true(asprintf(&command, "run -- %s", path) > 0);
	expect(126, path, command);
	expect(126, "/tmp", "run -- /tmp");
	free(command);
	free(path);
}

static void a_static_host_runs_and_is_blind(void **state)
{
	struct story story = story_of("static_libc");

	(void)state;
	story.needs_no_broker = true;
	story_tell(&story, " ");
	story_expect(&story, "blind", "shim-not-loaded");
	story_end(&story);
	expect(83, NULL, "run --check --quiet -- " PATH_HOSTS "/static_libc");
}

static void a_setuid_host_runs_and_is_blind(void **state)
{
	char *path = scratch_name("-setuid"), *command;
	struct story story = story_of(path);

	(void)state;
	assert_true(asprintf(&command, "cp %s/no_kafka %s", PATH_HOSTS, path) > 0);
	assert_int_equal(system(command), 0);
	/* Set-user-id to another: only then does the loader mistrust. */
	if (geteuid() != 0 || chown(path, 65534, 65534) != 0 || chmod(path, 04755) != 0)
		skip_because("a program cannot be made set-user-id to another");
	chmod(scratch_directory(), 0755);
	story.needs_no_broker = true;
	story_tell(&story, " ");
	story_expect(&story, "blind", "shim-not-loaded");
	story_end(&story);
	free(command);
	free(path);
}

/* A real trace to damage; its size in *size. */
static char *trace_of_a_lost_run(size_t *size)
{
	static char *bytes;
	static size_t length;
	char *directory, *command, *path;
	struct broker *broker;
	struct ended ended;
	FILE *file;

	if (!bytes) {
		directory = scratch_name("-traces");
		mkdir(directory, 0700);
		/* So far away that nothing gets out, however slowly the program ends. */
		broker = broker_start();
		broker_rtt(broker, 2000);
		ended = tool_run("run --quiet --dir %s -- %s/forgets_flush %s", directory,
				 PATH_HOSTS, broker_address(broker));
		broker_stop(broker);
		ended_free(&ended);
		path = scratch_name(".copy");
		assert_true(asprintf(&command, "cat %s/*.trace > %s", directory, path) > 0);
		assert_int_equal(system(command), 0);
		file = fopen(path, "re");
		bytes = malloc(2 << 20);
		length = fread(bytes, 1, 2 << 20, file);
		assert_true(length > 1000);
		fclose(file);
		free(command);
		free(directory);
	}
	*size = length;
	return bytes;
}

static void expect_of_trace(int code, const char *word, const char *bytes, size_t size)
{
	char *path = scratch_name(".trace"), *command;
	FILE *file = fopen(path, "we");

	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
	assert_true(asprintf(&command, "check %s", path) > 0);
	expect(code, word, command);
	unlink(path);
	free(path);
	free(command);
}

static void traces_that_cannot_be_read_are_three(void **state)
{
	size_t size;
	char *bytes = trace_of_a_lost_run(&size);

	(void)state;
	expect_of_trace(80, NULL, bytes, size);
	expect_of_trace(3, NULL, bytes, 0);
	expect_of_trace(3, NULL, bytes, 7);
	expect_of_trace(3, NULL, bytes, 100);
	expect_of_trace(3, NULL,
			"this is not a trace, but a letter to a friend. It is long "
			"enough to hold a header, were it one, and says nothing at all.",
			119);
	bytes[8] = 99;
	expect_of_trace(3, "version", bytes, size);
	bytes[8] = 1;
	expect(3, "no-such-trace", "report /tmp/no-such-trace");
	expect(3, "/etc/hostname", "report /etc/hostname");
}

static void a_trace_cut_off_in_its_rows_is_not_clean(void **state)
{
	size_t size;
	char *bytes = trace_of_a_lost_run(&size);
	char *path = scratch_name(".trace");

	(void)state;
	for (size_t part = 1; part < 8; part++) {
		FILE *file = fopen(path, "we");
		struct ended ended;

		fwrite(bytes, 1, size * part / 8, file);
		fclose(file);
		ended = tool_run("check %s", path);
		assert_int_not_equal(exit_code(&ended), 0);
		ended_free(&ended);
	}
	free(path);
}

static void a_trace_being_written_can_be_read(void **state)
{
	char *directory = scratch_name("-live");
	struct broker *broker = broker_start();
	pid_t pid;
	int status;

	(void)state;
	mkdir(directory, 0700);
	pid = program_start_traced("threads_busy @", directory, broker_address(broker));
	usleep(300000);
	for (int i = 0; i < 20; i++) {
		struct ended ended = tool_run("report --format json %s", directory);
		json_t *summary = json_loads(ended.out, 0, NULL);

		assert_int_equal(exit_code(&ended), 0);
		assert_non_null(summary);
		law_assert(summary);
		assert_string_equal(json_text(summary, "processes.0.end.how"), "running");
		json_decref(summary);
		ended_free(&ended);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	broker_stop(broker);
	free(directory);
}

static void the_host_runs_on_when_nothing_can_be_recorded(void **state)
{
	static const char *const directories[] = {"/proc/no/such/directory", "/proc"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct broker *broker = broker_start();
		struct ended ended;

		ended = tool_run("run --dir %s -- %s/flushes %s", directories[i], PATH_HOSTS,
				 broker_address(broker));
		assert_int_equal(exit_code(&ended), 0);
		assert_string_equal(ended.out, "flush: NO_ERROR\n");
		assert_non_null(strstr(ended.err, directories[i]));
		assert_int_equal(broker_messages(broker), 1000);
		ended_free(&ended);
		ended = tool_run("run --check --quiet --dir %s -- %s/flushes %s",
				 directories[i], PATH_HOSTS, broker_address(broker));
		assert_int_equal(exit_code(&ended), 83);
		ended_free(&ended);
		broker_stop(broker);
	}
}

static void a_full_disk_leaves_the_host_alone(void **state)
{
	char *directory = scratch_name("-full");
	struct broker *broker;
	struct ended ended;

	(void)state;
	mkdir(directory, 0700);
	if (mount("tmpfs", directory, "tmpfs", 0, "size=64k") != 0)
		skip_because("a small tmpfs cannot be mounted here");
	broker = broker_start();
	ended = tool_run("run --check --dir %s -- %s/flushes %s", directory, PATH_HOSTS,
			 broker_address(broker));
	assert_int_equal(broker_messages(broker), 1000);
	broker_stop(broker);
	umount(directory);
	assert_int_equal(exit_code(&ended), 83);
	assert_string_equal(ended.out, "flush: NO_ERROR\n");
	ended_free(&ended);
	free(directory);
}

/* A directory in which a run's trace lies several times, under other names. */
static void a_copied_trace_counts_once(void **state)
{
	char *directory = scratch_name("-copies"), *command;
	struct ended ended;

	(void)state;
	mkdir(directory, 0700);
	ended = tool_run(
		"run --broker-rtt 1000 --quiet --dir %s -- %s/forgets_flush {broker} 40",
		directory, PATH_HOSTS);
	ended_free(&ended);
	assert_true(asprintf(&command,
			     "cd %s && set -- *.trace && cp $1 a.trace && cp $1 z.trace",
			     directory) > 0);
	assert_int_equal(system(command), 0);
	free(command);
	ended = tool_run("report --format json %s", directory);
	json_t *summary = json_loads(ended.out, 0, NULL);

	assert_int_equal(json_number(summary, "copies"), 2);
	assert_int_equal(json_array_size(json_path(summary, "processes")), 1);
	assert_int_equal(json_number(summary, "processes.0.producers.0.messages.produced"), 40);
	assert_non_null(strstr(ended.err, "a.trace"));
	assert_non_null(strstr(ended.err, "of the same process: it counts once"));
	json_decref(summary);
	ended_free(&ended);
	free(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usage_errors_are_two),
		cmocka_unit_test(a_word_that_is_nearly_one_is_asked_about),
		cmocka_unit_test(the_version_says_what_it_is),
		cmocka_unit_test(a_program_that_is_not_there_is_127),
		cmocka_unit_test(a_program_that_cannot_be_run_is_126),
		cmocka_unit_test(a_static_host_runs_and_is_blind),
		cmocka_unit_test(a_setuid_host_runs_and_is_blind),
		cmocka_unit_test(traces_that_cannot_be_read_are_three),
		cmocka_unit_test(a_trace_cut_off_in_its_rows_is_not_clean),
		cmocka_unit_test(a_trace_being_written_can_be_read),
		cmocka_unit_test(the_host_runs_on_when_nothing_can_be_recorded),
		cmocka_unit_test(a_full_disk_leaves_the_host_alone),
		cmocka_unit_test(a_copied_trace_counts_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
