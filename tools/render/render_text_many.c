/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_text_many.c - many processes on one screen, however many they are.
 *
 * The totals; then a row for each signature (struct group), with what to change below the
 * table; then the processes that could not be judged.
 */
#include <stdlib.h>
#include <string.h>

#include "model/number.h"
#include "model/rows.h"
#include "model/words.h"
#include "render/render_text.h"

#define LABEL 9
#define WHERE_INDENT 3
#define GROUPS_LISTED 7
#define BLIND_LISTED 10
#define NAMES_COUNTED 64

/* ---- in all ---- */

const char *text_processes(struct run *run)
{
	int64_t of[VERDICT_LOST + 1] = {0}, judged = 0;
	const char *words = NULL;

	for (size_t i = 0; i < run->process_count; i++)
		if (run->processes[i].judged) {
			of[run->processes[i].verdict]++;
			judged++;
		}
	for (int verdict = VERDICT_LOST; verdict >= VERDICT_CLEAN; verdict--)
		if (of[verdict])
			words = model_format(run, "%s%s%s %s", words ? words : "",
					     words ? ", " : "", words_number(run, of[verdict]),
					     verdict == VERDICT_AT_RISK
						     ? "at risk"
						     : verdict_name((enum verdict)verdict));
	return model_format(
		run, "%s: %s%s", words_count(run, judged, "process"), words ? words : "none",
		run->without_kafka ? model_format(run, "; %s without Kafka",
						  words_count(run, (int64_t)run->without_kafka,
							      "more process"))
				   : "");
}

/* Names, each once. */
struct names {
	const char *items[NAMES_COUNTED];
	size_t count;
	bool more; /* than are counted */
};

static void names_add(struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->items[i], name))
			return;
	if (names->count == NAMES_COUNTED)
		names->more = true;
	else
		names->items[names->count++] = name;
}

/* Prints them in one line, with their number if not all are listed. */
static void text_names(const struct page *page, struct run *run, const char *label,
		       const struct names *names)
{
	const char *words = NULL;

	for (size_t i = 0; i < names->count; i++)
		words = words ? model_format(run, "%s, %s", words, names->items[i])
			      : names->items[i];
	if (!words)
		return;
	if (names->count > 1)
		words = model_format(run, "%s%zu: %s", names->more ? "more than " : "",
				     names->count, words);
	page_wrap(page, label, LABEL, page_fit(page, run, words, page->columns - LABEL));
}

static void text_topics(const struct page *page, struct run *run)
{
	struct names names = {0};

	for (size_t i = 0; i < run->process_count; i++)
		for (size_t j = 0; j < run->processes[i].producer_count; j++) {
			const struct producer *producer = &run->processes[i].producers[j];

			for (size_t k = 0; k < producer->topic_count; k++)
				if (producer->topics[k].name &&
				    producer->topics[k].partition == UNKNOWN &&
				    producer->topics[k].tally.messages[PRODUCED])
					names_add(&names, producer->topics[k].name);
		}
	text_names(page, run, "  topics", &names);
}

/* "kafka:9092" of "kafka:9092/1" */
static const char *broker_words(struct run *run, const struct socket *socket)
{
	const char *name = text_socket_peer(socket);

	return model_format(run, "%.*s", (int)strcspn(name, "/"), name);
}

static void text_brokers(const struct page *page, struct run *run)
{
	struct names names = {0};

	for (size_t i = 0; i < run->process_count; i++)
		for (size_t j = 0; j < run->processes[i].socket_count; j++) {
			const struct socket *socket = &run->processes[i].sockets[j];

			if (socket->flags & SOCKET_KAFKA && (socket->broker || socket->peer))
				names_add(&names, broker_words(run, socket));
		}
	text_names(page, run, "  to", &names);
}

/* The first and the last end of a process that lost, or may have lost, messages. */
static void text_when(const struct page *page, struct run *run)
{
	int64_t first = UNKNOWN, last = UNKNOWN;

	for (size_t i = 0; i < run->group_count; i++) {
		const struct group *group = &run->groups[i];

		if (group->verdict < VERDICT_AT_RISK || group->first_ns == UNKNOWN)
			continue;
		if (first == UNKNOWN || group->first_ns < first)
			first = group->first_ns;
		if (group->last_ns > last)
			last = group->last_ns;
	}
	if (first != UNKNOWN)
		page_wrap(page, "  when", LABEL,
			  model_format(run, "first loss %s, last %s", words_date(run, first),
				       words_date(run, last)));
}

/* The answers that were withheld from all processes. */
static void text_prove(const struct page *page, struct run *run)
{
	int64_t processes = 0, holds = 0, longest_ns = UNKNOWN;

	for (size_t i = 0; i < run->process_count; i++) {
		const struct process *process = &run->processes[i];

		if (!process->proves || !process->producer_count)
			continue;
		processes++;
		if (process->withheld.patience_ns == UNKNOWN)
			continue;
		holds = number_sum(holds, process->withheld.holds);
		if (process->withheld.patience_ns > longest_ns)
			longest_ns = process->withheld.patience_ns;
	}
	if (processes)
		page_wrap(page, "  prove", LABEL,
			  model_format(run,
				       "%s withheld from %s, each for %s at most; a "
				       "program that sleeps longer passes",
				       words_count(run, holds, "answer"),
				       words_count(run, processes, "process"),
				       words_time(run, longest_ns)));
}

/* ---- the table ---- */

#define DIGITS_WIDTH 12
#define VERDICT_WIDTH 8
#define TIME_WIDTH 11
/* With a blank before each these are 76 columns; the first five alone 52, or 46 or 40 if the
 * numbers have less room. */
#define WITH_TIMES 76
#define WITH_ROOM 52
#define WITH_LESS 46

struct table {
	const struct page *page;
	struct run *run;
	int count_width; /* of a number's column */
	bool times;
};

static void cell(const struct table *table, const char *words, int width, bool right)
{
	fputc(' ', table->page->out);
	page_cell(table->page, table->run, words, width, right);
}

const char *text_minute(struct run *run, int64_t realtime_ns)
{
	const char *date = words_date(run, realtime_ns);

	return strlen(date) < 16 ? date : model_format(run, "%.5s %.5s", date + 5, date + 11);
}

static void table_head(const struct table *table)
{
	fputc('\n', table->page->out);
	cell(table, "signature", DIGITS_WIDTH, false);
	cell(table, "verdict", VERDICT_WIDTH, false);
	cell(table, "lost", table->count_width, true);
	cell(table, "possible", table->count_width, true);
	cell(table, "processes", table->count_width, true);
	if (table->times)
		fprintf(table->page->out, " %-*s %s", TIME_WIDTH, "first (UTC)", "last");
	fputc('\n', table->page->out);
}

static void table_row(const struct table *table, const struct group *group)
{
	struct run *run = table->run;
	const char *where =
		model_format(run, "%s: %s", group->finding->id,
			     text_place(table->page, run, group->finding, group->process));

	cell(table, group->signature->digits, DIGITS_WIDTH, false);
	fputc(' ', table->page->out);
	if (group->finding->known)
		page_known(table->page, VERDICT_WIDTH);
	else
		page_verdict(table->page, group->verdict, VERDICT_WIDTH);
	cell(table, words_number(run, group->losses.certain), table->count_width, true);
	cell(table, words_number(run, group->losses.possible), table->count_width, true);
	cell(table, words_number(run, (int64_t)group->process_count), table->count_width, true);
	if (table->times)
		fprintf(table->page->out, " %-*s %s", TIME_WIDTH,
			text_minute(run, group->first_ns), text_minute(run, group->last_ns));
	fputc('\n', table->page->out);
	page_wrap(table->page, "", WHERE_INDENT,
		  page_fit_ends(table->page, run, where, table->page->columns - WHERE_INDENT));
}

static bool is_same_change(const struct group *one, const struct group *other)
{
	return !strcmp(one->finding->change, other->finding->change);
}

/* What to change, with the signatures that it is for. */
static void text_changes(const struct page *page, struct run *run,
			 const struct group *const *groups, size_t listed)
{
	fputc('\n', page->out);
	for (size_t i = 0; i < listed; i++) {
		const struct group *group = groups[i];
		const char *digits = "";
		size_t first = 0;

		while (!is_same_change(groups[first], group))
			first++;
		for (size_t j = i; j < listed && first == i; j++)
			if (is_same_change(groups[j], group))
				digits =
					model_format(run, "%s%s%s", digits, *digits ? ", " : "",
						     groups[j]->signature->digits);
		if (*digits)
			page_wrap(page, "  change", LABEL,
				  model_format(run, "%s: %s", digits, group->finding->change));
	}
}

static struct table table_of(const struct page *page, struct run *run)
{
	return (struct table){
		.page = page,
		.run = run,
		.count_width = page->columns >= WITH_ROOM   ? 9
			       : page->columns >= WITH_LESS ? 7
							    : 5,
		.times = page->columns >= WITH_TIMES,
	};
}

static int by_order(const void *a, const void *b, void *order)
{
	const struct group *const *left = a, *const *right = b;
	const struct row_numbers left_numbers = rows_of_group(*left),
				 right_numbers = rows_of_group(*right);
	int first = rows_compare(*(enum rows_order *)order, &left_numbers, &right_numbers);

	return first ? first : (*left > *right) - (*left < *right); /* the worst */
}

static const struct group **groups_in_order(struct run *run)
{
	const struct group **order = model_alloc(run, (run->group_count + 1) * sizeof *order);

	for (size_t i = 0; i < run->group_count; i++)
		order[i] = &run->groups[i];
	qsort_r(order, run->group_count, sizeof *order, by_order, &run->order);
	return order;
}

static void text_table(const struct page *page, struct run *run, size_t most)
{
	const struct table table = table_of(page, run);
	const struct group **groups = groups_in_order(run);
	size_t listed = run->group_count < most ? run->group_count : most;

	if (!listed)
		return;
	table_head(&table);
	for (size_t i = 0; i < listed; i++)
		table_row(&table, groups[i]);
	if (listed < run->group_count)
		page_wrap(page, "", WHERE_INDENT,
			  model_format(run, "... %s: see --verbose",
				       words_count(run, (int64_t)(run->group_count - listed),
						   "more signature")));
	text_changes(page, run, groups, listed);
}

/* ---- processes that could not be judged ---- */

static const char *process_name(struct run *run, const struct process *process)
{
	const char *exe = process->exe ? process->exe : process->argc ? process->argv[0] : "?";
	const char *slash = strrchr(exe, '/');

	return model_format(run, "%s %s", slash ? slash + 1 : exe, words_pid(run, process));
}

static void text_blind(const struct page *page, struct run *run, bool all)
{
	const char *names = NULL;
	size_t count = 0;

	for (size_t i = 0; i < run->process_count; i++) {
		const struct process *process = &run->processes[i];

		if (!process->judged || process->verdict != VERDICT_BLIND)
			continue;
		if (count++ < BLIND_LISTED || all)
			names = model_format(run, "%s%s%s", names ? names : "",
					     names ? ", " : "", process_name(run, process));
	}
	if (count > BLIND_LISTED && !all)
		names = model_format(
			run, "%s and %s: see --verbose", names,
			words_count(run, (int64_t)(count - BLIND_LISTED), "more process"));
	if (names)
		page_wrap(page, "  blind", LABEL, names);
}

void text_many(const struct page *page, struct run *run, bool all)
{
	const struct process *process = NULL;
	const struct finding *chief = text_worst(run, &process);

	text_verdict(page, run);
	if (chief && run->verdict != VERDICT_CLEAN)
		text_where(page, run, chief, process, false);
	page_wrap(page, "  of", LABEL, text_processes(run));
	text_when(page, run);
	text_topics(page, run);
	text_brokers(page, run);
	text_prove(page, run);
	text_table(page, run,
		   run->listed ? run->listed
		   : all       ? run->group_count
			       : GROUPS_LISTED);
	text_blind(page, run, all);
}
