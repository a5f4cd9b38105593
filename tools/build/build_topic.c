/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_topic.c - the law's counters, summed up: topic rows, their cells,
 * topics, producers.
 *
 * Messages are counted as produced at partition -1 (none is chosen yet) and
 * their ends at their own partition, so the law holds only for a topic as a
 * whole; how many were produced to a partition is not known.
 */
#include "build/builder.h"

#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "model/number.h"

static void counts_add(struct trace_counts *sum, const struct trace_counts *more)
{
	for (int i = 0; i < TRACE_COUNTS; i++) {
		sum->messages[i] += more->messages[i];
		sum->bytes[i] += more->bytes[i];
	}
}

/* A topic row, plus the threads' private shares of it. */
struct summed {
	const struct trace_topic *row;
	struct trace_counts counts;
};

/* The rows that are used, of a table that is mostly empty. */
struct sums {
	struct summed *of;
	size_t count;
};

static void sum_cells(const struct reader *reader, const struct sums *sums,
		      const uint32_t *place)
{
	uint32_t rows = reader_rows(reader, SECTION_TOPIC);

	for (uint32_t i = 0; i < reader_rows(reader, SECTION_CELL); i++) {
		const struct trace_cell *cell = reader_row(reader, SECTION_CELL, i);

		if (cell && cell->topic < rows && place[cell->topic])
			counts_add(&sums->of[place[cell->topic] - 1].counts, &cell->counts);
	}
}

static struct sums sums_make(const struct reader *reader)
{
	uint32_t rows = reader_rows(reader, SECTION_TOPIC);
	uint32_t *place = memory_zeroed(rows + 1, sizeof *place); /* plus 1; 0 not used */
	struct sums sums = {
		.of = memory_zeroed(reader_complete(reader, SECTION_TOPIC), sizeof *sums.of)};

	for (uint32_t i = 0; i < rows; i++) {
		const struct trace_topic *row = reader_row(reader, SECTION_TOPIC, i);

		if (!row)
			continue;
		sums.of[sums.count++] = (struct summed){row, row->counts};
		place[i] = (uint32_t)sums.count;
	}
	sum_cells(reader, &sums, place);
	free(place);
	return sums;
}

/* Fills the messages, or the bytes, of a tally by the law. */
static void amounts_from(int64_t *amounts, const uint64_t *counts)
{
	uint64_t produced = counts[COUNT_SENT] - counts[COUNT_UNROLLED];
	uint64_t settled = counts[COUNT_DELIVERED] + counts[COUNT_UNCONFIRMED] +
			   counts[COUNT_FAILED] + counts[COUNT_PURGED];

	amounts[PRODUCED] = number_of(produced);
	amounts[REJECTED] = number_of(counts[COUNT_REJECTED]);
	amounts[DELIVERED] = number_of(counts[COUNT_DELIVERED]);
	amounts[UNCONFIRMED] = number_of(counts[COUNT_UNCONFIRMED]);
	amounts[FAILED] = number_of(counts[COUNT_FAILED]);
	amounts[PURGED] = number_of(counts[COUNT_PURGED]);
	amounts[OUTSTANDING] = settled <= produced && produced <= NUMBER_MAX
				       ? (int64_t)(produced - settled)
				       : UNKNOWN;
	amounts[UNSENT] = amounts[IN_FLIGHT] = amounts[OUTSTANDING] == 0 ? 0 : UNKNOWN;
}

static void tally_from(struct tally *tally, const struct trace_counts *counts)
{
	amounts_from(tally->messages, counts->messages);
	amounts_from(tally->bytes, counts->bytes);
}

static void tally_from_partition(struct tally *tally, const struct trace_counts *counts)
{
	static const enum amount unknown[] = {PRODUCED, REJECTED, OUTSTANDING, UNSENT,
					      IN_FLIGHT};

	tally_from(tally, counts);
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		tally->messages[unknown[i]] = tally->bytes[unknown[i]] = UNKNOWN;
}

static bool same_name(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* Whether it is the overflow row, which always exists, and is not used. */
static bool is_idle_overflow(const struct trace_topic *topic, const struct trace_counts *counts)
{
	static const struct trace_counts none;

	return topic->topic == 0 && !memcmp(counts, &none, sizeof none);
}

static bool belongs(const struct summed *summed, const struct producer *producer)
{
	return summed->row->producer == producer->row &&
	       !is_idle_overflow(summed->row, &summed->counts);
}

/*
 * When all rows were taken, some ends of a topic's messages were counted in the
 * overflow row: then a topic's ends are known only if they are complete, and
 * those of the overflow row, which has no name, never.
 */
static void ends_forget(struct tally *tally)
{
	static const enum amount ends[] = {DELIVERED,	UNCONFIRMED, FAILED,   PURGED,
					   OUTSTANDING, UNSENT,	     IN_FLIGHT};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		tally->messages[ends[i]] = tally->bytes[ends[i]] = UNKNOWN;
}

static bool rows_ran_out(const struct producer *producer)
{
	for (size_t i = 0; i < producer->topic_count; i++)
		if (!producer->topics[i].name)
			return true;
	return false;
}

static void topics_doubt(struct producer *producer)
{
	if (!rows_ran_out(producer))
		return;
	for (size_t i = 0; i < producer->topic_count; i++) {
		struct topic *topic = &producer->topics[i];

		if (!topic->name ||
		    (topic->partition == UNKNOWN && topic->tally.messages[OUTSTANDING] != 0))
			ends_forget(&topic->tally);
	}
}

/* The topic as a whole, when the first of its rows is at `first`. */
static void add_whole(struct builder *builder, struct producer *producer,
		      const struct sums *sums, size_t first, const char *name)
{
	struct trace_counts sum = {0};

	for (size_t i = 0; i < producer->topic_count; i++)
		if (producer->topics[i].partition == UNKNOWN &&
		    same_name(producer->topics[i].name, name))
			return;
	for (size_t i = first; i < sums->count; i++) {
		const struct trace_topic *other = sums->of[i].row;

		if (other->producer == producer->row &&
		    same_name(reader_string(builder->reader, other->topic), name))
			counts_add(&sum, &sums->of[i].counts);
	}
	struct topic *topic = &producer->topics[producer->topic_count++];
	*topic = (struct topic){.name = name, .partition = UNKNOWN};
	tally_from(&topic->tally, &sum);
}

/* Compares unescaped names: two that differ only in unprintable bytes are two topics. */
static void producer_topics(struct builder *builder, struct producer *producer,
			    const struct sums *sums)
{
	struct trace_counts sum = {0};
	size_t mine = 0;

	for (size_t i = 0; i < sums->count; i++)
		mine += belongs(&sums->of[i], producer);
	producer->topics = model_alloc(builder->run, 2 * mine * sizeof *producer->topics + 1);
	for (size_t i = 0; i < sums->count; i++) {
		const struct trace_topic *row = sums->of[i].row;

		if (!belongs(&sums->of[i], producer))
			continue;
		const char *name = reader_string(builder->reader, row->topic);
		counts_add(&sum, &sums->of[i].counts);
		add_whole(builder, producer, sums, i, name);
		if (row->partition < 0)
			continue;
		struct topic *topic = &producer->topics[producer->topic_count++];
		*topic = (struct topic){.name = name, .partition = row->partition};
		tally_from_partition(&topic->tally, &sums->of[i].counts);
	}
	topics_doubt(producer);
	for (size_t i = 0; i < producer->topic_count; i++) {
		const char *name = producer->topics[i].name;
		producer->topics[i].name =
			name ? model_text(builder->run, name, strlen(name)) : NULL;
	}
	tally_from(&producer->tally, &sum);
	producer->dropped = number_of(sum.messages[COUNT_DROPPED]);
}

void build_topics(struct builder *builder)
{
	struct process *process = builder->process;
	struct sums sums = sums_make(builder->reader);

	for (size_t i = 0; i < process->producer_count; i++) {
		struct producer *producer = &process->producers[i];

		producer_topics(builder, producer, &sums);
		build_told(builder, producer);
		/* The law does not hold: no number that is computed from it is known. */
		if (producer->tally.messages[OUTSTANDING] == UNKNOWN)
			process->damaged = true;
	}
	free(sums.of);
}
