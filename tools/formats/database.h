/* SPDX-License-Identifier: Apache-2.0 */
/*
 * database.h - the tables of tables.def and the views of views.def, in a file of SQLite's.
 *
 * The file has no name: it lies in $TMPDIR (/var/tmp, /tmp) while it is made, and
 * database_end() copies it to a stream.
 */
#ifndef UNFLUSHED_FORMATS_DATABASE_H
#define UNFLUSHED_FORMATS_DATABASE_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "model/model.h"

struct database;

/* Never NULL: database_end() says whether it could be made. */
struct database *database_begin(void);
/* A row of the table: what columns have from the summary is in `object` (NULL: there are no
 * such), the others take the numbers (UNKNOWN is NULL) in their order. */
void database_row(struct database *database, const char *table, json_t *object,
		  const int64_t *numbers);
/* NULL, or why it could not be made: a clause. A write to `out` that fails is the stream's own
 * to know. */
const char *database_end(struct database *database, struct run *run, FILE *out);

#define NUMBERS(...) ((const int64_t[]){__VA_ARGS__})

#endif
