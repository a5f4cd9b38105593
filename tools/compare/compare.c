/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare.c - see compare.h.
 */
#include "compare/compare.h"

#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"

const char *change_name(enum change change)
{
	static const char *const names[] = {
#define CHANGE_WORD(name, word) [CHANGE_##name] = (word),
		CHANGES(CHANGE_WORD)
#undef CHANGE_WORD
	};

	return names[change];
}

/* Above 0: more. What is not known is below 0. */
static int grows(double before, double after)
{
	if (before < 0)
		return 0;
	if (after < 0)
		return 1;
	return (after > before) - (after < before);
}

static enum change change_of(const struct comparison *all, const struct fault_row *before,
			     const struct fault_row *after)
{
	const struct side *was = all->before, *is = all->after;
	const int steps[] = {
		(after->verdict > before->verdict) - (after->verdict < before->verdict),
		grows(side_per_thousand(before->certain, was->produced),
		      side_per_thousand(after->certain, is->produced)),
		grows(side_per_thousand(before->possible, was->produced),
		      side_per_thousand(after->possible, is->produced)),
		grows(side_per_thousand(before->processes, was->processes),
		      side_per_thousand(after->processes, is->processes)),
	};
	enum change change = CHANGE_SAME;

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		if (steps[i] > 0)
			return CHANGE_GROWN;
		if (steps[i] < 0)
			change = CHANGE_SHRUNK;
	}
	return change;
}

static void add(struct comparison *all, const struct fault_row *before,
		const struct fault_row *after)
{
	enum change change = !before  ? CHANGE_NEW
			     : !after ? CHANGE_GONE
				      : change_of(all, before, after);

	all->counts[change]++;
	all->pairs[all->pair_count++] = (struct pair){change, before, after};
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

bool compare_is_worse(const struct comparison *comparison)
{
	return comparison->counts[CHANGE_NEW] || comparison->counts[CHANGE_GROWN] ||
	       comparison->after->verdict > comparison->before->verdict;
}
