/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dump_line.h - what the dump_*.c share.
 */
#ifndef UNFLUSHED_DUMP_LINE_H
#define UNFLUSHED_DUMP_LINE_H

#include <jansson.h>
#include <stdio.h>

#include "model.h"

struct dump {
	const struct reader *reader;
	struct run run; /* memory for texts */
	int64_t start_ns;
	bool json;
	FILE *out;
};

/* Prints and takes over `line`. As text the first value stands alone: it
 * names the line. */
void dump_put(struct dump *dump, json_t *line);
/* Printable, whatever the bytes; null for NULL. */
json_t *dump_text(struct dump *dump, const char *words, size_t length);
void dump_tables(struct dump *dump);

#endif
