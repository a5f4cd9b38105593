/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reach.h - whether a producer reached its brokers.
 */
#ifndef UNFLUSHED_REACH_REACH_H
#define UNFLUSHED_REACH_REACH_H

#include <stdbool.h>
#include <stddef.h>

#include "model/model.h"

struct reach {
	size_t failing;	  /* brokers to which all connects failed since one last succeeded */
	bool ever;	  /* one was reached at some time, and let it in */
	bool turned_away; /* one refused it after the connect */
	/* No broker could be reached at the end, and all were tried: no message could be sent,
	 * and waiting would not have helped. */
	bool cut_off;
};

/* For a producer; NULL: for the whole process, if it has none. */
struct reach reach_of(const struct process *process, const struct producer *producer);

/* Whether this peer is one of its brokers, as far as is known. */
bool reach_is_broker(const struct process *process, const struct producer *producer,
		     const struct peer *peer);

/* Whether this peer is one of its brokers to which all connects failed since one last
 * succeeded. */
bool reach_failed(const struct process *process, const struct producer *producer,
		  const struct peer *peer);

#endif
