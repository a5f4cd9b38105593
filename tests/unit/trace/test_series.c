/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_series.c - the whole life of a process in 256 moments, which are folded
 * as it gets longer, with a simulated clock; and killed at every instruction of
 * a fold.
 *
 * The guest's own file writes the moments, the tools' own file reads them.
 *
 * compiles: shim/guest/[a-z]*.c shim/trace/[a-z]*.c
 */
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest/state.h"
#include "model/series.h"
#include "scratch.h"
#include "testing.h"
#include "trace/map.h"
#include "trace/record.h"
#include "trace/series.h"

#define WIDTH_NS 50000000
#define HOUR_NS INT64_C(3600000000000)

static int64_t began_ns;
static struct moment moments[TRACE_MOMENTS];

/* A trace of its own for each test: the guest's state begins anew as after a fork. */
static void record(const char *name)
{
	assert_int_equal(setenv("UNFLUSHED_DIR", scratch_path(name), 1), 0);
	assert_int_equal(mkdir(scratch_path(name), 0700), 0);
	assert_int_equal(guest_wake(), GUEST_AWAKE);
	assert_true(record_ready());
	began_ns = trace->process->monotonic_ns;
	trace->sockets[0].state = SOCKET_OPEN;
}

/* In a child process, because each process has one state of the guest. */
static void in_a_child(void (*test)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		test();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* cmocka's assertions do not leave a forked child: it has to die. */
#define CHECK(words)                                                                           \
	do {                                                                                   \
		if (!(words)) {                                                                \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #words);            \
			_exit(1);                                                              \
		}                                                                              \
	} while (0)

/* So many bytes were accepted by then: every moment is compared with that. */
static uint64_t bytes_by(int64_t since_ns)
{
	return (uint64_t)(since_ns / 1000);
}

/* The counter as it is just before `since_ns`, when a thread comes past. */
static void come_past(int64_t since_ns, int64_t counted_until_ns)
{
	trace->sockets[0].accepted_bytes = bytes_by(counted_until_ns);
	series_pass(began_ns + since_ns);
}

static size_t take(void)
{
	return series_take(trace->moments, TRACE_MOMENTS, moments);
}

static void borders(void)
{
	record("borders");
	for (int i = 1; i <= 100; i++)
		come_past(i * (int64_t)WIDTH_NS, i * (int64_t)WIDTH_NS);
	CHECK(take() == 100);
	for (size_t i = 0; i < 100; i++) {
		CHECK(moments[i].at_ns == began_ns + (int64_t)(i + 1) * WIDTH_NS);
		CHECK(moments[i].accepted_bytes ==
		      (int64_t)bytes_by((int64_t)(i + 1) * WIDTH_NS));
	}
	CHECK(trace->process->series_folds == 0);
}

static void a_moment_stands_at_each_border(void **state)
{
	(void)state;
	in_a_child(borders);
}

/* Nothing for ten seconds: the moments say when there was something, and that then
 * there was not. */
static void gap(void)
{
	record("gap");
	come_past(WIDTH_NS, WIDTH_NS);
	come_past(WIDTH_NS + 10000, WIDTH_NS + 10000); /* no border */
	come_past(10000000000, WIDTH_NS + 10000);
	size_t count = take();

	CHECK(count == 3);
	CHECK(moments[1].at_ns == began_ns + 2 * WIDTH_NS);
	CHECK(moments[1].accepted_bytes == (int64_t)bytes_by(WIDTH_NS + 10000));
	CHECK(moments[2].at_ns == began_ns + 10000000000);
	CHECK(moments[2].accepted_bytes == moments[1].accepted_bytes);
}

static void a_pause_is_a_pause(void **state)
{
	(void)state;
	in_a_child(gap);
}

/* Every moment is exact, whatever was folded, and the life is covered evenly. */
static void check_life(int64_t life_ns)
{
	size_t count = take();
	int64_t width_ns = trace->process->series_width_ns, before_ns = began_ns;

	CHECK(count > TRACE_MOMENTS / 4 && count <= TRACE_MOMENTS);
	for (size_t i = 0; i < count; i++) {
		int64_t since_ns = moments[i].at_ns - began_ns;

		CHECK(moments[i].accepted_bytes == (int64_t)bytes_by(since_ns));
		CHECK(moments[i].at_ns - before_ns <= 2 * width_ns);
		before_ns = moments[i].at_ns;
	}
	CHECK(life_ns - (before_ns - began_ns) <= width_ns);
	CHECK(width_ns >= (int64_t)WIDTH_NS << trace->process->series_folds);
}

static void hour(void)
{
	record("hour");
	for (int64_t since_ns = WIDTH_NS; since_ns <= HOUR_NS; since_ns += WIDTH_NS) {
		come_past(since_ns, since_ns);
		if (since_ns % (500 * (int64_t)WIDTH_NS) == 0)
			check_life(since_ns);
	}
	CHECK(trace->process->series_folds >= 8);
	check_life(HOUR_NS);
}

static void the_width_doubles_and_every_moment_stays_exact(void **state)
{
	(void)state;
	in_a_child(hour);
}

/* One call a day: two moments each, far apart; folding continues until there is room. */
static void year(void)
{
	record("year");
	for (int day = 1; day <= 365; day++)
		come_past(day * 24 * HOUR_NS, (day - 1) * 24 * HOUR_NS + WIDTH_NS);
	size_t count = take();

	CHECK(count >= TRACE_MOMENTS / 4 && count <= TRACE_MOMENTS);
	CHECK(moments[count - 1].at_ns > began_ns + 360 * 24 * HOUR_NS);
	for (size_t i = 1; i < count; i++)
		CHECK(moments[i].accepted_bytes >= moments[i - 1].accepted_bytes);
}

static void a_call_a_day_for_a_year_fits_too(void **state)
{
	(void)state;
	in_a_child(year);
}

static void peaks(void)
{
	record("peaks");
	for (int i = 1; i <= 2000; i++) {
		series_fill(i == 77 ? 993 : 100);
		come_past(i * (int64_t)WIDTH_NS, i * (int64_t)WIDTH_NS);
	}
	size_t count = take(), seen = 0;

	for (size_t i = 0; i < count; i++) {
		CHECK(moments[i].fill_max == 100 || moments[i].fill_max == 993);
		seen += moments[i].fill_max == 993;
	}
	CHECK(seen == 1);
}

static void a_peak_survives_the_folding(void **state)
{
	(void)state;
	in_a_child(peaks);
}

/* --- killed ------------------------------------------------------------------------ */

/* Fills the rows but for the last, with one peak, and continues step by step. */
static void fill_and_fold(void)
{
	record("killed");
	for (int i = 1; i < TRACE_MOMENTS - 1; i++) {
		series_fill(i == 200 ? 990 : 100);
		come_past(i * (int64_t)WIDTH_NS, i * (int64_t)WIDTH_NS);
	}
	trace->sockets[0].accepted_bytes = bytes_by((TRACE_MOMENTS - 1) * (int64_t)WIDTH_NS);
	raise(SIGSTOP);
	series_pass(began_ns + (TRACE_MOMENTS - 1) * (int64_t)WIDTH_NS);
	raise(SIGSTOP);
	_exit(trace->process->series_folds == 1 ? 0 : 1);
}

/* The child's trace, as it lies in the file. */
static const uint8_t *trace_bytes(void)
{
	char pattern[600];
	struct stat facts;
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/*.trace", scratch_path("killed"));
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	int fd = open(found.gl_pathv[0], O_RDONLY);

	assert_true(fd >= 0 && fstat(fd, &facts) == 0);
	void *map = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_SHARED, fd, 0);

	assert_true(map != MAP_FAILED);
	close(fd);
	globfree(&found);
	return map;
}

/* What a reader makes of the trace if the process was killed now. */
static void check_killed(const struct trace_moment *rows, int64_t began, size_t *least)
{
	size_t count = series_take(rows, TRACE_MOMENTS, moments);
	bool peak = false;

	for (size_t i = 0; i < count; i++) {
		int64_t since_ns = moments[i].at_ns - began;

		assert_int_equal(moments[i].accepted_bytes, bytes_by(since_ns));
		assert_int_equal(since_ns % WIDTH_NS, 0);
		peak |= moments[i].fill_max == 990;
	}
	assert_true(peak);
	/* Of each pair of moments at least the later, and the last of all. */
	assert_true(count >= TRACE_MOMENTS / 2 - 1);
	assert_true(moments[count - 1].at_ns - began >=
		    (TRACE_MOMENTS - 2) * (int64_t)WIDTH_NS);
	*least = count < *least ? count : *least;
}

static void killed_at_any_instruction_of_a_fold_the_moments_are_true(void **state)
{
	(void)state;
#ifdef __SANITIZE_THREAD__
	/* Its own instructions are stepped through as well: that takes minutes. */
	skip_because("not under ThreadSanitizer");
#endif
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			_exit(77);
		fill_and_fold();
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip_because("ptrace is not allowed here");
	assert_true(WIFSTOPPED(status));
	const uint8_t *bytes = trace_bytes();
	const struct trace_header *header = (const void *)bytes;
	const struct trace_process *process =
		(const void *)(bytes + header->sections[SECTION_PROCESS - 1].offset);
	const struct trace_moment *rows =
		(const void *)(bytes + header->sections[SECTION_MOMENT - 1].offset);
	size_t least = TRACE_MOMENTS;
	long steps = 0;

	/* The second SIGSTOP is where the fold is over. */
	while (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) == 0 &&
	       waitpid(child, &status, 0) == child && WIFSTOPPED(status) &&
	       WSTOPSIG(status) == SIGTRAP) {
		if (process->series_width_ns == WIDTH_NS || ++steps % 7 == 0)
			check_killed(rows, process->monotonic_ns, &least);
	}
	assert_true(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	check_killed(rows, process->monotonic_ns, &least);
	assert_int_equal(process->series_width_ns, 2 * WIDTH_NS);
	assert_int_equal(least, TRACE_MOMENTS / 2);
	kill(child, SIGKILL);
	ptrace(PTRACE_CONT, child, NULL, NULL);
	waitpid(child, &status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_moment_stands_at_each_border),
		cmocka_unit_test(a_pause_is_a_pause),
		cmocka_unit_test(the_width_doubles_and_every_moment_stays_exact),
		cmocka_unit_test(a_call_a_day_for_a_year_fits_too),
		cmocka_unit_test(a_peak_survives_the_folding),
		cmocka_unit_test(killed_at_any_instruction_of_a_fold_the_moments_are_true),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
