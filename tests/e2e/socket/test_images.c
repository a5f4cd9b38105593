/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_images.c - large images, sent as in the reports of losses with which
 * this project began.
 *
 * Base64 texts of 1.4 to 13.5 MB: through kafka-python, with and without acks,
 * and over HTTP; with small, large and the kernel's default send buffers; to a
 * peer that reads at full speed, slowly, or not at all for a while. A race may
 * decide how much arrives: each cell is compared with what the peer counted; no
 * loss may be reported for an image that arrived, and none may be missed for
 * one that did not. Prints the table, and writes it to tests/images.txt in the
 * build directory.
 */
#include "images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define TABLE_FILE PATH_HOSTS "/../images.txt"

static const int64_t sizes[] = {1400000, 4400000, 6200000, 13500000};

static const struct client clients[] = {
	{"kafka acks=0", 0}, {"kafka acks=1", 1}, {"http.client", -1}, {"curl", -1}};
static const struct buffer buffers[] = {{"default", 0}, {"128 KB", 131072}, {"5 MB", 5000000}};

/* The rate is such that the largest takes two seconds. */
static const struct reader readers[] = {
	{"well", "", "--http"},
	{"stalled", "--stall 2 --rcvbuf 65536", "--http --stall 2000 --rcvbuf 65536"},
	{"slow", "--rate 6500000 --rcvbuf 65536", "--http --rate 6500000 --rcvbuf 65536"},
};

#define COLUMNS (COUNT(buffers) * COUNT(readers))
#define ROWS (COUNT(clients) * COUNT(sizes))
#define CELLS (ROWS * COLUMNS)

static struct cell *cells;
static char *images[COUNT(sizes)];

static struct trial trial_of(size_t index)
{
	size_t row = index / COLUMNS, column = index % COLUMNS;

	return (struct trial){
		.client = &clients[row / COUNT(sizes)],
		.size = sizes[row % COUNT(sizes)],
		.image = images[row % COUNT(sizes)],
		.buffer = &buffers[column / COUNT(readers)],
		.reader = &readers[column % COUNT(readers)],
		.cell = &cells[index],
	};
}

/* --- one cell ------------------------------------------------------------------- */

static char *host_command(const struct trial *trial, const char *address)
{
	char *command;
	int length;

	if (trial_is_curl(trial))
		length = asprintf(
			&command,
			"/usr/bin/curl --silent --show-error --http1.1 --header Expect: "
			"--data-binary @%s --write-out status:%%{http_code}\n http://%s/",
			trial->image, address);
	else
		/* What a broker 0.11 wants takes Python a third of a second for each MB. */
		length = asprintf(
			&command, "/usr/bin/python3 %s/python/%s %s %s %s%d %s",
			PATH_HOST_SOURCES,
			trial_is_kafka(trial) ? "kafka_python_upload.py" : "http_upload.py",
			address, trial->image,
			trial_is_kafka(trial) ? (trial->client->acks ? "1 " : "0 ") : "",
			trial->buffer->bytes,
			trial_is_kafka(trial) && trial->size > sizes[0] ? "old" : "");
	assert_true(length > 0);
	return command;
}

static void host_run(struct trial *trial)
{
	char *path = scratch_name(".json"), *host, *command;
	struct fake *peer = trial_is_kafka(trial) ? fake_start(trial->reader->broker)
						  : fake_start_as("sink", trial->reader->sink);

	host = host_command(trial, fake_address(peer));
	assert_true(asprintf(&command, "%s run --quiet --format json --output %s -- %s",
			     PATH_TOOL, path, host) > 0);
	trial->story.watched = program_run(command, NULL);
	trial->story.truth = fake_stop(peer);
	trial->story.summary = json_load_file(path, 0, NULL);
	unlink(path);
	free(path);
	free(host);
	free(command);
}

/* The one that moved the most. */
static json_t *socket_of_image(json_t *summary)
{
	json_t *row, *busiest = NULL;
	size_t i;

	json_array_foreach(json_path(summary, "processes.0.sockets"), i,
			   row) if (!busiest || json_number(row, "bytes.accepted") >
							json_number(busiest, "bytes.accepted"))
		busiest = row;
	return busiest;
}

static bool cannot_run(const struct trial *trial)
{
	if (trial_is_kafka(trial))
		return story_missing("kafka");
	/* One buffer, the kernel's, is all that curl knows. */
	return trial_is_curl(trial) && (trial->buffer->bytes || story_missing("curl"));
}

static void cell_try(size_t index)
{
	struct trial trial = trial_of(index);

	trial.story = story_of(trial.client->name);
	if ((trial.cell->skipped = cannot_run(&trial)))
		return;
	host_run(&trial);
	trial.socket = socket_of_image(trial.story.summary);
	trial_check(&trial);
	if (trial.cell->wrong[0] && getenv("UNFLUSHED_TRUTH_SUMMARIES")) {
		char *text = json_dumps(trial.story.summary, JSON_INDENT(1));

		print_error("%s\n%s%s%s\n", trial.cell->wrong, trial.story.watched.out,
			    trial.story.watched.err, text);
		free(text);
	}
	story_end(&trial.story);
}

/* --- all of them ------------------------------------------------------------------ */

static void images_make(void)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < COUNT(sizes); i++) {
		FILE *file = fopen(images[i] = scratch_name(".base64"), "we");
		uint32_t random = 1;

		assert_non_null(file);
		for (int64_t j = 0; j < sizes[i]; j++) {
			random = random * 1664525 + 1013904223;
			putc_unlocked(letters[random >> 26], file);
		}
		assert_int_equal(fclose(file), 0);
	}
}

static void cell_print(FILE *file, const struct trial *trial)
{
	const struct cell *cell = trial->cell;

	if (cell->skipped)
		fprintf(file, " | %-31s", "-");
	else
		fprintf(file, " |%c%7s %s %8lld B %4lldms %3lld%%", cell->wrong[0] ? '!' : ' ',
			cell->verdict, cell->arrived ? "1" : "0", (long long)cell->accepted,
			(long long)cell->stalled_ms, (long long)cell->fill);
}

static void table_print(FILE *file)
{
	fprintf(file,
		"verdict, images arrived, bytes accepted, stalled, send buffer's fill at most\n"
		"%-20s",
		"");
	for (size_t column = 0; column < COLUMNS; column++)
		fprintf(file, " | %-7s, %-22s", buffers[column / COUNT(readers)].name,
			readers[column % COUNT(readers)].name);
	for (size_t index = 0; index < CELLS; index++) {
		struct trial trial = trial_of(index);

		if (index % COLUMNS == 0)
			fprintf(file, "\n%-12s %4.1f MB", trial.client->name,
				(double)trial.size / 1e6);
		cell_print(file, &trial);
	}
	fprintf(file, "\n");
}

static size_t wrong_print(FILE *file)
{
	size_t wrong = 0, tried = 0;

	for (size_t index = 0; index < CELLS; index++) {
		struct trial trial = trial_of(index);

		tried += !trial.cell->skipped;
		if (!trial.cell->wrong[0])
			continue;
		wrong++;
		fprintf(file, "! %s, %lld bytes, buffer %s, %s: %s (%s, %s)\n",
			trial.client->name, (long long)trial.size, trial.buffer->name,
			trial.reader->name, trial.cell->wrong, trial.cell->verdict,
			trial.cell->arrived ? "arrived" : "did not arrive");
	}
	fprintf(file, "%zu cells, %zu wrong\n", tried, wrong);
	return wrong;
}

static void no_image_is_lost_in_silence_and_none_that_arrived_is_lost(void **state)
{
	FILE *file;

	(void)state;
	images_make();
	cells = cells_memory(CELLS * sizeof(*cells));
	cells_try(CELLS, 5, cell_try);
	file = fopen(TABLE_FILE, "we");
	assert_non_null(file);
	table_print(file);
	wrong_print(file);
	fclose(file);
	table_print(stdout);
	assert_int_equal(wrong_print(stdout), 0);
}

/* What the notes began with: nothing is said, and nothing has arrived. */
static void without_acks_an_image_was_lost_and_said_to_be_sent(void **state)
{
	bool lost = false;

	(void)state;
	story_needs("kafka");
	for (size_t index = 0; index < CELLS; index++)
		lost |= trial_of(index).client->acks == 0 && !cells[index].arrived;
	assert_true(lost);
}

int main(void)
{
	const char *missing = story_missing("kafka");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_image_is_lost_in_silence_and_none_that_arrived_is_lost),
		cmocka_unit_test(without_acks_an_image_was_lost_and_said_to_be_sent),
	};

	if (missing)
		fprintf(stderr, "SKIPPED: the rows of kafka-python: %s\n", missing);
	missing = story_missing("curl");
	if (missing)
		fprintf(stderr, "SKIPPED: the rows of curl: %s\n", missing);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
