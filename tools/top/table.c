/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.c - see table.h.
 *
 * To add a column: a row in `columns`.
 */
#include "top/table.h"

#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "model/words.h"
#include "render/page.h"

/* ---- columns ---- */

static const char *say_program(const struct row *row)
{
	return row->reading->process->program;
}

static const char *say_pid(const struct row *row)
{
	int64_t pid = row->reading->process->pid;

	return pid == UNKNOWN ? "?" : model_format(screen_memory(row), "%lld", (long long)pid);
}

static const char *say_produced(const struct row *row)
{
	return screen_rate_words(row, row->produced_per_s);
}

static const char *say_delivered(const struct row *row)
{
	return screen_rate_words(row, row->delivered_per_s);
}

static const char *say_outstanding(const struct row *row)
{
	return words_number(screen_memory(row), row->outstanding);
}

static const char *say_bytes(const struct row *row)
{
	return words_size(screen_memory(row), row->outstanding_bytes);
}

static const char *at_least(const struct row *row, int64_t ns)
{
	if (ns == UNKNOWN)
		return "?";
	return model_format(screen_memory(row), ">=%s", words_time(screen_memory(row), ns));
}

static const char *say_oldest(const struct row *row)
{
	return row->outstanding == 0 ? "-" : at_least(row, row->oldest_ns);
}

static const char *say_undelivered(const struct row *row)
{
	return row->undelivered_ns == 0 ? "-" : at_least(row, row->undelivered_ns);
}

static const char *say_fill(const struct row *row)
{
	return words_share(screen_memory(row), row->fill);
}

static const char *say_stall(const struct row *row)
{
	const char *cause = row_cause_id(row->stall.cause);

	if (!row->stall.socket)
		return "-";
	return model_format(screen_memory(row), "%s %s %s", cause ? cause : "?",
			    words_time(screen_memory(row), row->stall.lasted_ns),
			    screen_peer_words(row->stall.socket));
}

/* `rank`: if the line is too narrow, columns with the highest rank are left out first. */
static const struct column {
	const char *title;
	int width, widest, rank;
	bool right;
	const char *(*say)(const struct row *row);
} columns[] = {
	{"PROGRAM", 12, 24, 0, false, say_program},
	{"PID", 7, 7, 0, true, say_pid},
	{"TOPICS", 12, 30, 7, false, screen_topic_words},
	{"PRODUCED/S", 10, 10, 2, true, say_produced},
	{"DELIVERED/S", 11, 11, 3, true, say_delivered},
	{"OUTSTANDING", 11, 11, 1, true, say_outstanding},
	{"BYTES", 10, 10, 6, true, say_bytes},
	{"OLDEST", 10, 10, 4, true, say_oldest},
	{"NO DELIVERY", 11, 11, 8, true, say_undelivered},
	{"BUFFER", 6, 6, 9, true, say_fill},
	{"STALLED BY", 10, 40, 5, false, say_stall},
	{"PRODUCER", 18, 30, 10, false, screen_producer_words},
};
#define COLUMNS (sizeof columns / sizeof *columns)

/* The width of each column; 0: it is left out. */
struct widths {
	int of[COLUMNS];
};

static struct widths widths_make(int room)
{
	struct widths widths = {{0}};

	for (int rank = 0; rank <= (int)COLUMNS; rank++)
		for (size_t i = 0; i < COLUMNS; i++)
			if (columns[i].rank == rank && columns[i].width < room) {
				widths.of[i] = columns[i].width;
				room -= columns[i].width + 1;
			}
	for (size_t i = 0; i < COLUMNS && room > 0; i++) {
		int more = columns[i].widest - columns[i].width;

		more = widths.of[i] ? (more < room ? more : room) : 0;
		widths.of[i] += more;
		room -= more;
	}
	return widths;
}

/* ---- lines ---- */

struct making {
	struct table *table;
	const struct screen *screen;
	struct page page; /* writes into memory */
	char *text;
	size_t bytes;
};

static void line_begin(struct making *making)
{
	making->page.out = open_memstream(&making->text, &making->bytes);
	if (!making->page.out)
		memory_out();
}

/* Ends the line with what was printed since the last one, cut to the width. */
static struct table_line line_end(struct making *making, enum table_style style)
{
	if (fclose(making->page.out) != 0)
		memory_out();
	const char *words = model_text(&making->table->memory, making->text, making->bytes);

	free(making->text);
	return (struct table_line){
		page_fit(&making->page, &making->table->memory, words, making->page.columns),
		style};
}

static void body_add(struct making *making, enum table_style style)
{
	struct table *table = making->table;

	table->body = memory_grown(table->body, table->count + 1, sizeof *table->body);
	table->body[table->count++] = line_end(making, style);
}

static void put_cells(struct making *making, const struct widths *widths, const struct row *row)
{
	const char *blank = "";

	for (size_t i = 0; i < COLUMNS; i++) {
		if (!widths->of[i])
			continue;
		fputs(blank, making->page.out);
		page_cell(&making->page, &making->table->memory,
			  row ? columns[i].say(row) : columns[i].title, widths->of[i],
			  columns[i].right);
		blank = " ";
	}
}

static void put_summary(struct making *making, const char *sort)
{
	const struct screen *screen = making->screen;
	struct run *memory = &making->table->memory;

	fprintf(making->page.out, "unflushed top  %s  %s in %s, by %s",
		screen_time_words(memory, screen),
		words_count(memory, (int64_t)screen->count, "producer"),
		words_count(memory, (int64_t)screen->processes, "process"), sort);
	if (screen->without_kafka)
		fprintf(making->page.out, ", %zu without Kafka", screen->without_kafka);
	fputs("  (q ends)", making->page.out);
}

static const char *first_unreadable(const struct screen *screen, const char **why)
{
	for (size_t i = 0; i < screen->watch->count; i++)
		if (screen->watch->items[i].state == WATCHED_UNREADABLE) {
			*why = screen->watch->items[i].why;
			return screen->watch->items[i].path;
		}
	*why = screen->watch->lost_why;
	return screen->watch->lost_operand;
}

/* A path may have any bytes: model_text() in line_end() makes it printable. */
static void put_troubles(struct making *making)
{
	const struct screen *screen = making->screen;
	const char *why, *path = first_unreadable(screen, &why), *also = "";

	if (path) {
		fprintf(making->page.out, "cannot read %s: %s", path, why);
		also = "; ";
	}
	if (screen->unreadable > 1)
		fprintf(making->page.out, ", and %zu more", screen->unreadable - 1);
	if (screen->undetermined)
		fprintf(making->page.out, "%s%zu in other pid namespaces, which may have ended",
			also, screen->undetermined);
}

static void add_end(struct making *making, const struct watch_end *end)
{
	const struct process *process = end->last->process;
	struct run *memory = &making->table->memory;

	line_begin(making);
	if (end->removed)
		fprintf(making->page.out, "%-8s ", "?");
	else
		page_verdict(&making->page, process->verdict, 9);
	fprintf(making->page.out, "%s %s ", process->program, words_pid(memory, process));
	fputs(end->removed ? "its trace was removed while it ran" : words_end(memory, process),
	      making->page.out);
	if (!end->removed && process->losses.certain > 0)
		fprintf(making->page.out, ", %s never arrived",
			words_count(memory, process->losses.certain, "message"));
	if (!end->removed && process->losses.possible > 0)
		fprintf(making->page.out, ", %s may be lost",
			words_count(memory, process->losses.possible, "message"));
	body_add(making,
		 !end->removed && process->verdict >= VERDICT_BLIND ? TABLE_BAD : TABLE_PLAIN);
}

static void add_ends(struct making *making)
{
	const struct watch *watch = making->screen->watch;

	if (watch->end_count == 0)
		return;
	line_begin(making);
	body_add(making, TABLE_PLAIN);
	line_begin(making);
	fputs("ENDED", making->page.out);
	body_add(making, TABLE_TITLE);
	for (size_t i = watch->end_count; i-- > 0;)
		add_end(making, &watch->ends[i]);
}

void table_make(struct table *table, const struct screen *screen, const char *sort, int width)
{
	int room = width > TABLE_NARROW ? width : TABLE_NARROW;
	struct making making = {.table = table, .screen = screen, .page = {.columns = room}};
	/* widths_make() counts a space behind each cell, which the last cell does not have. */
	struct widths widths = widths_make(room + 1);

	*table = (struct table){.count = 0};
	line_begin(&making);
	put_summary(&making, sort);
	table->head[0] = line_end(&making, TABLE_TITLE);
	line_begin(&making);
	put_troubles(&making);
	table->head[1] = line_end(&making, TABLE_BAD);
	line_begin(&making);
	put_cells(&making, &widths, NULL);
	table->head[2] = line_end(&making, TABLE_TITLE);
	for (size_t i = 0; i < screen->count; i++) {
		line_begin(&making);
		put_cells(&making, &widths, &screen->rows[i]);
		body_add(&making, screen->rows[i].stall.socket ? TABLE_STALLED : TABLE_PLAIN);
	}
	if (screen->count == 0) {
		line_begin(&making);
		fputs("no producer runs", making.page.out);
		body_add(&making, TABLE_PLAIN);
	}
	add_ends(&making);
}

void table_free(struct table *table)
{
	free(table->body);
	model_free(&table->memory);
	table->body = NULL;
	table->count = 0;
}
