/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_DUMP_DUMP_TABLE_H
#define UNFLUSHED_DUMP_DUMP_TABLE_H

#include "dump/json_line.h"
#include "dump/selection.h"
#include "read/reader.h"

/* A line for every row of every table; `selection`: for those that are in it; NULL: all. */
void dump_tables(const struct reader *reader, const struct selection *selection,
		 struct line *line);

#endif
