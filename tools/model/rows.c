/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows.c - see rows.h.
 */
#include "model/rows.h"

/* UNKNOWN is the smallest number. */
static int more_first(int64_t a, int64_t b)
{
	return (a < b) - (a > b);
}

static int less_first(int64_t a, int64_t b)
{
	if (a == UNKNOWN || b == UNKNOWN)
		return more_first(a, b);
	return more_first(b, a);
}

int rows_compare(enum rows_order order, const struct row_numbers *a,
		 const struct row_numbers *b)
{
	int first = 0;

	switch (order) {
	case ROWS_BY_BADNESS:
		break;
	case ROWS_BY_LOST:
		first = more_first(a->certain, b->certain);
		return first ? first : more_first(a->possible, b->possible);
	case ROWS_BY_POSSIBLE:
		first = more_first(a->possible, b->possible);
		return first ? first : more_first(a->certain, b->certain);
	case ROWS_BY_PRODUCED:
		return more_first(a->produced, b->produced);
	case ROWS_BY_PROCESSES:
		return more_first(a->processes, b->processes);
	case ROWS_BY_FIRST:
		return less_first(a->first_ns, b->first_ns);
	case ROWS_BY_LAST:
		return more_first(a->last_ns, b->last_ns);
	}
	return first;
}

struct row_numbers rows_of_group(const struct group *group)
{
	return (struct row_numbers){
		.produced = UNKNOWN,
		.certain = group->losses.certain,
		.possible = group->losses.possible,
		.processes = (int64_t)group->process_count,
		.first_ns = group->first_ns,
		.last_ns = group->last_ns,
	};
}
