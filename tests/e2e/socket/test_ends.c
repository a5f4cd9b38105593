/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ends.c - how a connection ends decides what arrives, and the verdict
 * agrees with that.
 *
 * A Produce request of 100 KB goes to a peer that waits, then reads and counts,
 * and never answers. Every state of the connection x every way to exit x acks:
 * each cell is compared with what the peer received, never with a list of
 * verdicts, because timing may decide how many bytes arrive. Prints the table,
 * and writes it to tests/ends.txt in the build directory.
 */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FRAME_BYTES 100047
#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define TABLE_FILE PATH_HOSTS "/../ends.txt"

/* What was done before the end, and what the peer does meanwhile. */
static const struct kind {
	const char *name, *host, *sink;
	const char *finding; /* what throws away what is still queued; or NULL */
	bool cuts;	     /* the request is not whole */
} kinds[] = {
	{"clean", "sent", "", NULL, false},
	{"linger zero", "linger", "", "linger-zero", false},
	{"unread input", "unread", "--reply 40", "reset-on-close", false},
	{"late byte", "sent", "--late-byte 150", NULL, false},
	{"drain", "drain", "", NULL, false},
	{"drain, late", "drain", "--late-byte 150", NULL, false},
	{"cut", "cut", "", NULL, true},
	{"cut, unread", "cut", "--reply 40", NULL, true},
	{"buffer full", "full", "", NULL, true},
};

static const struct way {
	const char *name, *how;
	int signal; /* it dies by; nothing is seen of the end then, but of abort() */
} ways[] = {
	{"close", "close", 0},		 {"return", "process", 0},
	{"exit", "process", 0},		 {"_exit", "process", 0},
	{"abort", "process", SIGABRT},	 {"exec", "process", 0},
	{"SIGTERM", "process", SIGTERM}, {"SIGKILL", "process", SIGKILL},
};

#define ACKS 2 /* 0 and 1 */
#define COLUMNS (COUNT(ways) * ACKS)
#define CELLS (COUNT(kinds) * COLUMNS)

static struct cell {
	char verdict[16];
	int64_t accepted, received;
	char wrong[128]; /* what it breaks; "" if nothing */
} * cells;

/* One cell while it is tried. */
struct trial {
	const struct kind *kind;
	const struct way *way;
	int acks;
	struct story story;
	json_t *end;
	struct cell *cell;
};

static struct trial trial_of(size_t index)
{
	return (struct trial){
		.kind = &kinds[index / COLUMNS],
		.way = &ways[index % COLUMNS / ACKS],
		.acks = (int)(index % ACKS),
		.story = story_of("ends_connection"),
		.cell = &cells[index],
	};
}

static void rule(struct trial *trial, bool kept, const char *broken)
{
	if (!kept && !trial->cell->wrong[0])
		snprintf(trial->cell->wrong, sizeof(trial->cell->wrong), "%s", broken);
}

static bool verdict_is(const struct trial *trial, const char *verdict)
{
	return strcmp(trial->cell->verdict, verdict) == 0;
}

/* abort() is a call, and seen; a signal from outside is not. */
static bool end_is_seen(const struct trial *trial)
{
	return trial->way->signal == 0 || trial->way->signal == SIGABRT;
}

/* --- the rules ------------------------------------------------------------------ */

static void ending_check(struct trial *trial)
{
	int status = trial->story.watched.status;
	bool drains = strcmp(trial->kind->host, "drain") == 0;
	const char *how =
		strcmp(trial->way->how, "close") == 0 && drains ? "shutdown" : trial->way->how;

	rule(trial,
	     trial->way->signal ? WIFSIGNALED(status) && WTERMSIG(status) == trial->way->signal
				: WIFEXITED(status) && WEXITSTATUS(status) == 0,
	     "the host did not end as it does alone");
	/* A reset that comes before the end is called one. */
	rule(trial, strcmp(json_text(trial->end, "how"), how) == 0,
	     "the end has another's name");
}

static void cut_check(struct trial *trial)
{
	json_t *cut = json_object_get(trial->end, "cut_frame");

	rule(trial, json_is_object(cut) == trial->kind->cuts, "a cut frame, or none, wrongly");
	rule(trial, story_has(&trial->story, "cut-frame") == trial->kind->cuts,
	     "the finding cut-frame, or not, wrongly");
	if (!trial->kind->cuts || !json_is_object(cut))
		return;
	rule(trial, json_number(cut, "api") == 0, "the cut frame's API");
	rule(trial, json_number(cut, "length") == FRAME_BYTES, "the cut frame's length");
	rule(trial, json_number(cut, "accepted") == trial->cell->accepted,
	     "the cut frame's accepted bytes");
	rule(trial, verdict_is(trial, "lost"), "a request was cut off, and it is not lost");
}

/* What throws the queue away: really here, and foretold where the end is seen. */
static void loss_check(struct trial *trial)
{
	const char *finding = trial->kind->finding;
	bool gone = trial->cell->received < trial->cell->accepted;

	rule(trial, !verdict_is(trial, "lost") || gone || trial->kind->cuts,
	     "lost, but all arrived");
	rule(trial, !verdict_is(trial, "clean"), "clean, though nobody answered or waited");
	if (finding)
		rule(trial, gone, "the peer lost nothing: nothing was tried");
	if (finding && end_is_seen(trial))
		rule(trial, verdict_is(trial, "lost") && story_has(&trial->story, finding),
		     "thrown away, and not foretold");
	if (!finding && strcmp(trial->kind->name, "late byte") != 0)
		rule(trial, !story_has(&trial->story, "reset-on-close") || gone,
		     "reset-on-close, but all arrived");
	/* Without acks, and killed: of the kernel's queue nothing is known. */
	if (gone && (trial->acks == 1 || end_is_seen(trial)))
		rule(trial, verdict_is(trial, "lost") || verdict_is(trial, "at_risk"),
		     "gone, and neither lost nor at risk");
	if (trial->acks == 1)
		rule(trial, verdict_is(trial, "lost") || verdict_is(trial, "at_risk"),
		     "unanswered, and neither lost nor at risk");
}

static void queue_check(struct trial *trial)
{
	bool drains = strcmp(trial->kind->host, "drain") == 0;

	if (!end_is_seen(trial)) {
		rule(trial, json_is_unknown(trial->end, "unsent_bytes"),
		     "nobody looked, and the unsent bytes are known");
		return;
	}
	rule(trial, (json_number(trial->end, "unsent_bytes") == 0) == drains,
	     "the unsent bytes at the end");
	if (strstr(trial->kind->sink, "--reply") && strcmp(trial->kind->host, "unread") == 0)
		rule(trial, json_number(trial->end, "unread_bytes") == 40,
		     "the unread bytes at the end");
}

static void bytes_check(struct trial *trial)
{
	json_t *socket = json_path(trial->story.summary, "processes.0.sockets.0");

	rule(trial, json_number(socket, "bytes.accepted") == trial->cell->accepted,
	     "accepted is not what the calls returned");
	rule(trial, (trial->cell->accepted < FRAME_BYTES) == trial->kind->cuts,
	     "the host did not do as it was told");
	rule(trial, trial->cell->received <= trial->cell->accepted,
	     "more arrived than was sent");
	rule(trial, json_number(socket, "requests.produce") == !trial->kind->cuts,
	     "the number of whole requests");
}

/* --- one cell ------------------------------------------------------------------- */

static void host_run(struct trial *trial)
{
	char *path = scratch_name(".json"), *options, *command;
	json_t *truth;
	struct fake *sink;

	assert_true(asprintf(&options, "--rcvbuf 16384 --stall 500 %s", trial->kind->sink) > 0);
	sink = fake_start_as("sink", options);
	assert_true(asprintf(&command,
			     "%s run --quiet --format json --output %s -- %s/%s %s %s %d @",
			     PATH_TOOL, path, PATH_HOSTS, trial->story.host, trial->kind->host,
			     trial->way->name, trial->acks) > 0);
	trial->story.watched = program_run(command, fake_address(sink));
	truth = fake_await(sink);
	trial->cell->received = json_number(truth, "received");
	trial->story.summary = json_load_file(path, 0, NULL);
	json_decref(truth);
	unlink(path);
	free(path);
	free(options);
	free(command);
}

static void cell_try(size_t index)
{
	struct trial trial = trial_of(index);

	host_run(&trial);
	trial.end = json_path(trial.story.summary, "processes.0.sockets.0.end");
	if (!trial.end ||
	    sscanf(trial.story.watched.out, "sent %ld", &trial.cell->accepted) != 1) {
		rule(&trial, false, "no summary, or no connection in it");
		story_end(&trial.story);
		return;
	}
	snprintf(trial.cell->verdict, sizeof(trial.cell->verdict), "%s",
		 story_verdict(&trial.story));
	ending_check(&trial);
	bytes_check(&trial);
	queue_check(&trial);
	cut_check(&trial);
	loss_check(&trial);
	if (trial.cell->wrong[0] && getenv("UNFLUSHED_TRUTH_SUMMARIES")) {
		char *text = json_dumps(trial.story.summary, JSON_INDENT(1));

		print_error("%s\n%s%s\n", trial.cell->wrong, trial.story.watched.out, text);
		free(text);
	}
	story_end(&trial.story);
}

/* --- all of them ------------------------------------------------------------------ */

static void table_print(FILE *file)
{
	fprintf(file, "verdict, KB accepted>arrived; each way with acks=0 and acks=1\n%-13s",
		"");
	for (size_t column = 0; column < COLUMNS; column++)
		fprintf(file, " | %-7s %d      ", ways[column / ACKS].name,
			(int)(column % ACKS));
	for (size_t index = 0; index < CELLS; index++) {
		const struct cell *cell = &cells[index];

		if (index % COLUMNS == 0)
			fprintf(file, "\n%-13s", kinds[index / COLUMNS].name);
		fprintf(file, " |%c%7s %3lld>%-3lld", cell->wrong[0] ? '!' : ' ', cell->verdict,
			(long long)cell->accepted / 1000, (long long)cell->received / 1000);
	}
	fprintf(file, "\n");
}

static size_t wrong_print(FILE *file)
{
	size_t wrong = 0;

	for (size_t index = 0; index < CELLS; index++) {
		struct trial trial = trial_of(index);

		if (!trial.cell->wrong[0])
			continue;
		wrong++;
		fprintf(file, "! %s, %s, acks=%d: %s (%s, %lld of %lld arrived)\n",
			trial.kind->name, trial.way->name, trial.acks, trial.cell->wrong,
			trial.cell->verdict, (long long)trial.cell->received,
			(long long)trial.cell->accepted);
	}
	fprintf(file, "%zu cells, %zu wrong\n", (size_t)CELLS, wrong);
	return wrong;
}

static void every_end_is_foretold_as_the_peer_saw_it(void **state)
{
	FILE *file;

	(void)state;
	cells = cells_memory(CELLS * sizeof(*cells));
	cells_try(CELLS, 6, cell_try);
	file = fopen(TABLE_FILE, "we");
	assert_non_null(file);
	table_print(file);
	wrong_print(file);
	fclose(file);
	table_print(stdout);
	assert_int_equal(wrong_print(stdout), 0);
}

/* A late byte that does no harm would have tried nothing. */
static void a_late_byte_has_lost_something(void **state)
{
	bool lost = false;

	(void)state;
	for (size_t index = 0; index < CELLS; index++)
		lost |= strcmp(trial_of(index).kind->name, "late byte") == 0 &&
			cells[index].received < cells[index].accepted;
	assert_true(lost);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_end_is_foretold_as_the_peer_saw_it),
		cmocka_unit_test(a_late_byte_has_lost_something),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
