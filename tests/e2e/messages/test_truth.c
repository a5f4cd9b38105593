/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_truth.c - the truth table: every way to exit, acks, broker and way of
 * waiting.
 *
 * Each cell is one host under `unflushed run` with a fake broker of its own,
 * which counts what arrived without librdkafka. The verdict is compared with
 * that count, and with what the host itself prints about its waiting; never
 * with a list of expected verdicts, because a race may decide how many messages
 * arrive. Prints the table, and writes it to tests/truth.txt in the build
 * directory.
 */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MESSAGES 50
#define WORKERS 4
#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define TABLE_FILE PATH_HOSTS "/../truth.txt"

static const struct {
	const char *name, *how;
	int signal; /* or it exits with 3 */
} ways[] = {
	{"return", "exit", 0},		{"exit", "exit", 0},
	{"thread", "exit", 0},		{"_exit", "_exit", 0},
	{"_Exit", "_exit", 0},		{"quick_exit", "exit", 0},
	{"exit_group", "_exit", 0},	{"abort", "abort", SIGABRT},
	{"SIGTERM", "signal", SIGTERM}, {"SIGINT", "signal", SIGINT},
	{"SIGKILL", "signal", SIGKILL}, {"SIGSEGV", "signal", SIGSEGV},
	{"execv", "exec", 0},		{"destroy", "exit", 0},
};

/* Sleeping is not waiting: it only decides how far the messages get. */
static const char *const waits[] = {"flush", "poll", "sleep", "nothing"};
static const char *const acks[] = {"0", "1", "all"};

static const struct {
	const char *name;
	const char *fake; /* NULL: no process listens */
	int patience_ms;  /* what waits in vain should not wait long */
} brokers[] = {
	{"well", "", 20000},
	{"slow", "--delay 400", 20000},
	{"silent", "--never-answer", 300},
	{"down", NULL, 300},
};

#define SLEEP_MS 200
#define ROWS (COUNT(ways) * COUNT(waits))
#define COLUMNS (COUNT(acks) * COUNT(brokers))
#define CELLS (ROWS * COLUMNS)

struct cell {
	char verdict[16];
	int64_t arrived;
	char wrong[256]; /* what it breaks; "" if nothing */
};

static struct table {
	size_t next;
	struct cell cells[CELLS];
} * table; /* shared with the workers */

/* One cell while it is tried. */
struct trial {
	size_t way, wait, acks, broker;
	struct story story;
	int64_t produced, delivered, unconfirmed, failed, purged, outstanding, unsent,
		in_flight;
	bool waited;	/* as the host itself says */
	bool timed_out; /* its flush */
	struct cell *cell;
};

static struct trial trial_of(size_t index)
{
	size_t row = index / COLUMNS, column = index % COLUMNS;

	return (struct trial){
		.way = row / COUNT(waits),
		.wait = row % COUNT(waits),
		.acks = column / COUNT(brokers),
		.broker = column % COUNT(brokers),
		.story = story_of("exits"),
		.cell = &table->cells[index],
	};
}

/* --- the rules ------------------------------------------------------------------ */

static void rule(struct trial *trial, bool kept, const char *broken)
{
	if (!kept && !trial->cell->wrong[0])
		snprintf(trial->cell->wrong, sizeof(trial->cell->wrong), "%s", broken);
}

static bool verdict_is(const struct trial *trial, const char *verdict)
{
	return strcmp(trial->cell->verdict, verdict) == 0;
}

static json_t *judged_process(const struct trial *trial)
{
	json_t *process;
	size_t i;

	json_array_foreach(json_path(trial->story.summary, "processes"), i, process)
	{
		if (json_array_size(json_object_get(process, "producers")) == 1)
			return process;
	}
	return NULL;
}

static void ending_check(struct trial *trial, json_t *process)
{
	int status = trial->story.watched.status;
	int number = ways[trial->way].signal;

	rule(trial,
	     number ? WIFSIGNALED(status) && WTERMSIG(status) == number
		    : WIFEXITED(status) && WEXITSTATUS(status) == 3,
	     "the host did not end as it does alone");
	rule(trial, strcmp(json_text(process, "end.how"), ways[trial->way].how) == 0,
	     "the way out is called by another's name");
}

static void counts_check(struct trial *trial)
{
	int64_t may =
		trial->in_flight == UNKNOWN_NUMBER ? trial->outstanding : trial->in_flight;
	int64_t arrived = trial->cell->arrived;

	rule(trial, trial->produced == MESSAGES, "produced is not what the host produced");
	rule(trial,
	     trial->produced == trial->delivered + trial->unconfirmed + trial->failed +
					trial->purged + trial->outstanding,
	     "the counters do not add up");
	rule(trial, trial->purged == 0, "nothing was purged");
	rule(trial, trial->delivered <= arrived, "more was delivered than arrived");
	rule(trial, arrived <= trial->delivered + trial->unconfirmed + trial->failed + may,
	     "something arrived that was called unsent");
	rule(trial, !headline_wrong(trial->story.summary, arrived),
	     "the first line is not true");
	rule(trial, strcmp(acks[trial->acks], "0") == 0 || trial->unconfirmed == 0,
	     "unconfirmed, but not with acks=0");
}

static void verdict_check(struct trial *trial, json_t *process)
{
	bool all_arrived = trial->cell->arrived == trial->produced;
	json_t *waited = json_path(process, "producers.0.waited");

	rule(trial, !verdict_is(trial, "blind"), "blind, with every message counted");
	rule(trial, !verdict_is(trial, "clean") || all_arrived, "clean, but not all arrived");
	rule(trial, !verdict_is(trial, "lost") || !all_arrived, "lost, but all arrived");
	rule(trial, json_is_true(waited) == trial->waited,
	     trial->waited ? "the host waited, and is said not to have"
			   : "the host did not wait, and is said to have");
	rule(trial, trial->waited || !verdict_is(trial, "clean"), "clean without waiting");
	rule(trial, !trial->waited || !all_arrived || verdict_is(trial, "clean"),
	     "accused, though it waited and all arrived");
	rule(trial,
	     trial->outstanding > 0 || trial->unconfirmed > 0 || trial->waited ||
		     verdict_is(trial, "racy") || verdict_is(trial, "unproven"),
	     "all delivered and nothing waited: racy, or unproven if it was killed");
	rule(trial,
	     trial->outstanding == 0 || verdict_is(trial, "lost") ||
		     verdict_is(trial, "at_risk"),
	     "outstanding, and neither lost nor at risk");
}

static void findings_check(struct trial *trial, json_t *process)
{
	const struct story *story = &trial->story;
	bool destroys = strcmp(ways[trial->way].name, "destroy") == 0;
	bool unsent = trial->outstanding > 0 && !trial->timed_out;

	rule(trial, story_has(story, "flush-timeout") == trial->timed_out,
	     trial->timed_out ? "a flush that timed out goes without a finding"
			      : "flush-timeout, but no flush timed out");
	rule(trial, json_number(process, "producers.0.flush.timeouts") == trial->timed_out,
	     "the number of flushes that timed out");
	bool down = strcmp(brokers[trial->broker].name, "down") == 0;
	bool cut_off = story_has(story, "broker-unreachable");

	/* One that ends before the first connect comes back does not know yet. */
	rule(trial, down || !cut_off, "broker-unreachable, but it is there");
	rule(trial, !cut_off || trial->outstanding > 0, "broker-unreachable, and none missing");
	rule(trial,
	     story_has(story, "destroy-without-flush") == (destroys && unsent && !cut_off),
	     "destroy-without-flush, or not, wrongly");
	rule(trial, story_has(story, "racy-exit") == verdict_is(trial, "racy"),
	     "racy-exit and the verdict disagree");
}

/* --- one cell ------------------------------------------------------------------- */

static void host_run(struct trial *trial)
{
	const char *fake_options = brokers[trial->broker].fake;
	struct fake *fake = fake_options ? fake_start(fake_options) : NULL;
	char *path = scratch_name(".json"), *command;
	bool sleeps = strcmp(waits[trial->wait], "sleep") == 0;

	assert_true(asprintf(&command,
			     "%s run --quiet --format json --output %s -- "
			     "%s/exits @ %s %s %d %s %d",
			     PATH_TOOL, path, PATH_HOSTS, ways[trial->way].name,
			     waits[trial->wait], MESSAGES, acks[trial->acks],
			     sleeps ? SLEEP_MS : brokers[trial->broker].patience_ms) > 0);
	trial->story.watched = program_run(command, fake ? fake_address(fake) : "127.0.0.1:1");
	if (fake) {
		trial->story.truth = fake_stop(fake);
		trial->cell->arrived = json_number(trial->story.truth, "records");
	}
	trial->story.summary = json_load_file(path, 0, NULL);
	unlink(path);
	free(path);
	free(command);
}

static void trial_counts(struct trial *trial)
{
	const struct story *story = &trial->story;
	const char *said = story->watched.out;

	trial->produced = story_count(story, "produced");
	trial->delivered = story_count(story, "delivered");
	trial->unconfirmed = story_count(story, "unconfirmed");
	trial->failed = story_count(story, "failed");
	trial->purged = story_count(story, "purged");
	trial->outstanding = story_count(story, "outstanding");
	trial->unsent = story_count(story, "unsent");
	trial->in_flight = story_count(story, "in_flight");
	trial->waited = strstr(said, "flush: NO_ERROR") || strstr(said, "poll: empty");
	trial->timed_out = strstr(said, "flush: _TIMED_OUT");
}

static void cell_try(size_t index)
{
	struct trial trial = trial_of(index);
	json_t *process;

	host_run(&trial);
	for (int i = 0;
	     ways[trial.way].signal != SIGSEGV && crashed_by_itself(&trial.story.watched, i);
	     i++) {
		story_end(&trial.story);
		host_run(&trial);
	}
	process = trial.story.summary ? judged_process(&trial) : NULL;
	if (!process) {
		rule(&trial, false, "no summary, or not one producer in it");
		story_end(&trial.story);
		return;
	}
	snprintf(trial.cell->verdict, sizeof(trial.cell->verdict), "%s",
		 story_verdict(&trial.story));
	trial_counts(&trial);
	ending_check(&trial, process);
	counts_check(&trial);
	verdict_check(&trial, process);
	findings_check(&trial, process);
	if (trial.cell->wrong[0] && getenv("UNFLUSHED_TRUTH_SUMMARIES")) {
		char *text = json_dumps(trial.story.summary, JSON_INDENT(1));

		print_error("%s %s acks=%s %s\n%s%s\n", ways[trial.way].name, waits[trial.wait],
			    acks[trial.acks], brokers[trial.broker].name,
			    trial.story.watched.out, text);
		free(text);
	}
	story_end(&trial.story);
}

/* --- all of them ------------------------------------------------------------------ */

/* A process each, and not threads: the harness keeps state. A failed assertion
 * in one ends it with a status that is not 0. */
static pid_t worker_start(void)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	for (;;) {
		size_t index = __atomic_fetch_add(&table->next, 1, __ATOMIC_RELAXED);

		if (index >= CELLS)
			exit(0);
		cell_try(index);
	}
}

static void table_fill(void)
{
	pid_t workers[WORKERS];
	int status;

	table = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	assert_true(table != MAP_FAILED);
	fflush(NULL);
	for (int i = 0; i < WORKERS; i++)
		workers[i] = worker_start();
	for (int i = 0; i < WORKERS; i++) {
		assert_int_equal(waitpid(workers[i], &status, 0), workers[i]);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			fail_msg("a worker ended with status %#x", status);
	}
}

static void row_print(FILE *file, size_t row)
{
	fprintf(file, "%-10s %-7s", ways[row / COUNT(waits)].name, waits[row % COUNT(waits)]);
	for (size_t column = 0; column < COLUMNS; column++) {
		const struct cell *cell = &table->cells[row * COLUMNS + column];

		fprintf(file, " |%c%7s %2lld/%d", cell->wrong[0] ? '!' : ' ', cell->verdict,
			(long long)cell->arrived, MESSAGES);
	}
	fprintf(file, "\n");
}

static void table_print(FILE *file)
{
	fprintf(file, "verdict arrived/produced\n%-18s", "");
	for (size_t column = 0; column < COLUMNS; column++) {
		char name[32];

		snprintf(name, sizeof(name), "acks=%s %s", acks[column / COUNT(brokers)],
			 brokers[column % COUNT(brokers)].name);
		fprintf(file, " | %-13s", name);
	}
	fprintf(file, "\n");
	for (size_t row = 0; row < ROWS; row++)
		row_print(file, row);
}

static size_t wrong_print(FILE *file)
{
	size_t wrong = 0;

	for (size_t index = 0; index < CELLS; index++) {
		struct trial trial = trial_of(index);

		if (!trial.cell->wrong[0])
			continue;
		wrong++;
		fprintf(file, "! %s, %s, acks=%s, %s: %s (%s, %lld arrived)\n",
			ways[trial.way].name, waits[trial.wait], acks[trial.acks],
			brokers[trial.broker].name, trial.cell->wrong, trial.cell->verdict,
			(long long)trial.cell->arrived);
	}
	fprintf(file, "%zu cells, %zu wrong\n", (size_t)CELLS, wrong);
	return wrong;
}

static void no_cell_is_wrong_and_nobody_accused(void **state)
{
	FILE *file;

	(void)state;
	table_fill();
	file = fopen(TABLE_FILE, "we");
	assert_non_null(file);
	table_print(file);
	wrong_print(file);
	fclose(file);
	table_print(stdout);
	assert_int_equal(wrong_print(stdout), 0);
}

/* A table in which every cell reads alike would have tried nothing. */
static void every_verdict_occurs_in_the_table(void **state)
{
	static const char *const verdicts[] = {"lost", "at_risk", "racy", "clean"};

	(void)state;
	for (size_t i = 0; i < COUNT(verdicts); i++) {
		size_t cells = 0;

		for (size_t index = 0; index < CELLS; index++)
			cells += strcmp(table->cells[index].verdict, verdicts[i]) == 0;
		if (cells == 0)
			fail_msg("no cell is '%s'", verdicts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_cell_is_wrong_and_nobody_accused),
		cmocka_unit_test(every_verdict_occurs_in_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
