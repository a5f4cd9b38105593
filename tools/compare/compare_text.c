/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare_text.c - a comparison for people.
 */
#include <stdlib.h>

#include "compare/compare.h"
#include "model/model.h"
#include "model/words.h"
#include "read/printable.h"

/* The texts of a summary are not trusted: control characters are escaped. */
static void put(FILE *out, const json_t *text)
{
	char *words = printable_text(json_is_string(text) ? json_string_value(text) : "?");

	fputs(words, out);
	free(words);
}

static const char *number(struct run *run, int64_t value)
{
	return value == UNKNOWN ? "?" : words_number(run, value);
}

static const char *time_words(struct run *run, int64_t ns)
{
	return ns == UNKNOWN ? "?" : words_time(run, ns);
}

/* 1,000 (12.5 of 1,000) */
static const char *amount(struct run *run, int64_t part, int64_t of)
{
	double rate = side_per_thousand(part, of);

	if (rate < 0)
		return number(run, part);
	return model_format(run, "%s (%.4g of 1,000)", words_number(run, part), rate);
}

static void line(FILE *out, const char *name, const char *before, const char *after)
{
	fprintf(out, "  %-12s %-28s %s\n", name, before, after);
}

static void totals(struct run *run, const struct side *was, const struct side *is, FILE *out)
{
	line(out, "", "before", "after");
	line(out, "verdict", verdict_name(was->verdict), verdict_name(is->verdict));
	line(out, "processes", number(run, was->processes), number(run, is->processes));
	line(out, "produced", number(run, was->produced), number(run, is->produced));
	line(out, "delivered", amount(run, was->delivered, was->produced),
	     amount(run, is->delivered, is->produced));
	line(out, "lost", amount(run, was->certain, was->produced),
	     amount(run, is->certain, is->produced));
	line(out, "may be lost", amount(run, was->possible, was->produced),
	     amount(run, is->possible, is->produced));
	line(out, "latency p50", time_words(run, was->p50_ns), time_words(run, is->p50_ns));
	line(out, "latency p99", time_words(run, was->p99_ns), time_words(run, is->p99_ns));
}

static void place(const json_t *row, FILE *out)
{
	const json_t *where = json_object_get(row, "where");
	const json_t *file = json_object_get(where, "file");
	const json_t *at = json_object_get(where, "line");

	if (!json_is_object(where))
		return;
	fputs("    where   ", out);
	put(out, json_object_get(where, "function"));
	if (json_is_string(file)) {
		fputs(" at ", out);
		put(out, file);
		if (json_is_integer(at))
			fprintf(out, ":%lld", (long long)json_integer_value(at));
	}
	fputc('\n', out);
}

static void amounts(struct run *run, const char *name, const struct fault_row *row,
		    const struct side *side, FILE *out)
{
	if (!row)
		return;
	fprintf(out, "    %-7s %s, %s lost", name, verdict_name(row->verdict),
		amount(run, row->certain, side->produced));
	fprintf(out, ", %s may be, in %s of %s processes\n",
		amount(run, row->possible, side->produced), number(run, row->processes),
		number(run, side->processes));
}

static void pair_text(struct run *run, const struct comparison *all, const struct pair *pair,
		      FILE *out)
{
	const struct fault_row *row = pair->after ? pair->after : pair->before;
	const json_t *topic = json_object_get(row->signature, "topic");

	fprintf(out, "\n%-7s ", change_name(pair->change));
	put(out, json_object_get(row->signature, "digits"));
	fputs("  ", out);
	put(out, json_object_get(row->row, "finding"));
	fputs(" in ", out);
	put(out, json_object_get(row->signature, "program"));
	if (json_is_string(topic)) {
		fputs(", topic ", out);
		put(out, topic);
	}
	fputc('\n', out);
	place(row->row, out);
	amounts(run, "before", pair->before, all->before, out);
	amounts(run, "after", pair->after, all->after, out);
	if (pair->by_chance)
		fputs("    chance  the program does not wait: how much is lost is chance\n",
		      out);
	if (pair->after && json_is_string(json_object_get(row->row, "change"))) {
		fputs("    change  ", out);
		put(out, json_object_get(row->row, "change"));
		fputc('\n', out);
	}
}

void compare_text(const struct comparison *comparison, FILE *out)
{
	struct run words = {0};

	for (int i = 0; i < CHANGE_COUNT; i++)
		fprintf(out, "%s%zu %s", i ? ", " : "", comparison->counts[i],
			change_name((enum change)i));
	fputs("\n\n", out);
	totals(&words, comparison->before, comparison->after, out);
	for (size_t i = 0; i < comparison->pair_count; i++)
		if (comparison->pairs[i].change != CHANGE_SAME)
			pair_text(&words, comparison, &comparison->pairs[i], out);
	model_free(&words);
}
