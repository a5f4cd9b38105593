/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_regular.c - only regular files are opened, and open() never waits.
 */
#include "file/regular.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scratch.h"
#include "testing.h"

#define TOO_LONG_SECONDS 30 /* then SIGALRM ends the test */

static void a_regular_file_is_opened(void **state)
{
	struct stat about;
	char text[16] = "";

	(void)state;
	int fd = regular_open(scratch_write("text", "hello"), O_RDONLY, &about);

	assert_true(fd >= 0);
	assert_int_equal(about.st_size, 5);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(regular_read(fd, text, sizeof(text), 1), 4);
	assert_int_equal(errno, 0);
	assert_string_equal(text, "ello");
	assert_int_equal(regular_read(fd, text, sizeof(text), 100), 0);
	close(fd);
	assert_int_equal(regular_read(fd, text, sizeof(text), 0), 0);
	assert_int_equal(errno, EBADF);
}

static void anything_else_is_said_to_be_what_it_is(void **state)
{
	static const struct {
		const char *path;
		int error;
	} rows[] = {
		{"/tmp", EISDIR},
		{"/dev/null", REGULAR_IS_NOT},
		{"/dev/tty", REGULAR_IS_NOT},
		{"fifo", REGULAR_IS_NOT},
		{"socket", REGULAR_IS_NOT},
		{"to-fifo", REGULAR_IS_NOT},
		{"nowhere", ENOENT},
		{"loop", ELOOP},
	};
	struct stat about;

	(void)state;
	scratch_shell("mkfifo fifo && ln -s fifo to-fifo && ln -s loop loop && python3 -c "
		      "'import socket; socket.socket(socket.AF_UNIX).bind(\"socket\")'");
	alarm(TOO_LONG_SECONDS);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *path =
			rows[i].path[0] == '/' ? rows[i].path : scratch_path(rows[i].path);

		assert_int_equal(regular_open(path, O_RDONLY, &about), -1);
		assert_int_equal(errno, rows[i].error);
		assert_int_equal(regular_or_absent(path),
				 rows[i].error == ENOENT || rows[i].error == ELOOP);
		assert_int_equal(regular_is(rows[i].error) != NULL,
				 rows[i].error == EISDIR || rows[i].error == REGULAR_IS_NOT);
	}
	alarm(0);
}

static void all_of_a_file_is_read_or_none(void **state)
{
	const char *why = NULL;
	size_t bytes = 0;
	char *text;

	(void)state;
	scratch_shell("printf 12345 > five && : > none && mkfifo waits");
	text = regular_all(scratch_path("five"), 5, &bytes, &why);
	assert_non_null(text);
	assert_int_equal(bytes, 5);
	assert_string_equal(text, "12345");
	free(text);
	text = regular_all(scratch_path("none"), 5, &bytes, &why);
	assert_non_null(text);
	assert_int_equal(bytes, 0);
	free(text);
	assert_null(regular_all(scratch_path("five"), 4, &bytes, &why));
	assert_non_null(strstr(why, "too long"));
	assert_null(regular_all(scratch_path("waits"), 4, &bytes, &why));
	assert_string_equal(why, "is not a regular file");
	assert_null(regular_all(scratch_path("absent"), 4, &bytes, &why));
	assert_non_null(strstr(why, "No such file"));
}

static void what_another_may_have_written_is_not_trusted(void **state)
{
	(void)state;
	scratch_shell("echo > own && echo > open && chmod 666 open && chmod 644 own");
	assert_true(regular_is_trusted(scratch_path("own")));
	assert_false(regular_is_trusted(scratch_path("open")));
	assert_false(regular_is_trusted(scratch_path("absent")));
	if (geteuid() != 0)
		return;
	scratch_shell("chown 65534 own");
	assert_false(regular_is_trusted(scratch_path("own")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_regular_file_is_opened),
		cmocka_unit_test(what_another_may_have_written_is_not_trusted),
		cmocka_unit_test(all_of_a_file_is_read_or_none),
		cmocka_unit_test(anything_else_is_said_to_be_what_it_is),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
