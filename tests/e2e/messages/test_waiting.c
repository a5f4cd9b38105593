/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_waiting.c - every way of waiting, and of not waiting, at three
 * round-trip times.
 *
 * Each cell is one host, run ten times under `unflushed run --broker`, with the
 * verdicts that are allowed: only one, if no race decides. Two rules hold for
 * all cells: a program that waits never fails, except as unproven, and a
 * program that fails does so every time. Prints the table, and writes it to
 * tests/waiting.txt in the build directory.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNS 10
#define WORKERS 24
#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define TABLE_FILE PATH_HOSTS "/../waiting.txt"

static const int round_trips_ms[] = {0, 50, 400};
#define COLUMNS COUNT(round_trips_ms)

/* Verdicts as letters. If a program does not wait for its messages, a race decides how far
 * they get. */
static const struct {
	char letter;
	const char *name;
} verdicts[] = {
	{'L', "lost"},	{'R', "at_risk"}, {'r', "racy"},  {'u', "unproven"},
	{'b', "blind"}, {'f', "failed"},  {'c', "clean"},
};
#define LUCK "LRr"
#define GONE "LR"

static const struct row {
	const char *host, *way;
	bool waits;
	const char *may[COLUMNS];
} rows[] = {
	{"waits_itself", "flush", true, {"c", "c", "c"}},
	{"waits_itself", "count_100", true, {"c", "c", "c"}},
	{"waits_itself", "count_1000", true, {"c", "c", "c"}},
	{"waits_itself", "outq", true, {"c", "c", "c"}},
	{"waits_itself", "outq_errors", true, {"c", "c", "c"}},
	{"waits_itself", "outq_unreported", true, {"c", "c", "c"}},
	{"waits_itself", "poll_between_flush", true, {"c", "c", "c"}},
	{"waits_itself", "exits_in_callback", true, {"c", "c", "c"}},
	{"waits_itself", "exits_in_flush", true, {"c", "c", "c"}},
	{"waits_itself", "callback_queue", true, {"c", "c", "c"}},
	{"waits_itself", "consume", true, {"c", "c", "c"}},
	{"waits_itself", "consume_batch", true, {"c", "c", "c"}},
	{"waits_itself", "events", true, {"c", "c", "c"}},
	{"waits_itself", "commit_begin", true, {"c", "c", "c"}},
	{"waits_elsewhere", "main_counts", true, {"c", "c", "c"}},
	{"waits_elsewhere", "main_until_empty", true, {"c", "c", "c"}},
	{"waits_elsewhere", "go_flush", true, {"c", "c", "c"}},

	/* Right, and one run cannot show it. */
	{"waits_itself", "woken", true, {"u", "u", "u"}},
	{"waits_itself", "spin", true, {"u", "u", "u"}},
	{"waits_elsewhere", "poller_joined", true, {"u", "u", "u"}},
	{"waits_elsewhere", "poller_signals", true, {"u", "u", "u"}},
	{"waits_elsewhere", "events_joined", true, {"u", "u", "u"}},
	{"waits_elsewhere", "background_events", true, {"u", "u", "u"}},
	{"waits_elsewhere", "background_callback", true, {"u", "u", "u"}},
	{"waits_elsewhere", "go_await", true, {"u", "u", "u"}},
	{"waits_elsewhere", "node_await", true, {"u", "u", "u"}},

	/* Wrong: 200 ms are four round trips of 50 ms, or a little more, and half of one of
	 * 400; a poll of one second is enough for both of the shorter. */
	{"waits_itself", "lucky", false, {LUCK, LUCK, GONE}},
	{"waits_itself", "poll_between", false, {LUCK, GONE, GONE}},
	{"waits_itself", "nothing", false, {LUCK, GONE, GONE}},
	{"waits_itself", "poll_once_errors", false, {LUCK, LUCK, GONE}},
	{"waits_itself", "poll_once_unreported", false, {LUCK, LUCK, GONE}},
	{"waits_itself", "commit_open", false, {"L", "L", "L"}},
	{"waits_elsewhere", "poller_forgotten", false, {"u" LUCK, "u" LUCK, GONE}},
	{"waits_elsewhere", "go_forgets", false, {"u" LUCK, "u" LUCK, GONE}},
	{"waits_elsewhere", "node_forgets", false, {"u" LUCK, "u" LUCK, GONE}},
};

#define ROWS COUNT(rows)
#define CELLS (ROWS * COLUMNS)

static struct cell {
	char came[RUNS + 1]; /* a letter each; '?': no verdict */
} * cells;		     /* shared with the workers */

static char letter_of(const char *verdict)
{
	for (size_t i = 0; i < COUNT(verdicts); i++)
		if (strcmp(verdicts[i].name, verdict) == 0)
			return verdicts[i].letter;
	return '?';
}

static struct ended host_run(const struct row *row, int round_trip_ms, json_t **summary)
{
	char *path = scratch_name(".json");
	struct ended ended =
		tool_run("run --quiet --broker --broker-rtt %d --broker-topic " TOPIC
			 " --format json --output %s -- %s/%s localhost:9092 %s",
			 round_trip_ms, path, PATH_HOSTS, row->host, row->way);

	*summary = json_load_file(path, 0, NULL);
	unlink(path);
	free(path);
	return ended;
}

/* The slow ones first, so that none is left over at the end. */
static void run_try(size_t index)
{
	size_t cell = index / RUNS, column = COLUMNS - 1 - cell / ROWS;
	const struct row *row = &rows[cell % ROWS];
	bool again = true;
	char came = '?';

	for (int i = 0; again; i++) {
		json_t *summary;
		struct ended ended = host_run(row, round_trips_ms[column], &summary);

		again = crashed_by_itself(&ended, i);
		if (summary && !again)
			came = letter_of(json_text(summary, "verdict"));
		if (came == '?')
			print_error("%s %s: status %#x: %s\n", row->host, row->way,
				    ended.status, ended.err);
		json_decref(summary);
		ended_free(&ended);
	}
	cells[cell % ROWS * COLUMNS + column].came[index % RUNS] = came;
}

/* --- the rules --------------------------------------------------------------------- */

static bool passes(char came)
{
	return came == 'c';
}

/* NULL, or what a cell breaks. */
static const char *broken(const struct row *row, size_t column, const char *came)
{
	bool passed = passes(came[0]);

	for (size_t i = 0; i < RUNS; i++) {
		if (row->waits && !passes(came[i]) && came[i] != 'u')
			return "it waits, and is accused";
		if (!row->waits && passes(came[i]))
			return "it does not wait, and passes";
		if (passes(came[i]) != passed)
			return "it passes, but not every time";
		if (!strchr(row->may[column], came[i]))
			return "another verdict than may come";
	}
	return NULL;
}

static size_t table_print(FILE *file)
{
	size_t wrong = 0;

	fprintf(file, "%d runs each; ", RUNS);
	for (size_t i = 0; i < COUNT(verdicts); i++)
		fprintf(file, "%s%c %s", i ? ", " : "", verdicts[i].letter, verdicts[i].name);
	fprintf(file, "\n%-36s", "");
	for (size_t column = 0; column < COLUMNS; column++)
		fprintf(file, " | %7d ms", round_trips_ms[column]);
	for (size_t i = 0; i < CELLS; i++) {
		const struct row *row = &rows[i / COLUMNS];
		const char *why = broken(row, i % COLUMNS, cells[i].came);

		if (i % COLUMNS == 0)
			fprintf(file, "\n%-15s %-20s", row->host, row->way);
		fprintf(file, " |%c%s", why ? '!' : ' ', cells[i].came);
		wrong += why != NULL;
	}
	fprintf(file, "\n");
	for (size_t i = 0; i < CELLS; i++) {
		const struct row *row = &rows[i / COLUMNS];
		const char *why = broken(row, i % COLUMNS, cells[i].came);

		if (why)
			fprintf(file, "! %s %s at %d ms: %s: %s, not of %s\n", row->host,
				row->way, round_trips_ms[i % COLUMNS], why, cells[i].came,
				row->may[i % COLUMNS]);
	}
	fprintf(file, "%zu cells, %zu wrong\n", (size_t)CELLS, wrong);
	return wrong;
}

static void who_waits_is_never_accused_and_who_does_not_never_passes(void **state)
{
	FILE *file;

	(void)state;
	cells = cells_memory(CELLS * sizeof(*cells));
	cells_try(CELLS * RUNS, WORKERS, run_try);
	file = fopen(TABLE_FILE, "we");
	assert_non_null(file);
	table_print(file);
	fclose(file);
	assert_int_equal(table_print(stdout), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_waits_is_never_accused_and_who_does_not_never_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
