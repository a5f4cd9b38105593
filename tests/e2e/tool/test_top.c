/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_top.c - `unflushed top` of a host that produces to a far broker: as
 * lines, as JSON, and on the screen of a terminal.
 */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct broker *broker;
static char *directory, *socket_path;
static pid_t pid;

/* Until it has a trace. */
static void await_trace(pid_t of)
{
	for (int i = 0; i < 600; i++) {
		struct ended ended = tool_run("top --count 1 %d", (int)of);
		int code = exit_code(&ended);

		ended_free(&ended);
		if (code == 0)
			return;
		usleep(100000);
	}
	fail_msg("%d left no trace", (int)of);
}

static size_t lines_of(const char *text)
{
	size_t lines = 0;

	for (; (text = strchr(text, '\n')); text++)
		lines++;
	return lines;
}

static void lines_have_rates_from_the_second_on(void **state)
{
	char name[40];

	(void)state;
	snprintf(name, sizeof(name), "Z threads_busy %d ", (int)pid);
	struct ended ended = tool_run("top --plain --count 3 --interval 0.5 %s", directory);
	char *second = strchr(ended.out, '\n');

	assert_int_equal(exit_code(&ended), 0);
	assert_string_equal(ended.err, "");
	assert_int_equal(lines_of(ended.out), 3);
	assert_non_null(strstr(ended.out, name));
	*second++ = '\0';
	assert_non_null(strstr(ended.out, "produced ?/s, delivered ?/s, outstanding "));
	assert_non_null(strstr(second, name));
	assert_null(strstr(second, "?/s"));
	assert_non_null(strstr(second, " to " TOPIC ": produced "));
	ended_free(&ended);
}

/* Another project's reader, and the schema. */
static void assert_valid(const char *text)
{
	char *path = scratch_name(".json"), *command;
	FILE *file = fopen(path, "we");

	fputs(text, file);
	fclose(file);
	assert_true(asprintf(&command,
			     "/usr/bin/python3 -W ignore %s/tests/unit/formats/readers/top.py "
			     "'%s' >&2",
			     PATH_SOURCE, path) > 0);
	assert_int_equal(system(command), 0);
	free(command);
	free(path);
}

static void screens_in_json_keep_the_law(void **state)
{
	double produced = 0, delivered = 0;
	size_t screens = 0;

	(void)state;
	struct ended ended = tool_run("top -f json --count 4 --interval 0.5 %d", (int)pid);

	assert_int_equal(exit_code(&ended), 0);
	assert_valid(ended.out);
	for (char *line = ended.out, *next; *line; line = next, screens++) {
		next = strchr(line, '\n');
		*next++ = '\0';
		json_t *screen = json_loads(line, 0, NULL);

		assert_int_equal(json_number(screen, "producers.0.process.pid"), pid);
		assert_string_equal(json_text(screen, "producers.0.topics.0"), TOPIC);
		assert_int_equal(
			json_number(screen, "producers.0.messages.produced"),
			json_number(screen, "producers.0.messages.delivered") +
				json_number(screen, "producers.0.messages.failed") +
				json_number(screen, "producers.0.messages.outstanding"));
		assert_int_equal(json_is_unknown(screen, "since_ns"), screens == 0);
		assert_int_equal(json_is_unknown(screen, "producers.0.produced_per_s"),
				 screens == 0);
		if (screens > 0) {
			produced += json_number_value(
				json_path(screen, "producers.0.produced_per_s"));
			delivered += json_number_value(
				json_path(screen, "producers.0.delivered_per_s"));
		}
		json_decref(screen);
	}
	assert_int_equal(screens, 4);
	assert_true(produced > 0);
	assert_true(delivered > 0);
	ended_free(&ended);
}

static void it_ends_with_the_process_that_it_watches(void **state)
{
	pid_t other = program_start_traced("threads_busy @", directory, broker_address(broker));
	int status;

	(void)state;
	await_trace(other);
	pid_t killer = fork();

	if (killer == 0) {
		usleep(1500000);
		kill(other, SIGKILL);
		_exit(0);
	}
	struct ended ended = tool_run("top --interval 0.2 %d", (int)other);

	waitpid(killer, &status, 0);
	waitpid(other, &status, 0);
	assert_int_equal(exit_code(&ended), 0);
	assert_non_null(strstr(ended.out, "outstanding "));
	/* Which of the two, what had been written then decides. */
	const char *last = strstr(ended.out, " vanished: ");

	assert_non_null(last);
	if (!strstr(last, ": LOST, ") && !strstr(last, ": AT RISK, "))
		fail_msg("%s", last);
	ended_free(&ended);
}

static void where_nothing_runs_it_says_so(void **state)
{
	char *empty = scratch_name("-empty");

	(void)state;
	mkdir(empty, 0700);
	struct ended ended = tool_run("top --count 2 --interval 0.1 %s", empty);

	assert_int_equal(exit_code(&ended), 0);
	assert_int_equal(lines_of(ended.out), 2);
	assert_non_null(strstr(ended.out, "Z no producer runs\n"));
	ended_free(&ended);
	setenv("UNFLUSHED_DIR", empty, 1);
	ended = tool_run("top --count 1 -f json");
	unsetenv("UNFLUSHED_DIR");
	assert_int_equal(exit_code(&ended), 0);
	assert_non_null(strstr(ended.out, "\"producers\":[]"));
	assert_valid(ended.out);
	ended_free(&ended);
	free(empty);
}

static void what_cannot_be_watched_is_said(void **state)
{
	static const struct {
		const char *arguments, *says;
		int code;
	} rows[] = {
		{"top", "UNFLUSHED_DIR is not set", 2},
		{"top --interval 0 /tmp", "0.1 to 3600", 2},
		{"top --interval 1e1 /tmp", "0.1 to 3600", 2},
		{"top --count 0 /tmp", "between 1", 2},
		{"top --sort size /tmp", "--sort", 2},
		{"top --count 1 /nonexistent", "cannot read '/nonexistent'", 3},
		{"top --count 1 2147483647", "no such process", 3},
		{"top --count 1 /etc/passwd", "cannot read '/etc/passwd'", 3},
		{"top --count 1 /dev/null", "cannot read '/dev/null'", 3},
		{"top --count 1 1", "cannot read '1'", 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ended ended = tool_run("%s", rows[i].arguments);

		if (exit_code(&ended) != rows[i].code || !strstr(ended.err, rows[i].says) ||
		    *ended.out)
			fail_msg("%s: %d\n%s%s", rows[i].arguments, exit_code(&ended),
				 ended.out, ended.err);
		ended_free(&ended);
	}
}

static void a_full_disk_is_said(void **state)
{
	char *command;

	(void)state;
	assert_true(asprintf(&command, "sh -c '%s top --count 2 --interval 0.1 %s >/dev/full'",
			     PATH_TOOL, directory) > 0);
	int status = system(command);

	assert_int_equal(WEXITSTATUS(status), 1);
	free(command);
}

/* ---- on a terminal ---- */

static char *shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What it prints; to be freed. */
static char *shell(const char *format, ...)
{
	char *command, chunk[4096], *text = NULL;
	size_t bytes, got;
	va_list list;
	FILE *to = open_memstream(&text, &bytes);

	va_start(list, format);
	assert_true(vasprintf(&command, format, list) > 0);
	va_end(list);
	FILE *pipe = popen(command, "re");

	assert_non_null(pipe);
	while ((got = fread(chunk, 1, sizeof(chunk), pipe)) > 0)
		fwrite(chunk, 1, got, to);
	pclose(pipe);
	fclose(to);
	free(command);
	return text;
}

#define TMUX "tmux -S %s -f /dev/null "

/* Waits until the terminal shows it, or shows it no more. */
static void await_screen(const char *words, bool there)
{
	char *text = NULL;

	for (int i = 0; i < 300; i++) {
		free(text);
		text = shell(TMUX "capture-pane -p -t x 2>&1", socket_path);
		if ((strstr(text, words) != NULL) == there)
			break;
		usleep(100000);
	}
	if ((strstr(text, words) != NULL) != there)
		fail_msg("'%s' is %son the screen:\n%s", words, there ? "not " : "", text);
	free(text);
}

static void view_stop(void)
{
	free(shell(TMUX "kill-server 2>&1", socket_path));
	free(shell("rm -f %s/before %s/after", directory, directory));
}

/* In a terminal of that size; what it was set to before and after lies in two files. */
static void view_start(int columns, int lines, const char *environment)
{
	view_stop(); /* what a test that failed has left */
	free(shell(TMUX "new-session -d -s x -x %d -y %d "
			"\"stty -g >%s/before; env %s %s top -s pid --interval 0.2 %s; "
			"echo ended: \\$?; stty -g >%s/after; sleep 1000\"",
		   socket_path, columns, lines, directory, environment, PATH_TOOL, directory,
		   directory));
}

static void key(const char *name)
{
	free(shell(TMUX "send-keys -t x %s", socket_path, name));
}

/* Its own words are gone, the cursor is there, and the settings are as they were. */
static void assert_restored(const char *words)
{
	await_screen(words, true);
	/* (A shell may name the command.) */
	await_screen("unflushed top  2", false);
	char *modes = shell(TMUX "display-message -p -t x "
				 "'#{alternate_on} #{cursor_flag} #{keypad_cursor_flag}'",
			    socket_path);
	char *differences =
		shell("sleep 0.3; cmp %s/before %s/after 2>&1", directory, directory);

	assert_string_equal(modes, "0 1 0\n");
	assert_string_equal(differences, "");
	free(modes);
	free(differences);
}

static void the_screen_is_drawn_resized_and_given_back(void **state)
{
	(void)state;
	story_needs("tmux");
	view_start(160, 12, "A=b");
	await_screen("threads_busy", true);
	await_screen("NO DELIVERY", true);
	await_screen("PRODUCER", true);
	free(shell(TMUX "resize-window -t x -x 80 -y 8", socket_path));
	await_screen("NO DELIVERY", false);
	await_screen("STALLED BY", true);
	free(shell(TMUX "resize-window -t x -x 200 -y 20", socket_path));
	await_screen("NO DELIVERY", true);
	key("q");
	assert_restored("ended: 0");
	view_stop();
}

static void it_is_given_back_after_signals(void **state)
{
	static const struct {
		const char *send, *says;
	} rows[] = {
		{"C-c", "ended: 0"},	{"TERM", "ended: 143"}, {"HUP", "ended: 129"},
		{"SEGV", "ended: 139"}, {"ABRT", "ended: 134"},
	};

	(void)state;
	story_needs("tmux");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		view_start(100, 12, "A=b");
		await_screen("threads_busy", true);
		if (i == 0)
			key(rows[i].send);
		else
			free(shell("kill -%s $(pgrep -f '^%s top -s pid --interval 0.2 %s')",
				   rows[i].send, PATH_TOOL, directory));
		assert_restored(rows[i].says);
		view_stop();
	}
}

static void more_rows_than_lines_scroll(void **state)
{
	int status;
	pid_t other;

	(void)state;
	story_needs("tmux");
	other = program_start_traced("threads_busy @", directory, broker_address(broker));
	await_trace(other);
	/* Three lines are the head, and one is left. */
	view_start(100, 4, "A=b");
	await_screen("threads_busy", true);
	key("End");
	usleep(500000);
	char *last =
		shell(TMUX "capture-pane -p -t x | awk 'NR == 4 { print $2 }'", socket_path);

	last[strcspn(last, "\n")] = '\0';
	assert_true(atoi(last) > 0);
	key("Home");
	await_screen(last, false);
	key("Down");
	await_screen(last, true);
	key("Up");
	await_screen(last, false);
	key("PageDown");
	await_screen(last, true);
	key("q");
	assert_restored("ended: 0");
	view_stop();
	free(last);
	kill(other, SIGKILL);
	waitpid(other, &status, 0);
}

static void a_terminal_that_only_prints_has_lines(void **state)
{
	(void)state;
	story_needs("tmux");
	view_start(200, 12, "TERM=dumb");
	await_screen(" to " TOPIC ": produced ", true);
	await_screen("(q ends)", false);
	view_stop();
	view_start(200, 12, "TERM=nobody-knows-it");
	await_screen("the terminal 'nobody-knows-it' is not known here: lines instead", true);
	await_screen(" to " TOPIC ": produced ", true);
	view_stop();
}

static int prepare(void **state)
{
	(void)state;
	unsetenv("UNFLUSHED_DIR");
	broker = broker_start();
	broker_rtt(broker, 300);
	directory = scratch_name("-top");
	socket_path = scratch_name(".tmux");
	mkdir(directory, 0700);
	pid = program_start_traced("threads_busy @", directory, broker_address(broker));
	await_trace(pid);
	return 0;
}

static int finish(void **state)
{
	int status;

	(void)state;
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	broker_stop(broker);
	free(directory);
	free(socket_path);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_have_rates_from_the_second_on),
		cmocka_unit_test(screens_in_json_keep_the_law),
		cmocka_unit_test(it_ends_with_the_process_that_it_watches),
		cmocka_unit_test(where_nothing_runs_it_says_so),
		cmocka_unit_test(what_cannot_be_watched_is_said),
		cmocka_unit_test(a_full_disk_is_said),
		cmocka_unit_test(the_screen_is_drawn_resized_and_given_back),
		cmocka_unit_test(it_is_given_back_after_signals),
		cmocka_unit_test(more_rows_than_lines_scroll),
		cmocka_unit_test(a_terminal_that_only_prints_has_lines),
	};

	return cmocka_run_group_tests(tests, prepare, finish);
}
