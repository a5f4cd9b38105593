/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reach.h - did anybody listen where a producer tried to reach its brokers?
 */
#ifndef UNFLUSHED_REACH_REACH_H
#define UNFLUSHED_REACH_REACH_H

#include <stdbool.h>
#include <stddef.h>

#include "model/model.h"

struct reach {
	size_t failing;	  /* brokers that were tried in vain, since they were reached last */
	bool ever;	  /* one was reached once, and let it in */
	bool turned_away; /* one let nobody in */
	/* None was reached at last, whichever was tried: nothing could get out, and no wait
	 * would have helped. */
	bool cut_off;
};

/* Of a producer; NULL: of the whole process, if it has none. */
struct reach reach_of(const struct process *process, const struct producer *producer);

/* Is this peer a broker of it, as far as is known? */
bool reach_is_broker(const struct process *process, const struct producer *producer,
		     const struct peer *peer);

/* Is this peer a broker of it, tried in vain since it was reached last? */
bool reach_failed(const struct process *process, const struct producer *producer,
		  const struct peer *peer);

#endif
