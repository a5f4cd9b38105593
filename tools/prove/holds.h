/* SPDX-License-Identifier: Apache-2.0 */
/*
 * holds.h - for how long the answers to one process are withheld.
 *
 * Each is withheld until the process waits for its messages, or for `patience`, or until the
 * process ends. The time in which at least one is withheld is at most HOLDS_ALL_NS; after that
 * each is withheld for HOLDS_SHORT_NS. No clock is read here: the caller passes the time.
 */
#ifndef UNFLUSHED_PROVE_HOLDS_H
#define UNFLUSHED_PROVE_HOLDS_H

#include "model/host.h"
#include "prove/live.h"
#include "prove/patience.h"

#define HOLDS_ALL_NS INT64_C(60000000000)
#define HOLDS_SHORT_NS INT64_C(200000000)

struct holds {
	struct host_withheld *told; /* in the shared memory */
	struct live live;
	uint64_t active;		 /* answers that are withheld now */
	int64_t counted_ns;		 /* until then `held_ns` is counted */
	uint64_t flushes_again;		 /* and live_flushes_again() then */
	uint64_t purges[LIVE_PRODUCERS]; /* as they were when nothing was withheld */
};

/* An answer has arrived: whether it is to be withheld. */
bool holds_begin(struct holds *holds, int64_t now_ns);

/* Whether the process waits for messages whose answers are withheld. */
bool holds_are_waited_for(const struct holds *holds);

/* holds_count() adds the time since the last call; holds_until() returns the time until which
 * an answer that came at `came_ns` is withheld. */
void holds_count(struct holds *holds, int64_t now_ns);
int64_t holds_until(const struct holds *holds, int64_t came_ns);

enum holds_end {
	HOLDS_BY_WAIT,
	HOLDS_BY_TIME,
	HOLDS_BY_END,
};
void holds_end(struct holds *holds, enum holds_end how, int64_t now_ns);

#endif
