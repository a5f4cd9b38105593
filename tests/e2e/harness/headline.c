/* SPDX-License-Identifier: Apache-2.0 */
/*
 * headline.c - compares the first line of a report with the messages in the
 * topic.
 *
 * Every story calls this, so that a wrong number makes its test fail, whatever
 * the story is about:
 *
 *	certain <= what did not arrive <= certain + possible + what the program was told of
 *
 * Messages of a transaction that was open at the end are in the topic, but
 * consumers do not read them.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

/* "1,234" */
static int64_t number_at(const char *text)
{
	int64_t number = 0;

	for (; (*text >= '0' && *text <= '9') || *text == ','; text++)
		if (*text != ',')
			number = number * 10 + (*text - '0');
	return number;
}

/* The number in front of " of N message" or behind "all "; "the only message" is one. */
static int64_t part_of(const char *clause)
{
	if (strncmp(clause, "the only message ", 17) == 0)
		return 1;
	return number_at(strncmp(clause, "all ", 4) == 0 ? clause + 4 : clause);
}

struct headline headline_read(const char *text)
{
	const char *certain = strstr(text, " never arrived");
	const char *more = strstr(text, "; ");
	const char *possible = strstr(text, " may be lost");
	struct headline headline = {0};

	if (certain)
		headline.certain = part_of(text);
	if (possible && certain)
		headline.possible = more ? number_at(more + 2) : 0;
	else if (possible)
		headline.possible = part_of(text);
	headline.counts = certain || possible;
	headline.open_ended = strstr(text, "is not known") != NULL;
	return headline;
}

static int64_t evidence_sum(json_t *summary, const char *name)
{
	json_t *process, *finding;
	int64_t sum = 0;
	size_t i, j;

	json_array_foreach(json_object_get(summary, "processes"), i, process)
		json_array_foreach(json_object_get(process, "findings"), j, finding) sum +=
		json_integer_value(json_object_get(json_object_get(finding, "evidence"), name));
	return sum;
}

/* Over all producers; null counts as none. */
static int64_t sum_of(json_t *summary, const char *path)
{
	json_t *process, *producer;
	int64_t sum = 0;
	size_t i, j;

	json_array_foreach(json_object_get(summary, "processes"), i, process)
		json_array_foreach(json_object_get(process, "producers"), j, producer) sum +=
		json_integer_value(json_path(producer, path));
	return sum;
}

/* What is missing, and the program knows: it was told, or it aborted them itself. */
static int64_t known_missing(json_t *summary)
{
	if (evidence_sum(summary, "aborted_messages") > 0)
		return sum_of(summary, "messages.failed") + sum_of(summary, "messages.purged") +
		       evidence_sum(summary, "aborted_messages");
	return sum_of(summary, "failed_told.application") +
	       sum_of(summary, "purged_told.application");
}

const char *headline_wrong(json_t *summary, int64_t arrived)
{
	struct headline headline = headline_read(json_text(summary, "headline"));
	int64_t missing = sum_of(summary, "messages.produced") - arrived;
	int64_t open = evidence_sum(summary, "transaction_messages");

	if (headline.certain != json_integer_value(json_path(summary, "losses.certain")) &&
	    headline.counts)
		return "the first line has another number of certain losses than the summary";
	if (!headline.counts)
		return NULL;
	if (headline.certain > missing + open)
		return "more never arrived, says the first line, than are missing";
	if (strcmp(json_text(summary, "verdict"), "lost") != 0)
		return NULL;
	if (!headline.open_ended &&
	    headline.certain + headline.possible < missing - known_missing(summary))
		return "more are missing than the first line says";
	return NULL;
}

static int64_t where_messages(json_t *summary)
{
	return json_integer_value(json_path(summary, "where.messages"));
}

void headline_assert(json_t *summary, int64_t arrived)
{
	const char *wrong = headline_wrong(summary, arrived);

	if (!wrong &&
	    where_messages(summary) > json_integer_value(json_path(summary, "losses.certain")))
		wrong = "a line lost more than all of them";
	if (!wrong)
		return;
	char *text = json_dumps(summary, JSON_INDENT(1));

	print_error("%s\n", text);
	free(text);
	fail_msg("'%s', and %lld arrived: %s", json_text(summary, "headline"),
		 (long long)arrived, wrong);
}
