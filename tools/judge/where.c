/* SPDX-License-Identifier: Apache-2.0 */
/*
 * where.c - see where.h.
 *
 * One line is one place, in however many processes and producers it ran.
 */
#include "judge/where.h"

#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "model/words.h"

struct place {
	const char *words;
	const struct process *process;
	const struct producer *producer;
	const struct call_site *site;
};

/* Of one line the site first that lost most there. */
static int by_words(const void *a, const void *b)
{
	const struct place *left = a, *right = b;
	int order = strcmp(left->words, right->words);

	if (order)
		return order;
	return (left->site->lost_least < right->site->lost_least) -
	       (left->site->lost_least > right->site->lost_least);
}

/* The places of a producer's lines that lost messages; `to` NULL: how many. */
static size_t places_of(struct run *run, const struct process *process,
			const struct producer *producer, struct place *to)
{
	size_t count = 0;

	for (size_t i = 0; i < producer->site_count; i++) {
		const struct call_site *site = &producer->sites[i];
		const struct frame *frame = words_place_frame(site);

		if (site->lost_least <= 0 || !frame)
			continue;
		if (to)
			to[count] = (struct place){words_frame(run, frame), process, producer,
						   site};
		count++;
	}
	return count;
}

static size_t places_of_run(struct run *run, struct place *to)
{
	size_t count = 0;

	for (size_t i = 0; i < run->process_count; i++) {
		const struct process *process = &run->processes[i];

		for (size_t j = 0; j < process->producer_count; j++)
			count += places_of(run, process, &process->producers[j],
					   to ? to + count : NULL);
	}
	return count;
}

/* What the places from `first` on with the same words lost; how many those are. */
static size_t line_sum(const struct place *places, size_t count, size_t first,
		       int64_t *messages)
{
	size_t end = first;

	*messages = 0;
	for (; end < count && !strcmp(places[end].words, places[first].words); end++)
		*messages += places[end].site->lost_least;
	return end - first;
}

static struct where most_of(const struct place *places, size_t count, int64_t certain)
{
	struct where where = {0};
	int64_t all = 0, messages;

	for (size_t i = 0; i < count; i += line_sum(places, count, i, &messages)) {
		line_sum(places, count, i, &messages);
		all += messages;
		if (messages <= where.messages)
			continue;
		where.process = places[i].process;
		where.producer = places[i].producer;
		where.site = places[i].site;
		where.messages = messages;
	}
	where.exact = all == certain;
	return where;
}

struct where where_find(struct run *run)
{
	size_t count = places_of_run(run, NULL);
	struct place *places;
	struct where where;

	if (count == 0 || run->losses.certain == UNKNOWN)
		return (struct where){0};
	places = memory_zeroed(count, sizeof *places);
	places_of_run(run, places);
	qsort(places, count, sizeof *places, by_words);
	where = most_of(places, count, run->losses.certain);
	free(places);
	return where;
}
