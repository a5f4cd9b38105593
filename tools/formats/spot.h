/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spot.h - the line of code that a finding points at, and a text for it.
 */
#ifndef UNFLUSHED_FORMATS_SPOT_H
#define UNFLUSHED_FORMATS_SPOT_H

#include "model/model.h"
#include "render/render.h"

struct spot {
	const char *file; /* from the root of the sources, if it is below; NULL: not known */
	int line;	  /* 0: not known */
	bool below;	  /* `file` is below the root, and relative to it */
	/* "send_order at src/orders.c:42"; if there is no line, the connection or the
	 * program. */
	const char *words;
};

/* The frame that produced most of the finding's messages, or of its producer's; NULL: not
 * known. */
const struct frame *spot_frame(const struct process *process, const struct finding *finding);

/* The same for printing. The texts live as long as the run. */
struct spot spot_of(struct run *run, const struct render_options *options,
		    const struct process *process, const struct finding *finding);

/* The first sentence of a finding's text, without its full stop. */
const char *spot_sentence(struct run *run, const struct finding *finding);

#endif
