/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render.h - the renderers: from the model to a stream.
 *
 * To add a format: formats.def says how. output/formats.h finds one by its name.
 */
#ifndef UNFLUSHED_RENDER_H
#define UNFLUSHED_RENDER_H

#include <stdbool.h>
#include <stdio.h>

#include "model/model.h"

/* How a report is to look. All zero: without colour, for a file. A renderer heeds what means
 * something to it. */
struct render_options {
	bool colour;		 /* escape sequences of a terminal */
	int columns;		 /* so wide is the page of a text; 0: PAGE_COLUMNS (page.h) */
	bool plain;		 /* a text for those who hear it or grep it: no drawing */
	bool verbose;		 /* what is otherwise left out for its length, too */
	enum verdict fails_from; /* the mildest that fails a guard; 0: blind */
	/* A renderer that cannot make what it prints says why here, in a clause that lives as
	 * long as the run; NULL: nobody asks. */
	const char **why;
	const char *source_root; /* paths of sources below it are given relative to it; NULL:
				  * as they are */
};

static inline bool render_fails(const struct render_options *options, enum verdict verdict)
{
	return verdict >= (options->fails_from ? options->fails_from : VERDICT_BLIND);
}

/* The run is not changed; it lends its memory for the words. */
typedef void render_function(struct run *run, const struct render_options *options, FILE *out);

/* clang-format off */
#define FORMAT(name) render_function render_##name;
#include "render/formats.def"
#undef FORMAT
/* clang-format on */

#endif
