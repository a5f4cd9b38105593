/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shrunk.c - a mapped file that is truncated reads as zeros; every other
 * SIGBUS ends the process.
 */
#include "file/shrunk.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"
#include "testing.h"

static const volatile char *mapped_and_cut_off(void)
{
	int fd = open(scratch_write("mapped", "x"), O_RDWR | O_CLOEXEC);

	assert_int_equal(ftruncate(fd, 2 * 4096), 0);
	char *map = mmap(NULL, 2 * 4096, PROT_READ, MAP_SHARED, fd, 0);

	assert_true(map != MAP_FAILED);
	assert_int_equal(map[0], 'x');
	assert_int_equal(ftruncate(fd, 0), 0);
	close(fd);
	return map;
}

static void what_was_cut_off_reads_as_zeros(void **state)
{
	(void)state;
	shrunk_begin();
	shrunk_begin();
	shrunk_end();
	const volatile char *map = mapped_and_cut_off();

	assert_int_equal(map[0], 0);
	assert_int_equal(map[4096 + 7], 0);
	shrunk_end();
}

/* In a child: the signal that it dies of. */
static int signal_of(void (*act)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGBUS, SIG_DFL); /* cmocka's */
		act();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void read_it(void)
{
	(void)*mapped_and_cut_off();
}

static void begin_end_and_read_it(void)
{
	shrunk_begin();
	shrunk_end();
	read_it();
}

static void begin_and_be_told(void)
{
	shrunk_begin();
	raise(SIGBUS);
}

static void without_it_and_by_another_signal_we_die(void **state)
{
	(void)state;
	assert_int_equal(signal_of(read_it), SIGBUS);
	assert_int_equal(signal_of(begin_end_and_read_it), SIGBUS);
	assert_int_equal(signal_of(begin_and_be_told), SIGBUS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_cut_off_reads_as_zeros),
		cmocka_unit_test(without_it_and_by_another_signal_we_die),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
