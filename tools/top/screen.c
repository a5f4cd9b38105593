/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screen.c - see screen.h.
 */
#include "top/screen.h"

#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "model/words.h"

static int more_first(double a, double b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

static int number_first(int64_t a, int64_t b)
{
	return a < b ? 1 : a > b ? -1 : 0; /* UNKNOWN is the smallest */
}

static int by_outstanding(const struct row *a, const struct row *b)
{
	return number_first(a->outstanding, b->outstanding);
}

static int by_bytes(const struct row *a, const struct row *b)
{
	return number_first(a->outstanding_bytes, b->outstanding_bytes);
}

static int by_oldest(const struct row *a, const struct row *b)
{
	return number_first(a->oldest_ns, b->oldest_ns);
}

static int by_produced(const struct row *a, const struct row *b)
{
	return more_first(a->produced_per_s, b->produced_per_s);
}

static int by_delivered(const struct row *a, const struct row *b)
{
	return more_first(a->delivered_per_s, b->delivered_per_s);
}

static int by_fill(const struct row *a, const struct row *b)
{
	return number_first(a->fill, b->fill);
}

static int64_t stalled_ns(const struct row *row)
{
	return row->stall.socket ? row->stall.lasted_ns : UNKNOWN;
}

static int by_stall(const struct row *a, const struct row *b)
{
	return number_first(stalled_ns(a), stalled_ns(b));
}

static int by_program(const struct row *a, const struct row *b)
{
	return strcmp(a->reading->process->program, b->reading->process->program);
}

static int by_pid(const struct row *a, const struct row *b)
{
	return -number_first(a->reading->process->pid, b->reading->process->pid);
}

static const struct {
	const char *name;
	int (*order)(const struct row *a, const struct row *b);
} sorts[] = {
	{"outstanding", by_outstanding},
	{"bytes", by_bytes},
	{"oldest", by_oldest},
	{"produced", by_produced},
	{"delivered", by_delivered},
	{"fill", by_fill},
	{"stall", by_stall},
	{"program", by_program},
	{"pid", by_pid},
};

static int (*order)(const struct row *a, const struct row *b);

/* Equal rows are sorted by pid and row, so that lines keep their places. */
static int compare(const void *a, const void *b)
{
	const struct row *one = a, *other = b;
	int answer = order(one, other);

	if (!answer)
		answer = by_pid(one, other);
	if (!answer)
		answer = one->producer < other->producer ? -1 : one->producer > other->producer;
	return answer;
}

static void add_row(struct screen *screen, const struct watched *item, size_t producer)
{
	const struct past *past = NULL;

	if (!row_is_shown(item->now, producer))
		return;
	if (producer != ROW_NO_PRODUCER)
		past = &item->pasts[item->now->process->producers[producer].row];
	screen->rows = memory_grown(screen->rows, screen->count + 1, sizeof *screen->rows);
	row_make(&screen->rows[screen->count++], item->now, item->before, producer, past);
}

static void add_rows(struct screen *screen, const struct watched *item)
{
	size_t before = screen->count;

	for (size_t i = 0; i < item->now->process->producer_count; i++)
		add_row(screen, item, i);
	add_row(screen, item, ROW_NO_PRODUCER);
	if (screen->count > before)
		screen->processes++;
	else
		screen->without_kafka++;
}

void screen_make(struct screen *screen, const struct watch *watch, const char *sort,
		 int64_t realtime_ns, int64_t since_ns)
{
	*screen = (struct screen){
		.watch = watch, .realtime_ns = realtime_ns, .since_ns = since_ns};
	for (size_t i = 0; i < watch->count; i++) {
		const struct watched *item = &watch->items[i];

		screen->undetermined += item->state == WATCHED_UNDETERMINED;
		screen->unreadable += item->state == WATCHED_UNREADABLE;
		if (item->state == WATCHED_RUNS && item->now)
			add_rows(screen, item);
	}
	order = by_outstanding;
	for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
		if (!strcmp(sorts[i].name, sort))
			order = sorts[i].order;
	if (screen->count > 1)
		qsort(screen->rows, screen->count, sizeof *screen->rows, compare);
}

void screen_free(struct screen *screen)
{
	free(screen->rows);
	screen->rows = NULL;
	screen->count = 0;
}

/* The reading is only used for this screen, so its run can hold the memory of the texts. */
struct run *screen_memory(const struct row *row)
{
	return (struct run *)&row->reading->run;
}

const char *screen_time_words(struct run *memory, const struct screen *screen)
{
	const char *date = words_date(memory, screen->realtime_ns);
	int length = (int)strlen(date);

	/* Overwrites the Z; the text has none if the year cannot be formatted. */
	return length < 2 ? date
			  : model_format(memory, "%.*s.%03dZ", length - 1, date,
					 (int)(screen->realtime_ns / 1000000 % 1000));
}

const char *screen_producer_words(const struct row *row)
{
	const struct process *process = row->reading->process;

	return row->producer == ROW_NO_PRODUCER
		       ? "?"
		       : words_producer(screen_memory(row), process,
					&process->producers[row->producer]);
}

static bool is_named_before(const struct producer *producer, size_t topic)
{
	for (size_t i = 0; i < topic; i++)
		if (producer->topics[i].name &&
		    !strcmp(producer->topics[i].name, producer->topics[topic].name))
			return true;
	return false;
}

const char *screen_topic_words(const struct row *row)
{
	const char *words = NULL;

	if (row->producer == ROW_NO_PRODUCER)
		return "?";
	const struct producer *producer = &row->reading->process->producers[row->producer];

	for (size_t i = 0; i < producer->topic_count; i++) {
		const char *name = producer->topics[i].name;

		if (!name || is_named_before(producer, i))
			continue;
		words = words ? model_format(screen_memory(row), "%s, %s", words, name) : name;
	}
	return words ? words : "?";
}

const char *screen_rate_words(const struct row *row, double rate)
{
	if (rate < 0)
		return "?";
	if (rate > 0 && rate < 10)
		return model_format(screen_memory(row), "%.1f", rate);
	return words_number(screen_memory(row), (int64_t)(rate + 0.5));
}

const char *screen_peer_words(const struct socket *socket)
{
	return socket->broker ? socket->broker : socket->peer ? socket->peer : "?";
}
