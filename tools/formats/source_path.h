/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source_path.h - paths of sources relative to their root, as CI services need them.
 */
#ifndef UNFLUSHED_FORMATS_SOURCE_PATH_H
#define UNFLUSHED_FORMATS_SOURCE_PATH_H

#include "model/model.h"
#include "render/render.h"

/*
 * The path of a file below options->source_root, relative to it: "src/orders.c"
 * for "/build/src/../src/orders.c" and "/build/". A relative path stays the
 * same. NULL: it is not below the root, or the root is not known. Only the
 * texts are compared and no file is read, because the program may have been
 * built on another machine. The text lives as long as the run.
 */
const char *source_path_below(struct run *run, const struct render_options *options,
			      const char *file);

/* The same; but a path that is not below the root is returned unchanged. */
const char *source_path(struct run *run, const struct render_options *options,
			const char *file);

#endif
