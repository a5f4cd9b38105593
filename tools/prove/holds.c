/* SPDX-License-Identifier: Apache-2.0 */
/*
 * holds.c - see holds.h.
 */
#include "prove/holds.h"

static int64_t lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void holds_count(struct holds *holds, int64_t now_ns)
{
	if (holds->active && now_ns > holds->counted_ns)
		holds->told->held_ns += now_ns - holds->counted_ns;
	holds->counted_ns = now_ns;
	if (holds->told->held_ns >= HOLDS_ALL_NS)
		holds->told->shortened = true;
}

int64_t holds_until(const struct holds *holds, int64_t came_ns)
{
	int64_t patience_ns = holds->told->patience_ns;

	return came_ns +
	       (holds->told->shortened ? lesser(patience_ns, HOLDS_SHORT_NS) : patience_ns);
}

bool holds_are_waited_for(const struct holds *holds)
{
	return live_waits(&holds->live) ||
	       live_flushes_again(&holds->live) > holds->flushes_again;
}

bool holds_begin(struct holds *holds, int64_t now_ns)
{
	holds_count(holds, now_ns);
	if (live_waits(&holds->live))
		return false;
	if (!holds->active) {
		holds->told->patience_ns = live_patience_ns(
			&holds->live, lesser(holds->told->patience_ns, PATIENCE_MOST_NS));
		live_purges(&holds->live, holds->purges);
		holds->flushes_again = live_flushes_again(&holds->live);
	}
	holds->active++;
	holds->told->holds++;
	return true;
}

/* Producers that were purged since the first of these was withheld. */
static void purges_look(struct holds *holds)
{
	uint64_t purges[LIVE_PRODUCERS];

	live_purges(&holds->live, purges);
	for (size_t i = 0; i < LIVE_PRODUCERS; i++)
		if (purges[i] > holds->purges[i])
			holds->told->purged |= UINT64_C(1) << i;
}

void holds_end(struct holds *holds, enum holds_end how, int64_t now_ns)
{
	holds_count(holds, now_ns);
	holds->active--;
	holds->told->by_wait += how == HOLDS_BY_WAIT;
	holds->told->by_time += how == HOLDS_BY_TIME;
	holds->told->by_end += how == HOLDS_BY_END;
	if (!holds->active)
		purges_look(holds);
}
