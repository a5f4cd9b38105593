/* SPDX-License-Identifier: Apache-2.0 */
/*
 * formats.h - finds a format of a report by its name: the rows of render/formats.def.
 */
#ifndef UNFLUSHED_OUTPUT_FORMATS_H
#define UNFLUSHED_OUTPUT_FORMATS_H

#include <stdbool.h>
#include <stddef.h>

#include "render/render.h"

/* All names, in the order of the rows, separated by '|', with one more '|' at the end. */
extern const char formats_names[];
#define FORMATS_CHOICES (formats_names + 1)

/* The renderer of the format whose name is the first `length` bytes of `name`; NULL: there is
 * no such format. */
render_function *formats_find(const char *name, size_t length);
/* Whether its output is not text. */
bool formats_are_bytes(render_function *render);

#endif
