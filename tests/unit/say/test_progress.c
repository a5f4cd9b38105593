/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_progress.c - the progress of long work: shown on a terminal, after a
 * while, and erased at the end.
 */
#include "say/progress.h"

#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say/say.h"
#include "testing.h"

#define STEP_US 50000

/* For a second; then something is said, and the work ends. */
static _Noreturn void work(const char *terminal)
{
	if (terminal)
		setenv("TERM", terminal, 1);
	else
		unsetenv("TERM");
	for (size_t i = 0; i < 20; i++) {
		progress_show("reading traces", i, 20);
		usleep(STEP_US);
	}
	say("one cannot be read");
	progress_show("reading traces", 20, 20);
	progress_end();
	fputs("report\n", stdout);
	fflush(stdout);
	_exit(0);
}

/* All that the work wrote to its terminal. */
static char *seen(const char *terminal)
{
	static char text[8192];
	size_t at = 0;
	ssize_t bytes;
	int master;
	pid_t pid = forkpty(&master, NULL, NULL, NULL);

	assert_true(pid >= 0);
	if (pid == 0)
		work(terminal);
	while ((bytes = read(master, text + at, sizeof(text) - 1 - at)) > 0)
		at += (size_t)bytes;
	text[at] = '\0';
	close(master);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return text;
}

static size_t times(const char *text, const char *part)
{
	size_t count = 0;

	while ((text = strstr(text, part))) {
		text += strlen(part);
		count++;
	}
	return count;
}

static void a_terminal_shows_it_and_nothing_stays(void **state)
{
	const char *text = seen("xterm");

	(void)state;
	assert_true(times(text, "\r\033[Kreading traces: ") >= 2);
	assert_null(strstr(text, "reading traces: 0 of 20")); /* it had just begun */
	assert_non_null(strstr(text, "\r\033[Kunflushed: one cannot be read\r\n"));
	/* What comes last is the report: no line of progress behind it. */
	assert_string_equal(strstr(text, "report"), "report\r\n");
}

static void one_that_takes_no_line_back_shows_none(void **state)
{
	static const char *const plain = "unflushed: one cannot be read\r\nreport\r\n";

	(void)state;
	assert_string_equal(seen("dumb"), plain);
	assert_string_equal(seen(NULL), plain);
}

static void a_file_gets_none(void **state)
{
	char text[200] = "";
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();

	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		dup2(ends[1], STDOUT_FILENO);
		work("xterm");
	}
	close(ends[1]);
	for (size_t at = 0; at < sizeof(text) - 1;) {
		ssize_t bytes = read(ends[0], text + at, sizeof(text) - 1 - at);

		if (bytes <= 0)
			break;
		at += (size_t)bytes;
	}
	close(ends[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_string_equal(text, "unflushed: one cannot be read\nreport\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_terminal_shows_it_and_nothing_stays),
		cmocka_unit_test(one_that_takes_no_line_back_shows_none),
		cmocka_unit_test(a_file_gets_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
