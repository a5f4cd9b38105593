/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare.c - see compare.h.
 */
#include "compare/compare.h"

#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "model/model.h"

const char *change_name(enum change change)
{
	static const char *const names[] = {
#define CHANGE_WORD(name, word) [CHANGE_##name] = (word),
		CHANGES(CHANGE_WORD)
#undef CHANGE_WORD
	};

	return names[change];
}

/* Above 0: the number has grown. Below 0 it is not known. */
static int grows(double before, double after)
{
	if (before < 0)
		return 0;
	if (after < 0)
		return 1;
	return (after > before) - (after < before);
}

static int64_t most(const struct fault_row *row)
{
	return row->certain == UNKNOWN || row->possible == UNKNOWN
		       ? UNKNOWN
		       : row->certain + row->possible;
}

static bool waits(const struct fault_row *row)
{
	const char *family = json_string_value(json_object_get(row->signature, "family"));

	return family && !strcmp(family, "waiting");
}

static struct pair pair_of(const struct comparison *all, const struct fault_row *before,
			   const struct fault_row *after)
{
	const struct side *was = all->before, *is = all->after;
	const int processes = grows(side_per_thousand(before->processes, was->processes),
				    side_per_thousand(after->processes, is->processes));
	const int steps[] = {
		processes,
		(after->verdict > before->verdict) - (after->verdict < before->verdict),
		grows(side_per_thousand(before->certain, was->produced),
		      side_per_thousand(after->certain, is->produced)),
		grows(side_per_thousand(most(before), was->produced),
		      side_per_thousand(most(after), is->produced)),
	};
	struct pair pair = {CHANGE_SAME, false, before, after};

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (steps[i] > 0)
			pair.change = CHANGE_GROWN;
		else if (steps[i] < 0 && pair.change == CHANGE_SAME)
			pair.change = CHANGE_SHRUNK;
	pair.by_chance = pair.change == CHANGE_GROWN && processes <= 0 && waits(after);
	return pair;
}

static void add(struct comparison *all, const struct fault_row *before,
		const struct fault_row *after)
{
	struct pair pair = before && after ? pair_of(all, before, after)
					   : (struct pair){before ? CHANGE_GONE : CHANGE_NEW,
							   false, before, after};

	all->counts[pair.change]++;
	all->pairs[all->pair_count++] = pair;
}

static const struct fault_row *shown(const struct pair *pair)
{
	return pair->after ? pair->after : pair->before;
}

static int more(int64_t one, int64_t other)
{
	return (one < other) - (one > other);
}

static int in_order(const void *one, const void *other)
{
	const struct pair *first = one, *second = other;
	const struct fault_row *a = shown(first), *b = shown(second);
	int order = more(second->change, first->change);

	order = order ? order : more(a->verdict, b->verdict);
	order = order ? order : more(a->certain, b->certain);
	order = order ? order : more(a->possible, b->possible);
	return order ? order : strcmp(a->key, b->key);
}

void compare(struct comparison *comparison, const struct side *before, const struct side *after)
{
	size_t i = 0, j = 0;

	*comparison = (struct comparison){.before = before, .after = after};
	comparison->pairs = memory_zeroed(before->row_count + after->row_count + 1,
					  sizeof *comparison->pairs);
	while (i < before->row_count || j < after->row_count) {
		const struct fault_row *was = i < before->row_count ? &before->rows[i] : NULL;
		const struct fault_row *is = j < after->row_count ? &after->rows[j] : NULL;
		int order = !was ? 1 : !is ? -1 : strcmp(was->key, is->key);

		add(comparison, order <= 0 ? was : NULL, order >= 0 ? is : NULL);
		i += order <= 0;
		j += order >= 0;
	}
	qsort(comparison->pairs, comparison->pair_count, sizeof *comparison->pairs, in_order);
}

void compare_free(struct comparison *comparison)
{
	free(comparison->pairs);
	*comparison = (struct comparison){0};
}

bool pair_is_worse(const struct pair *pair)
{
	return pair->change == CHANGE_NEW || (pair->change == CHANGE_GROWN && !pair->by_chance);
}

bool compare_is_worse(const struct comparison *comparison)
{
	bool verdict = comparison->after->verdict > comparison->before->verdict;

	for (size_t i = 0; i < comparison->pair_count; i++) {
		const struct pair *pair = &comparison->pairs[i];

		if (pair_is_worse(pair))
			return true;
		if (pair->by_chance && pair->after->verdict >= comparison->after->verdict)
			verdict = false;
	}
	return verdict;
}
