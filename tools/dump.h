/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_DUMP_H
#define UNFLUSHED_DUMP_H

#include <stdbool.h>
#include <stdio.h>

#include "reader.h"

/* Text, or a JSON object per line: {"table": "socket", "row": 0, ...} and
 * {"event": "WRITE", "at_ns": ..., "thread": ..., ...}. */
void dump_trace(const struct reader *reader, bool json, FILE *out);

#endif
