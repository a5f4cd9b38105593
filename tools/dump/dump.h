/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_DUMP_H
#define UNFLUSHED_DUMP_H

#include <stdio.h>

#include "dump/json_line.h"
#include "dump/selection.h"
#include "read/reader.h"

/* A line per fault, row and event: {"table":"socket","row":0,...} and
 * {"event":"write","at_ns":...,"thread":...,...}, or the same as text. Returns 0, or the errno
 * of the first write to `out` that failed. */
int dump_trace(const struct reader *reader, enum line_form form, FILE *out);
/* The same for the chosen rows and events. */
int dump_selected(const struct reader *reader, const struct selection_given *given,
		  enum line_form form, FILE *out);

#endif
