/* SPDX-License-Identifier: Apache-2.0 */
/*
 * by.c - see by.h.
 *
 * The messages of each producer are split into parts, one for each row and one for the rest;
 * then all parts with the same name are added up.
 */
#include "choose/by.h"

#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "model/number.h"
#include "model/rows.h"
#include "model/words.h"

struct part {
	const char *name; /* NULL: the rest */
	const struct process *process;
	int64_t produced, certain, possible;
};

struct parts {
	struct part *items;
	size_t count;
};

static void part_add(struct parts *parts, struct part part)
{
	parts->items = memory_grown(parts->items, parts->count + 1, sizeof *parts->items);
	parts->items[parts->count++] = part;
}

static struct part whole(const struct process *process, const struct producer *producer,
			 const char *name)
{
	return (struct part){
		.name = name,
		.process = process,
		.produced = producer->tally.messages[PRODUCED],
		.certain = producer->losses.certain,
		.possible = producer->losses.possible,
	};
}

static int64_t difference(int64_t from, int64_t less)
{
	return from == UNKNOWN || less == UNKNOWN ? UNKNOWN : from - less;
}

/* ---- a share of a producer: the messages of a topic, or of a line ---- */

struct share {
	const char *name;
	int64_t produced, rejected;
	int64_t outstanding, failed, purged;
	int64_t lost_least;
};

/* How many of a share's messages are missing messages of the producer: known if these are all
 * outstanding ones, or all that failed or were purged; else UNKNOWN, because they cannot be
 * assigned to shares. */
static int64_t missing(const struct producer *producer, const struct share *share)
{
	const int64_t *messages = producer->tally.messages;
	int64_t lost = number_sum(producer->losses.certain, producer->losses.possible);

	if (lost == messages[OUTSTANDING])
		return share->outstanding;
	if (lost != number_sum(messages[OUTSTANDING],
			       number_sum(messages[FAILED], messages[PURGED])) ||
	    messages[REJECTED] != 0 || messages[UNCONFIRMED] != 0)
		return UNKNOWN;
	return number_sum(share->outstanding, number_sum(share->failed, share->purged));
}

static struct part part_of(const struct process *process, const struct producer *producer,
			   const struct share *share)
{
	const int64_t *messages = producer->tally.messages;
	const struct losses *losses = &producer->losses;
	struct part part = whole(process, producer, share->name);
	int64_t lost = missing(producer, share);

	if (share->produced == messages[PRODUCED] && share->rejected == messages[REJECTED])
		return part;
	part.produced = share->produced;
	if (losses->certain == UNKNOWN || losses->possible == UNKNOWN)
		return part;
	bool alike = lost != UNKNOWN && (losses->certain == 0 || losses->possible == 0);

	part.certain = losses->certain == 0 ? 0 : alike ? lost : share->lost_least;
	part.possible = alike && losses->possible != 0 ? lost : 0;
	return part;
}

/* Adds the parts, and the rest of the producer. If the parts exceed the whole, the trace is
 * damaged: then no part is known. */
static void shares_add(struct parts *parts, const struct process *process,
		       const struct producer *producer, const struct share *shares,
		       size_t count)
{
	struct part rest = whole(process, producer, NULL);
	size_t before = parts->count;

	for (size_t i = 0; i < count; i++) {
		struct part part = part_of(process, producer, &shares[i]);

		rest.produced = difference(rest.produced, part.produced);
		rest.certain = difference(rest.certain, part.certain);
		rest.possible = difference(rest.possible, part.possible);
		part_add(parts, part);
	}
	if ((rest.produced < 0 && rest.produced != UNKNOWN) ||
	    (rest.certain < 0 && rest.certain != UNKNOWN) ||
	    (rest.possible < 0 && rest.possible != UNKNOWN)) {
		parts->count = before;
		rest = whole(process, producer, NULL);
	}
	if (rest.produced || rest.certain || rest.possible)
		part_add(parts, rest);
}

static void add_topics(struct run *run, struct parts *parts, const struct process *process,
		       const struct producer *producer)
{
	struct share *shares = memory_zeroed(producer->topic_count + 1, sizeof *shares);
	size_t count = 0;

	(void)run;
	for (size_t i = 0; i < producer->topic_count; i++) {
		const struct topic *topic = &producer->topics[i];
		const int64_t *messages = topic->tally.messages;

		if (topic->partition == UNKNOWN && topic->name &&
		    (messages[PRODUCED] || messages[REJECTED]))
			shares[count++] = (struct share){
				.name = topic->name,
				.produced = messages[PRODUCED],
				.rejected = messages[REJECTED],
				.outstanding = messages[OUTSTANDING],
				.failed = messages[FAILED],
				.purged = messages[PURGED],
			};
	}
	shares_add(parts, process, producer, shares, count);
	free(shares);
}

static void add_sites(struct run *run, struct parts *parts, const struct process *process,
		      const struct producer *producer)
{
	struct share *shares = memory_zeroed(producer->site_count + 1, sizeof *shares);
	size_t count = 0;

	for (size_t i = 0; i < producer->site_count; i++) {
		const struct call_site *site = &producer->sites[i];
		const struct frame *frame = words_place_frame(site);

		if (frame && (site->produced || site->rejected))
			shares[count++] = (struct share){
				.name = words_frame(run, frame),
				.produced = site->produced,
				.rejected = site->rejected,
				.outstanding = site->outstanding,
				.failed = site->failed,
				.purged = site->purged,
				.lost_least = site->lost_least,
			};
	}
	shares_add(parts, process, producer, shares, count);
	free(shares);
}

/* ---- a producer as a whole ---- */

/* "kafka:9092" of "kafka:9092/1" */
static const char *broker_name(struct run *run, const struct socket *socket)
{
	const char *name = socket->broker ? socket->broker : socket->peer;

	return name ? model_format(run, "%.*s", (int)strcspn(name, "/"), name) : NULL;
}

/* The broker that the producer wrote messages to; NULL: there were several, or none is known.
 * A broker that it only asked for the addresses of others gets no messages. */
static const char *the_broker(struct run *run, const struct process *process,
			      const struct producer *producer)
{
	const char *only = NULL;

	for (size_t i = 0; i < process->socket_count; i++) {
		const struct socket *socket = &process->sockets[i];

		if (!(socket->flags & SOCKET_KAFKA) || !socket->produce_requests ||
		    socket->producer != producer - process->producers)
			continue;
		const char *name = broker_name(run, socket);

		if (!name || (only && strcmp(only, name) != 0))
			return NULL;
		only = name;
	}
	return only;
}

static void add_broker(struct run *run, struct parts *parts, const struct process *process,
		       const struct producer *producer)
{
	part_add(parts, whole(process, producer, the_broker(run, process, producer)));
}

static void add_exe(struct run *run, struct parts *parts, const struct process *process,
		    const struct producer *producer)
{
	(void)run;
	part_add(parts, whole(process, producer, process->program));
}

static int64_t end_of(const struct process *process)
{
	return process->start_realtime_ns == UNKNOWN || process->duration_ns == UNKNOWN
		       ? UNKNOWN
		       : process->start_realtime_ns + process->duration_ns;
}

/* 2026-11-27T20:13Z */
static void add_minute(struct run *run, struct parts *parts, const struct process *process,
		       const struct producer *producer)
{
	int64_t end_ns = end_of(process);
	const char *date = words_date(run, end_ns);

	part_add(parts, whole(process, producer,
			      end_ns == UNKNOWN || strlen(date) < strlen("2026-11-27T20:13")
				      ? NULL
				      : model_format(run, "%.16sZ", date)));
}

/* ---- the table ---- */

typedef void add_function(struct run *run, struct parts *parts, const struct process *process,
			  const struct producer *producer);

static const struct key {
	const char *name;
	add_function *add;
} keys[] = {
	{"site", add_sites}, {"topic", add_topics},  {"broker", add_broker},
	{"exe", add_exe},    {"minute", add_minute},
};

static const struct order {
	const char *name;
	enum rows_order order;
} orders[] = {
	{"lost", ROWS_BY_LOST},		{"possible", ROWS_BY_POSSIBLE},
	{"produced", ROWS_BY_PRODUCED}, {"processes", ROWS_BY_PROCESSES},
	{"first", ROWS_BY_FIRST},	{"last", ROWS_BY_LAST},
};

/* By name; the rest comes last. */
static int by_name(const void *a, const void *b)
{
	const struct part *left = a, *right = b;
	int order = !left->name || !right->name ? (left->name == NULL) - (right->name == NULL)
						: strcmp(left->name, right->name);

	return order ? order
		     : (left->process > right->process) - (left->process < right->process);
}

static bool is_same_name(const struct part *a, const struct part *b)
{
	return a->name && b->name ? !strcmp(a->name, b->name) : a->name == b->name;
}

static void end_note(struct row_numbers *numbers, int64_t end_ns)
{
	if (end_ns == UNKNOWN)
		return;
	if (numbers->first_ns == UNKNOWN || end_ns < numbers->first_ns)
		numbers->first_ns = end_ns;
	if (numbers->last_ns == UNKNOWN || end_ns > numbers->last_ns)
		numbers->last_ns = end_ns;
}

/* The sum of the parts with one name. */
static struct row_numbers numbers_of(const struct part *parts, size_t count)
{
	struct row_numbers numbers = {.first_ns = UNKNOWN, .last_ns = UNKNOWN};

	for (size_t i = 0; i < count; i++) {
		numbers.produced = number_sum(numbers.produced, parts[i].produced);
		numbers.certain = number_sum(numbers.certain, parts[i].certain);
		numbers.possible = number_sum(numbers.possible, parts[i].possible);
		numbers.processes += i == 0 || parts[i].process != parts[i - 1].process;
		end_note(&numbers, end_of(parts[i].process));
	}
	return numbers;
}

static void table_fill(struct by_table *table, const struct parts *parts)
{
	for (size_t i = 0, end; i < parts->count; i = end) {
		const struct part *first = &parts->items[i];

		for (end = i + 1;
		     end < parts->count && is_same_name(first, &parts->items[end]);)
			end++;
		struct row_numbers numbers = numbers_of(first, end - i);

		if (first->name)
			table->rows[table->count++] = (struct by_row){first->name, numbers};
		else
			table->rest = numbers;
		table->has_rest |= !first->name;
	}
}

static int by_order(const void *a, const void *b, void *order)
{
	const struct by_row *left = a, *right = b;
	int first = rows_compare(*(enum rows_order *)order, &left->numbers, &right->numbers);

	return first ? first : strcmp(left->name, right->name);
}

static struct by_table *table_make(struct run *run, const struct key *key)
{
	struct by_table *table = model_alloc(run, sizeof *table);
	struct parts parts = {0};

	table->key = key->name;
	for (size_t i = 0; i < run->process_count; i++)
		for (size_t j = 0; j < run->processes[i].producer_count; j++)
			key->add(run, &parts, &run->processes[i],
				 &run->processes[i].producers[j]);
	table->rows = model_alloc(run, (parts.count + 1) * sizeof *table->rows);
	if (parts.count > 0)
		qsort(parts.items, parts.count, sizeof *parts.items, by_name);
	table_fill(table, &parts);
	free(parts.items);
	return table;
}

void by_make(struct run *run, const struct by_given *given)
{
	run->listed = (size_t)given->listed;
	run->order = ROWS_BY_BADNESS;
	for (size_t i = 0; given->order && i < sizeof orders / sizeof *orders; i++)
		if (!strcmp(orders[i].name, given->order))
			run->order = orders[i].order;
	for (size_t i = 0; given->by && i < sizeof keys / sizeof *keys; i++)
		if (!strcmp(keys[i].name, given->by))
			run->by = table_make(run, &keys[i]);
	if (!run->by)
		return;
	/* Minutes are in the order of time, which is the order of their names. */
	enum rows_order order =
		run->order == ROWS_BY_BADNESS && strcmp(given->by, "minute") != 0 ? ROWS_BY_LOST
										  : run->order;

	qsort_r(run->by->rows, run->by->count, sizeof *run->by->rows, by_order, &order);
}
