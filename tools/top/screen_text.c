/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screen_text.c - a screen as lines, for a file or a pipe.
 */
#include "top/screen.h"

#include <stdlib.h>

#include "model/words.h"
#include "read/printable.h"
#include "render/page.h"

static void begin_line(const struct screen *screen, FILE *out)
{
	struct run memory = {0};

	fprintf(out, "%s ", screen_time_words(&memory, screen));
	model_free(&memory);
}

static void put_stall(const struct row *row, FILE *out)
{
	struct run *memory = screen_memory(row);
	const char *cause = row_cause_words(row->stall.cause);
	const char *earlier = row_cause_words(row->stall.earlier);

	if (!row->stall.socket)
		return;
	fprintf(out, ", stalled for %s to %s", words_time(memory, row->stall.lasted_ns),
		screen_peer_words(row->stall.socket));
	if (cause)
		fprintf(out, " by %s", cause);
	else
		fprintf(out, " by ?%s%s%s", earlier ? " (earlier ones by " : "",
			earlier ? earlier : "", earlier ? ")" : "");
	if (row->stall.count > 1)
		fprintf(out, ", as %zu other connections are", row->stall.count - 1);
}

static void put_row(const struct screen *screen, const struct row *row, FILE *out)
{
	struct run *memory = screen_memory(row);
	const struct process *process = row->reading->process;

	begin_line(screen, out);
	fprintf(out, "%s %s %s to %s: produced %s/s, delivered %s/s, outstanding %s (%s)",
		process->program, words_pid(memory, process), screen_producer_words(row),
		screen_topic_words(row), screen_rate_words(row, row->produced_per_s),
		screen_rate_words(row, row->delivered_per_s),
		words_number(memory, row->outstanding),
		words_size(memory, row->outstanding_bytes));
	if (row->oldest_ns != UNKNOWN)
		fprintf(out, ", the oldest for at least %s",
			words_time(memory, row->oldest_ns));
	else if (row->outstanding > 0)
		fputs(", for how long is not known yet", out);
	if (row->undelivered_ns > 0)
		fprintf(out, ", none delivered for at least %s",
			words_time(memory, row->undelivered_ns));
	fprintf(out, ", send buffer %s", words_share(memory, row->fill));
	put_stall(row, out);
	fputc('\n', out);
}

static void put_end(const struct screen *screen, const struct watch_end *end, FILE *out)
{
	struct run *memory = &end->last->run;
	const struct process *process = end->last->process;

	begin_line(screen, out);
	fprintf(out, "%s %s ", process->program, words_pid(memory, process));
	if (end->removed) {
		fputs("its trace was removed while it ran: what became of it is ?\n", out);
		return;
	}
	fprintf(out, "%s: %s", words_end(memory, process), page_verdict_word(process->verdict));
	if (process->losses.certain > 0)
		fprintf(out, ", %s never arrived",
			words_count(memory, process->losses.certain, "message"));
	if (process->losses.possible > 0)
		fprintf(out, ", %s may be lost",
			words_count(memory, process->losses.possible, "message"));
	fputc('\n', out);
}

static size_t put_unreadable(const struct screen *screen, FILE *out)
{
	size_t count = 0;

	for (size_t i = 0; i < screen->watch->count; i++) {
		const struct watched *item = &screen->watch->items[i];

		if (item->state != WATCHED_UNREADABLE)
			continue;
		char *path = printable_text(item->path), *why = printable_text(item->why);

		begin_line(screen, out);
		fprintf(out, "cannot read %s: %s\n", path, why);
		free(path);
		free(why);
		count++;
	}
	return count;
}

static size_t put_lost(const struct screen *screen, FILE *out)
{
	if (!screen->watch->lost_operand)
		return 0;
	char *path = printable_text(screen->watch->lost_operand);

	begin_line(screen, out);
	fprintf(out, "cannot read %s: %s\n", path, screen->watch->lost_why);
	free(path);
	return 1;
}

void screen_text(const struct screen *screen, FILE *out)
{
	size_t lines = screen->count;

	for (size_t i = 0; i < screen->count; i++)
		put_row(screen, &screen->rows[i], out);
	for (size_t i = screen->watch->ends_new; i < screen->watch->end_count; i++, lines++)
		put_end(screen, &screen->watch->ends[i], out);
	lines += put_unreadable(screen, out);
	lines += put_lost(screen, out);
	if (lines > 0)
		return;
	begin_line(screen, out);
	fputs("no producer runs\n", out);
}
