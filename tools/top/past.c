/* SPDX-License-Identifier: Apache-2.0 */
/*
 * past.c - see past.h.
 */
#include "top/past.h"

#include <string.h>

#include "model/model.h"

void past_begin(struct past *past)
{
	past->mark_count = 0;
	past->distance_ns = 0;
	past->delivered = past->delivered_at_ns = UNKNOWN;
}

static void forget_ended(struct past *past, int64_t ended)
{
	size_t gone = 0;

	while (gone < past->mark_count && past->marks[gone].produced <= ended)
		gone++;
	past->mark_count -= gone;
	memmove(past->marks, past->marks + gone, past->mark_count * sizeof *past->marks);
	if (past->mark_count == 0)
		past->distance_ns = 0;
}

static void thin_out(struct past *past)
{
	size_t kept = 0;

	past->distance_ns = 2 *
			    (past->marks[past->mark_count - 1].at_ns - past->marks[0].at_ns) /
			    ((int64_t)past->mark_count - 1);
	for (size_t i = 0; i < past->mark_count; i += 2)
		past->marks[kept++] = past->marks[i];
	past->mark_count = kept;
}

void past_note(struct past *past, int64_t at_ns, int64_t produced, int64_t ended,
	       int64_t delivered)
{
	if (delivered != UNKNOWN &&
	    (past->delivered == UNKNOWN || delivered != past->delivered)) {
		past->delivered = delivered;
		past->delivered_at_ns = at_ns;
	}
	if (ended != UNKNOWN)
		forget_ended(past, ended);
	if (produced == UNKNOWN || ended == UNKNOWN || produced <= ended)
		return;
	const struct past_mark *last =
		past->mark_count > 0 ? &past->marks[past->mark_count - 1] : NULL;

	/* Of several marks with the same number the earliest one gives the better bound. */
	if (last && (last->produced >= produced || at_ns - last->at_ns < past->distance_ns))
		return;
	if (past->mark_count == PAST_MARKS)
		thin_out(past);
	past->marks[past->mark_count++] = (struct past_mark){at_ns, produced};
}

int64_t past_oldest_ns(const struct past *past)
{
	return past->mark_count > 0 ? past->marks[0].at_ns : UNKNOWN;
}

int64_t past_delivered_ns(const struct past *past)
{
	return past->delivered_at_ns;
}
