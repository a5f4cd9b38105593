/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_watch.c - traces that appear, move, are damaged, end and are removed
 * while they are watched; and what is printed of them.
 */
#include "top/watch.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "alive.h"
#include "printed.h"
#include "render/page.h"
#include "scratch.h"
#include "testing.h"
#include "top/screen.h"
#include "top/table.h"
#include "top/top.h"
#include "trace_maker.h"

static struct maker maker;
static struct watch watch;
static char folder[128], path[160];
static const char *operands[] = {folder};

static int64_t now_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * MAKER_SECOND + now.tv_nsec;
}

/* A trace of this very process, which runs. */
static void make_it_run(void)
{
	alive_ourselves(maker.process);
	maker.process->realtime_ns = now_of(CLOCK_REALTIME) - 10 * MAKER_SECOND;
	maker.process->monotonic_ns = now_of(CLOCK_MONOTONIC) - 10 * MAKER_SECOND;
	maker.process->process_start_ns = maker.process->monotonic_ns;
	maker.process->end_ns = 0;
}

static void write_trace(size_t bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, maker.bytes, bytes), bytes);
	close(fd);
}

static int begin(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "%s", scratch_path("watched"));
	snprintf(path, sizeof path, "%s/1-1.trace", folder);
	scratch_shell("rm -rf '%s'; mkdir '%s'", folder, folder);
	maker_make(&maker);
	watch_begin(&watch, operands, 1);
	return 0;
}

static int end(void **state)
{
	(void)state;
	watch_end(&watch);
	maker_free(&maker);
	return 0;
}

static void look(void)
{
	const char *operand;
	char why[FIND_WHY_BYTES];

	if (!watch_look(&watch, &operand, why))
		fail_msg("%s: %s", operand, why);
}

static enum watched_state state_after_look(void)
{
	look();
	assert_int_equal(watch.count, 1);
	return watch.items[0].state;
}

static char *text_of(void (*print)(const struct screen *, FILE *))
{
	struct screen screen;
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	screen_make(&screen, &watch, "outstanding", 1700000000 * MAKER_SECOND, UNKNOWN);
	print(&screen, out);
	screen_free(&screen);
	fclose(out);
	return text;
}

static void assert_says(const char *words)
{
	char *text = text_of(screen_text);

	if (!strstr(text, words))
		fail_msg("'%s' is not in:\n%s", words, text);
	free(text);
}

static void a_trace_comes_and_moves_and_ends(void **state)
{
	(void)state;
	look();
	assert_int_equal(watch.count, 0);
	assert_says("2023-11-14T22:13:20.000Z no producer runs\n");
	make_it_run();
	maker_story(&maker, 100, 50);
	write_trace(maker.size);
	assert_int_equal(state_after_look(), WATCHED_RUNS);
	assert_says("produced ?/s, delivered ?/s, outstanding 50 (500 bytes)");
	maker_count(&maker.topics[1].counts, COUNT_DELIVERED, 50);
	write_trace(maker.size);
	assert_int_equal(state_after_look(), WATCHED_RUNS);
	assert_says("produced 0/s");
	assert_says("outstanding 0 (0 bytes), send buffer ?\n");
	maker.process->observed = 1;
	maker.process->observed_status = 0;
	maker.process->observed_ns = now_of(CLOCK_MONOTONIC);
	write_trace(maker.size);
	assert_int_equal(state_after_look(), WATCHED_ENDED);
	assert_int_equal(watch.end_count - watch.ends_new, 1);
	assert_int_equal(watch.ends[0].last->process->verdict, VERDICT_RACY);
	assert_says("(status 0): RACY\n");
	/* Once. */
	assert_int_equal(state_after_look(), WATCHED_ENDED);
	assert_int_equal(watch.end_count, 1);
	assert_int_equal(watch.ends_new, 1);
	assert_says("no producer runs");
}

static void what_had_ended_before_is_not_shown(void **state)
{
	(void)state;
	maker_story(&maker, 100, 50);
	write_trace(maker.size);
	assert_int_equal(state_after_look(), WATCHED_ENDED);
	assert_int_equal(watch.end_count, 0);
}

static void what_began_and_ended_in_between_is_shown(void **state)
{
	(void)state;
	look();
	maker_story(&maker, 100, 50);
	maker.process->realtime_ns = now_of(CLOCK_REALTIME) + MAKER_SECOND;
	write_trace(maker.size);
	assert_int_equal(state_after_look(), WATCHED_ENDED);
	assert_int_equal(watch.end_count, 1);
	assert_says(": LOST, ");
}

static void a_trace_may_be_cut_off_at_any_byte(void **state)
{
	(void)state;
	make_it_run();
	maker_story(&maker, 100, 50);
	maker_socket(&maker, 0);
	for (size_t bytes = 0; bytes <= maker.size; bytes += bytes < 6000 ? 13 : 997) {
		write_trace(bytes);
		look();
		free(text_of(screen_text));
		free(text_of(screen_json));
	}
	write_trace(100);
	assert_int_equal(state_after_look(), WATCHED_UNREADABLE);
	assert_says("cannot read ");
	assert_says("1-1.trace: the header is cut off at byte 100\n");
	write_trace(maker.size);
	assert_int_equal(state_after_look(), WATCHED_RUNS);
}

static void another_process_may_have_the_path(void **state)
{
	(void)state;
	make_it_run();
	maker_story(&maker, 100, 50);
	write_trace(maker.size);
	look();
	maker.process->monotonic_ns++;
	write_trace(maker.size);
	look();
	assert_null(watch.items[0].before);
	assert_says("produced ?/s");
}

static void a_trace_that_is_removed_is_said(void **state)
{
	(void)state;
	make_it_run();
	maker_story(&maker, 100, 50);
	write_trace(maker.size);
	look();
	assert_int_equal(unlink(path), 0);
	look();
	assert_int_equal(watch.count, 0);
	assert_int_equal(watch.end_count, 1);
	assert_says("its trace was removed while it ran: what became of it is ?\n");
}

static void a_process_elsewhere_runs_once_its_counters_move(void **state)
{
	(void)state;
	make_it_run();
	maker.process->pid_namespace = 1;
	maker_story(&maker, 100, 50);
	write_trace(maker.size);
	assert_int_equal(state_after_look(), WATCHED_UNDETERMINED);
	assert_int_equal(state_after_look(), WATCHED_UNDETERMINED);
	maker_count(&maker.topics[1].counts, COUNT_DELIVERED, 1);
	write_trace(maker.size);
	assert_int_equal(state_after_look(), WATCHED_RUNS);
	assert_int_equal(state_after_look(), WATCHED_RUNS);
}

static void one_process_by_two_paths_is_one(void **state)
{
	(void)state;
	make_it_run();
	maker_story(&maker, 100, 50);
	write_trace(maker.size);
	scratch_shell("ln -s 1-1.trace '%s/2-2.trace'", folder);
	look();
	assert_int_equal(watch.count, 2);
	assert_int_equal(watch.items[0].state, WATCHED_RUNS);
	assert_int_equal(watch.items[1].state, WATCHED_COPY);
}

#define HOSTILE "a\x1b[2J\n\xe2\x80\xae<script>\"\xff\xe6\xbc\xa2"

static void make_hostile(void)
{
	make_it_run();
	maker_story(&maker, 100, 50);
	maker.process->exe = maker_string(&maker, "/bin/" HOSTILE);
	maker.process->argv = maker_string(&maker, "/bin/" HOSTILE);
	maker.producers[0].name = maker_string(&maker, HOSTILE);
	maker.topics[0].topic = maker.topics[1].topic = maker_string(&maker, HOSTILE);
	struct trace_socket *socket = maker_socket(&maker, 0);

	socket->broker = maker_string(&maker, HOSTILE);
	socket->flags |= SOCKET_STALLED;
	socket->stall_began_ns = now_of(CLOCK_MONOTONIC) - MAKER_SECOND;
	socket->stalled_ns = socket->stalled_receiver_ns = MAKER_SECOND;
	snprintf(path, sizeof path, "%s/1\x1b[2J\n\xff-1.trace", folder);
	write_trace(100);
	snprintf(path, sizeof path, "%s/1-1.trace", folder);
	write_trace(maker.size);
}

static void assert_harmless(const char *text)
{
	for (const unsigned char *at = (const void *)text; *at; at++)
		if (*at < ' ' && *at != '\n')
			fail_msg("byte %d in: %s", *at, text);
	assert_null(strstr(text, "\xe2\x80\xae"));
	assert_null(strchr(text, '\xff'));
}

static void hostile_names_are_harmless(void **state)
{
	char *text;
	size_t lines = 0;

	(void)state;
	make_hostile();
	look();
	text = text_of(screen_text);
	assert_harmless(text);
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, 2);
	assert_non_null(strstr(text, "by ? (earlier ones by the receiver)"));
	free(text);
	text = text_of(screen_json);
	assert_harmless(text);
	char *facts = printed_read("top", text);

	printed_assert_line(facts, "None None outstanding=50 stall=receiver");
	printed_assert_line(facts, "unreadable: the header is cut off at byte 100");
	free(facts);
	free(text);
}

/* Nothing in the first look proves an age of what is outstanding. */
static void an_age_that_nothing_proves_is_said_in_words(void **state)
{
	(void)state;
	make_it_run();
	maker_story(&maker, 100, 50)->produced_last_ns = 0;
	write_trace(maker.size);
	look();
	assert_says("outstanding 50 (500 bytes), for how long is not known yet");
	maker_count(&maker.topics[1].counts, COUNT_DELIVERED, 50);
	write_trace(maker.size);
	look();
	char *text = text_of(screen_text);

	assert_non_null(strstr(text, "outstanding 0 (0 bytes), "));
	assert_null(strstr(text, "how long"));
	free(text);
}

/* Wide characters too. */
static void a_table_is_as_wide_as_the_terminal(void **state)
{
	const struct page page = {.columns = 1000};

	(void)state;
	make_hostile();
	look();
	for (int columns = 1; columns < 260; columns++) {
		struct screen screen;
		struct table table;

		screen_make(&screen, &watch, "outstanding", 0, UNKNOWN);
		table_make(&table, &screen, "outstanding", columns);
		assert_int_equal(table.count, 1);
		for (size_t i = 0; i < TABLE_HEAD + table.count; i++) {
			const char *words = i < TABLE_HEAD ? table.head[i].words
							   : table.body[i - TABLE_HEAD].words;

			assert_between(page_width(&page, words), 0,
				       columns < TABLE_NARROW ? TABLE_NARROW : columns);
			assert_harmless(words);
			assert_null(strchr(words, '\n'));
		}
		if (columns >= 80) {
			assert_non_null(strstr(table.head[2].words, "OUTSTANDING"));
			assert_non_null(strstr(table.head[2].words, "STALLED BY"));
		}
		assert_int_equal(table.body[0].style, TABLE_STALLED);
		table_free(&table);
		screen_free(&screen);
	}
}

static void intervals_are_seconds_within_limits(void **state)
{
	static const char *const bad[] = {"",	 "0",	 "0.09", "3601", "-1",	 "1s",
					  "nan", "0x10", "1e2",	 ".",	 "1.2.3"};
	int64_t ns = 0;

	(void)state;
	assert_true(top_interval("0.1", &ns));
	assert_int_equal(ns, 100000000);
	assert_true(top_interval("3600", &ns));
	assert_int_equal(ns, 3600 * MAKER_SECOND);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (top_interval(bad[i], &ns))
			fail_msg("'%s' is taken", bad[i]);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(a_trace_comes_and_moves_and_ends),
		TEST(what_had_ended_before_is_not_shown),
		TEST(what_began_and_ended_in_between_is_shown),
		TEST(a_trace_may_be_cut_off_at_any_byte),
		TEST(another_process_may_have_the_path),
		TEST(a_trace_that_is_removed_is_said),
		TEST(a_process_elsewhere_runs_once_its_counters_move),
		TEST(one_process_by_two_paths_is_one),
		TEST(hostile_names_are_harmless),
		TEST(an_age_that_nothing_proves_is_said_in_words),
		TEST(a_table_is_as_wide_as_the_terminal),
		cmocka_unit_test(intervals_are_seconds_within_limits),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
