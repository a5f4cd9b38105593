/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source_path.h - paths of sources as a CI service wants them: from the root of the sources.
 */
#ifndef UNFLUSHED_FORMATS_SOURCE_PATH_H
#define UNFLUSHED_FORMATS_SOURCE_PATH_H

#include "model/model.h"
#include "render/render.h"

/*
 * The path of a file below options->source_root, relative to it: "src/orders.c" for
 * "/build/src/../src/orders.c" and "/build/". What was relative already stays so. NULL: it
 * is not below, or the root is not known. By the letters alone: no file is looked at, for the
 * program may have been built elsewhere. The text lives as long as the run.
 */
const char *source_path_below(struct run *run, const struct render_options *options,
			      const char *file);

/* The same; but what is not below stands as it is. */
const char *source_path(struct run *run, const struct render_options *options,
			const char *file);

#endif
