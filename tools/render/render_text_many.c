/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_text_many.c - many processes on one screen, however many they are.
 *
 * In all; then a row for each kind of thing that went wrong (the worst finding, and the line
 * that it points at), with what to change below the table; then who could not be judged.
 */
#include <stdlib.h>
#include <string.h>

#include "model/number.h"
#include "model/words.h"
#include "render/render_text.h"

#define LABEL 9
#define GROUPS_LISTED 7
#define BLIND_LISTED 10
#define NAMES_COUNTED 64

/* What is the same in one or more processes: the worst finding of a producer, or of a process
 * whose producers have none that is as bad, and the line that it points at. */
struct kind {
	const char *key;
	const struct finding *finding;
	const struct process *process; /* the one that lost most */
	enum verdict verdict;
	struct losses losses;
	int64_t lost_most;
	size_t processes;
	int64_t first_ns, last_ns; /* CLOCK_REALTIME of the processes' ends; UNKNOWN */
};

struct kinds {
	struct kind *rows;
	size_t count;
};

/* CLOCK_REALTIME is beyond what number_sum() counts to. */
static int64_t end_of(const struct process *process)
{
	int64_t end;

	if (process->start_realtime_ns == UNKNOWN || process->duration_ns == UNKNOWN ||
	    __builtin_add_overflow(process->start_realtime_ns, process->duration_ns, &end))
		return UNKNOWN;
	return end;
}

static void kind_add(const struct page *page, struct run *run, struct kinds *kinds,
		     const struct process *process, const struct finding *finding,
		     const struct losses *losses)
{
	kinds->rows[kinds->count++] = (struct kind){
		.key = model_format(run, "%s: %s", finding->id,
				    text_place(page, run, finding, process)),
		.finding = finding,
		.process = process,
		.verdict = finding->verdict,
		.losses = *losses,
		.lost_most = losses->certain,
		.processes = 1,
		.first_ns = end_of(process),
		.last_ns = end_of(process),
	};
}

static void kinds_of_process(const struct page *page, struct run *run, struct kinds *kinds,
			     const struct process *process)
{
	const struct losses none = {0};
	bool explained = false;

	for (size_t i = 0; i < process->producer_count; i++) {
		const struct producer *producer = &process->producers[i];
		const struct finding *finding = text_worst_of(process, producer);

		if (!finding || finding->verdict == VERDICT_CLEAN)
			continue;
		kind_add(page, run, kinds, process, finding, &producer->losses);
		explained |= finding->verdict >= process->verdict;
	}
	if (!explained && process->finding_count &&
	    process->findings[0].verdict != VERDICT_CLEAN)
		kind_add(page, run, kinds, process, &process->findings[0], &none);
}

static int by_key(const void *a, const void *b)
{
	const struct kind *left = a, *right = b;
	int order = strcmp(left->key, right->key);

	if (order)
		return order;
	return (left->process > right->process) - (left->process < right->process);
}

static int descending(int64_t a, int64_t b)
{
	return (a < b) - (a > b);
}

static int worst_first(const void *a, const void *b)
{
	const struct kind *left = a, *right = b;
	int order = (int)right->verdict - (int)left->verdict;

	if (!order)
		order = descending(left->losses.certain, right->losses.certain);
	if (!order)
		order = descending(left->losses.possible, right->losses.possible);
	return order ? order : strcmp(left->key, right->key);
}

static void kind_join(struct kind *kind, const struct kind *other,
		      const struct process *counted)
{
	kind->verdict = verdict_worse(kind->verdict, other->verdict);
	kind->losses.certain = number_sum(kind->losses.certain, other->losses.certain);
	kind->losses.possible = number_sum(kind->losses.possible, other->losses.possible);
	kind->processes += other->process != counted;
	if (other->first_ns != UNKNOWN &&
	    (kind->first_ns == UNKNOWN || other->first_ns < kind->first_ns))
		kind->first_ns = other->first_ns;
	if (other->last_ns > kind->last_ns)
		kind->last_ns = other->last_ns;
	if (other->lost_most > kind->lost_most) {
		kind->lost_most = other->lost_most;
		kind->process = other->process;
		kind->finding = other->finding;
	}
}

static struct kinds kinds_of(const struct page *page, struct run *run)
{
	size_t room = run->process_count, kept = 0;
	struct kinds kinds = {0};
	const struct process *counted = NULL;

	for (size_t i = 0; i < run->process_count; i++)
		room += run->processes[i].producer_count;
	kinds.rows = model_alloc(run, room * sizeof *kinds.rows + 1);
	for (size_t i = 0; i < run->process_count; i++)
		if (run->processes[i].judged)
			kinds_of_process(page, run, &kinds, &run->processes[i]);
	qsort(kinds.rows, kinds.count, sizeof *kinds.rows, by_key);
	for (size_t i = 0; i < kinds.count; i++) {
		struct kind row = kinds.rows[i];

		if (kept && !strcmp(kinds.rows[kept - 1].key, row.key))
			kind_join(&kinds.rows[kept - 1], &row, counted);
		else
			kinds.rows[kept++] = row;
		counted = row.process;
	}
	kinds.count = kept;
	qsort(kinds.rows, kinds.count, sizeof *kinds.rows, worst_first);
	return kinds;
}

/* ---- in all ---- */

/* "282 processes: 240 lost, 1 blind, 41 clean" */
static const char *processes_words(struct run *run)
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

/* In one line, with their number where that is not to be seen. */
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
static void text_when(const struct page *page, struct run *run, const struct kinds *kinds)
{
	int64_t first = UNKNOWN, last = UNKNOWN;

	for (size_t i = 0; i < kinds->count; i++) {
		const struct kind *kind = &kinds->rows[i];

		if (kind->verdict < VERDICT_AT_RISK || kind->first_ns == UNKNOWN)
			continue;
		if (first == UNKNOWN || kind->first_ns < first)
			first = kind->first_ns;
		if (kind->last_ns > last)
			last = kind->last_ns;
	}
	if (first != UNKNOWN)
		page_wrap(page, "  when", LABEL,
			  model_format(run, "first loss %s, last %s", words_date(run, first),
				       words_date(run, last)));
}

/* What was withheld from all of them. */
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

/* Aligned by hand; together, and with a blank before each, 79 columns. */
#define NUMBER_WIDTH 3
#define VERDICT_WIDTH 8
#define COUNT_WIDTH 10
#define TIME_WIDTH 16

struct table {
	const struct page *page;
	struct run *run;
};

static void cell(const struct table *table, const char *words, int width, bool right)
{
	fputc(' ', table->page->out);
	page_cell(table->page, table->run, words, width, right);
}

/* 2026-01-31 23:59: by the minute, in UTC. */
static const char *minute_words(struct run *run, int64_t realtime_ns)
{
	const char *date = words_date(run, realtime_ns);

	return strlen(date) < 16 ? date : model_format(run, "%.10s %.5s", date, date + 11);
}

static void table_head(const struct table *table)
{
	fputc('\n', table->page->out);
	cell(table, "", NUMBER_WIDTH, false);
	cell(table, "verdict", VERDICT_WIDTH, false);
	cell(table, "lost", COUNT_WIDTH, true);
	cell(table, "possible", COUNT_WIDTH, true);
	cell(table, "processes", COUNT_WIDTH, true);
	cell(table, "first (UTC)", TIME_WIDTH, false);
	fputs(" last\n", table->page->out);
}

static const char *kind_number(struct run *run, size_t number)
{
	return model_format(run, "%zu", number + 1);
}

static void table_row(const struct table *table, const struct kind *kind, size_t number)
{
	struct run *run = table->run;

	cell(table, kind_number(run, number), NUMBER_WIDTH, true);
	fputc(' ', table->page->out);
	page_verdict(table->page, kind->verdict, VERDICT_WIDTH);
	cell(table, words_number(run, kind->losses.certain), COUNT_WIDTH, true);
	cell(table, words_number(run, kind->losses.possible), COUNT_WIDTH, true);
	cell(table, words_number(run, (int64_t)kind->processes), COUNT_WIDTH, true);
	cell(table, minute_words(run, kind->first_ns), TIME_WIDTH, false);
	fprintf(table->page->out, " %s\n", minute_words(run, kind->last_ns));
	page_wrap(table->page, "", NUMBER_WIDTH + 2,
		  page_fit_ends(table->page, run, kind->key,
				table->page->columns - NUMBER_WIDTH - 2));
}

static bool is_same_change(const struct kind *one, const struct kind *other)
{
	return !strcmp(one->finding->change, other->finding->change);
}

/* What to change, with the numbers of the rows that it is for. */
static void text_changes(const struct page *page, struct run *run, const struct kinds *kinds,
			 size_t listed)
{
	fputc('\n', page->out);
	for (size_t i = 0; i < listed; i++) {
		const struct kind *kind = &kinds->rows[i];
		const char *numbers = "";
		size_t first = 0;

		while (!is_same_change(&kinds->rows[first], kind))
			first++;
		for (size_t j = i; j < listed && first == i; j++)
			if (is_same_change(&kinds->rows[j], kind))
				numbers =
					model_format(run, "%s%s%s", numbers,
						     *numbers ? ", " : "", kind_number(run, j));
		if (*numbers)
			page_wrap(page, "  change", LABEL,
				  model_format(run, "%s: %s", numbers, kind->finding->change));
	}
}

static void text_table(const struct page *page, struct run *run, const struct kinds *kinds,
		       size_t most)
{
	const struct table table = {page, run};
	size_t listed = kinds->count < most ? kinds->count : most;

	if (!listed)
		return;
	table_head(&table);
	for (size_t i = 0; i < listed; i++)
		table_row(&table, &kinds->rows[i], i);
	if (listed < kinds->count)
		page_wrap(page, "", NUMBER_WIDTH + 2,
			  model_format(run, "... %s: see --verbose",
				       words_count(run, (int64_t)(kinds->count - listed),
						   "more row")));
	text_changes(page, run, kinds, listed);
}

/* ---- those of which nothing is known ---- */

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
	const struct kinds kinds = kinds_of(page, run);
	const struct process *process = NULL;
	const struct finding *chief = text_worst(run, &process);

	text_verdict(page, run);
	if (chief && run->verdict != VERDICT_CLEAN)
		text_where(page, run, chief, process, false);
	page_wrap(page, "  of", LABEL, processes_words(run));
	text_when(page, run, &kinds);
	text_topics(page, run);
	text_brokers(page, run);
	text_prove(page, run);
	text_table(page, run, &kinds, all ? kinds.count : GROUPS_LISTED);
	text_blind(page, run, all);
}
