/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render.h - the renderers: from the model to a stream.
 *
 * To add a format: add a row to RENDERERS, write render_<name>() in
 * render_<name>.c, add the name to REPORT_FORMATS (cli/report.h).
 */
#ifndef UNFLUSHED_RENDER_H
#define UNFLUSHED_RENDER_H

#include <stdbool.h>
#include <stdio.h>

#include "model/model.h"

#define RENDERERS(RENDERER)                                                                    \
	RENDERER(text)                                                                         \
	RENDERER(json)

/* The run is not changed; it lends its memory for the words. */
typedef void render_function(struct run *run, bool colour, FILE *out);

#define RENDERER_DECLARED(name) render_function render_##name;
RENDERERS(RENDERER_DECLARED)
#undef RENDERER_DECLARED

/* NULL: no such format. */
render_function *render_by_name(const char *name);

#endif
