/* SPDX-License-Identifier: Apache-2.0 */
/*
 * database.h - writes the tables of tables.def and the views of views.def to an SQLite file.
 *
 * The database is built in a file without a name in $TMPDIR (/var/tmp, /tmp);
 * database_end() copies that to a stream.
 */
#ifndef UNFLUSHED_FORMATS_DATABASE_H
#define UNFLUSHED_FORMATS_DATABASE_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "model/model.h"

struct database;

/* Never NULL: database_end() reports errors. */
struct database *database_begin(void);
/* Adds a row to the table. `object` has the columns that come from the summary (NULL: the
 * table has none); the other columns take `numbers` in their order, UNKNOWN as NULL. */
void database_row(struct database *database, const char *table, json_t *object,
		  const int64_t *numbers);
/* Returns NULL, or a clause that says why the database could not be made. A failed write to
 * `out` is not reported here: the caller checks the stream. */
const char *database_end(struct database *database, struct run *run, FILE *out);

#define NUMBERS(...) ((const int64_t[]){__VA_ARGS__})

#endif
