/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_terminal.c - width and colours for a terminal, for a pipe, and if the
 * user set them; a line of its own if another program has printed.
 */
#include "render/terminal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "testing.h"

static int master;
static FILE *terminal, *file;

static void make_wide(unsigned short columns)
{
	const struct winsize size = {.ws_row = 24, .ws_col = columns};

	assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
}

static int setup(void **state)
{
	(void)state;
	unsetenv("COLUMNS");
	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", 1);
	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	int slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);

	assert_true(slave >= 0);
	terminal = fdopen(slave, "w");
	file = tmpfile();
	assert_non_null(terminal);
	assert_non_null(file);
	make_wide(132);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fclose(terminal);
	fclose(file);
	close(master);
	return 0;
}

static void the_width_is_the_terminals(void **state)
{
	(void)state;
	assert_int_equal(terminal_columns(terminal), 132);
	make_wide(1000);
	assert_int_equal(terminal_columns(terminal), TERMINAL_WIDEST);
	make_wide(3);
	assert_int_equal(terminal_columns(terminal), TERMINAL_NARROWEST);
	make_wide(0);
	assert_int_equal(terminal_columns(terminal), 80);
	assert_int_equal(terminal_columns(file), 80);
}

static void columns_is_heard_if_it_is_a_number(void **state)
{
	static const struct {
		const char *columns;
		int width;
	} rows[] = {
		{"100", 100},  {"1", 40},     {"99999999999999999999", 200},
		{"", 132},     {"-5", 132},   {"0", 132},
		{"wide", 132}, {"100x", 132},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		setenv("COLUMNS", rows[i].columns, 1);
		assert_int_equal(terminal_columns(terminal), rows[i].width);
	}
	setenv("COLUMNS", "100", 1);
	assert_int_equal(terminal_columns(file), 100);
}

static void colour_is_for_terminals_that_know_it(void **state)
{
	(void)state;
	assert_true(terminal_colour(terminal));
	assert_false(terminal_colour(file));
	setenv("NO_COLOR", "", 1);
	assert_true(terminal_colour(terminal));
	setenv("NO_COLOR", "1", 1);
	assert_false(terminal_colour(terminal));
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	assert_false(terminal_colour(terminal));
}

/* What has come out of the terminal, up to the mark. */
static void expect_on_terminal(const char *words)
{
	char got[512] = "";
	size_t bytes = 0;

	fputc('!', terminal);
	fflush(terminal);
	while (!strchr(got, '!') && bytes < sizeof got - 1) {
		ssize_t more = read(master, got + bytes, sizeof got - 1 - bytes);

		assert_true(more > 0);
		bytes += (size_t)more;
	}
	assert_string_equal(got, words);
}

static void a_line_of_its_own_is_reached_by_blanks(void **state)
{
	(void)state;
	make_wide(10);
	terminal_line_start(terminal);
	expect_on_terminal("          \r!");
	setenv("TERM", "dumb", 1);
	terminal_line_start(terminal);
	expect_on_terminal("!");
	setenv("TERM", "xterm", 1);
	make_wide(0);
	terminal_line_start(terminal);
	expect_on_terminal("!");
}

static void a_file_gets_no_blanks(void **state)
{
	(void)state;
	terminal_line_start(file);
	assert_int_equal(ftell(file), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_width_is_the_terminals),
		TEST(columns_is_heard_if_it_is_a_number),
		TEST(colour_is_for_terminals_that_know_it),
		TEST(a_line_of_its_own_is_reached_by_blanks),
		TEST(a_file_gets_no_blanks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
