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

/* Options of a report. All zero: without colour, for a file. A renderer ignores those that do
 * not concern its format. */
struct render_options {
	bool colour;		 /* escape sequences of a terminal */
	int columns;		 /* width of a text; 0: PAGE_COLUMNS (page.h) */
	bool plain;		 /* a text for screen readers and grep: no drawing */
	bool verbose;		 /* also what is otherwise left out for its length */
	enum verdict fails_from; /* the mildest that fails a guard; 0: blind */
	/* A renderer that cannot make its output stores the reason here, a clause that lives as
	 * long as the run. May be NULL. */
	const char **why;
	const char *source_root; /* paths of sources below it are given relative to it; NULL:
				  * as they are */
};

static inline bool render_fails(const struct render_options *options, enum verdict verdict)
{
	return verdict >= (options->fails_from ? options->fails_from : VERDICT_BLIND);
}

/* The run is not changed, but texts are allocated in its memory. */
typedef void render_function(struct run *run, const struct render_options *options, FILE *out);

/* clang-format off */
#define FORMAT(name) render_function render_##name;
#include "render/formats.def"
#undef FORMAT
/* clang-format on */

#endif
