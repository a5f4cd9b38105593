/* SPDX-License-Identifier: Apache-2.0 */
/*
 * database.c - see database.h.
 *
 * No other process reads the file while it is made, and an incomplete one is
 * discarded: so SQLite keeps no journal and never syncs. A database in memory
 * could not hold the events of many processes (sqlite3_serialize() is limited
 * to 2 GiB).
 */
#include "formats/database.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory/memory.h"

#define NUMBER NULL
#define APPLICATION_ID "0x554e464c" /* "UNFL", by which file(1) can recognise it */
#define PATH_DEPTH 4

struct column {
	const char *name, *type, *doc;
	const char *from; /* NUMBER: one of the numbers */
};

struct table {
	const char *name, *doc, *rules;
	const struct column *columns;
};

/* clang-format off */
/* Two passes over tables.def: the columns of all tables, with a NULL behind each table's; then
 * the tables. */
static const struct column all_columns[] = {
#define TABLE(name, doc)
#define COLUMN(name, type, from, doc) {name, type, doc, from},
#define RULES(sql) {NULL, NULL, NULL, NULL},
#include "formats/tables.def"
#undef TABLE
#undef COLUMN
#undef RULES
};

static struct table tables[] = {
#define TABLE(name, doc) {name, doc,
#define COLUMN(name, type, from, doc)
#define RULES(sql) sql, NULL},
#include "formats/tables.def"
#undef TABLE
#undef COLUMN
#undef RULES
};

#define SUM(what)                                                                                \
	"(coalesce(sum(" what " / 4294967296), 0) * 4294967296"                                  \
	" + coalesce(sum(" what " % 4294967296), 0))"
static const char *const views[] = {
#define VIEW(name, doc, groups, nulls, rows)                                                     \
	"CREATE VIEW " name " AS\n-- " doc ".\n-- The row of NULL: what is not known.\n"          \
	"WITH part AS (" rows ")\n"                                                              \
	"SELECT " groups ", certain, possible FROM part WHERE certain > 0 OR possible > 0\n"     \
	"UNION ALL\nSELECT " nulls ",\n"                                                         \
	"  lost_certain - (SELECT " SUM("certain") " FROM part),\n"                       \
	"  lost_possible - (SELECT " SUM("possible") " FROM part) FROM run",
#include "formats/views.def"
#undef VIEW
};
/* clang-format on */

#define TABLES (sizeof tables / sizeof *tables)

struct database {
	sqlite3 *connection;
	sqlite3_stmt *inserts[TABLES];
	int descriptor; /* of the same file */
	int error;	/* an errno; after an error nothing is written */
};

static void columns_find(void)
{
	const struct column *column = all_columns;

	for (size_t i = 0; i < TABLES; i++) {
		tables[i].columns = column;
		while (column->name)
			column++;
		column++;
	}
}

/* Why the file could not be written or opened. */
static int system_error(struct database *database)
{
	int error = 0;

	sqlite3_file_control(database->connection, "main", SQLITE_FCNTL_LAST_ERRNO, &error);
	if (!error)
		error = sqlite3_system_errno(database->connection);
	return error ? error : EIO;
}

/* Any other error of SQLite is a bug of this tool. */
static void database_fail(struct database *database, int code)
{
	switch (code & 0xff) {
	case SQLITE_FULL:
		database->error = ENOSPC;
		return;
	case SQLITE_NOMEM:
		database->error = ENOMEM;
		return;
	case SQLITE_TOOBIG:
		database->error = EFBIG;
		return;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		database->error = system_error(database);
		return;
	default:
		abort();
	}
}

static void execute(struct database *database, const char *sql)
{
	int code = database->error ? SQLITE_OK
				   : sqlite3_exec(database->connection, sql, NULL, NULL, NULL);

	if (code != SQLITE_OK)
		database_fail(database, code);
}

/* ---- the file ---- */

static const char *temporary_folder(void)
{
	const char *folder = getenv("TMPDIR");

	if (folder && *folder)
		return folder;
	return access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp";
}

static int open_unnamed(struct database *database)
{
	const char *folder = temporary_folder();
	char *path;
	int code;

	path = memory_take(strlen(folder) + sizeof "/unflushed-XXXXXX");
	sprintf(path, "%s/unflushed-XXXXXX", folder);
	database->descriptor = mkostemp(path, O_CLOEXEC);
	if (database->descriptor < 0) {
		database->error = errno;
		free(path);
		return SQLITE_OK;
	}
	code = sqlite3_open_v2(path, &database->connection,
			       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	unlink(path);
	free(path);
	return code;
}

static void create_table(struct database *database, const struct table *table)
{
	char *sql = NULL;
	size_t bytes;
	FILE *out = open_memstream(&sql, &bytes);

	if (!out) {
		database->error = errno;
		return;
	}
	fprintf(out, "CREATE TABLE %s ( -- %s\n", table->name, table->doc);
	for (const struct column *column = table->columns; column->name; column++)
		fprintf(out, "  \"%s\" %s, -- %s\n", column->name, column->type, column->doc);
	fprintf(out, "  %s\n) WITHOUT ROWID", table->rules);
	fclose(out);
	execute(database, sql);
	free(sql);
}

static void prepare_insert(struct database *database, size_t number)
{
	char *sql = memory_take(4096), *at = sql;
	const struct column *column = tables[number].columns;

	at += sprintf(at, "INSERT INTO %s VALUES (?", tables[number].name);
	for (column++; column->name; column++)
		at += sprintf(at, ",?");
	sprintf(at, ")");
	if (!database->error) {
		int code = sqlite3_prepare_v2(database->connection, sql, -1,
					      &database->inserts[number], NULL);

		if (code != SQLITE_OK)
			database_fail(database, code);
	}
	free(sql);
}

struct database *database_begin(void)
{
	struct database *database = memory_zeroed(1, sizeof *database);
	int code = open_unnamed(database);

	columns_find();
	if (code != SQLITE_OK)
		database_fail(database, code);
	execute(database, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
			  "PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -65536;"
			  "PRAGMA encoding = 'UTF-8'; PRAGMA user_version = 1;"
			  "PRAGMA application_id = " APPLICATION_ID "; BEGIN");
	for (size_t i = 0; i < TABLES && !database->error; i++)
		create_table(database, &tables[i]);
	for (size_t i = 0; i < sizeof views / sizeof *views; i++)
		execute(database, views[i]);
	for (size_t i = 0; i < TABLES; i++)
		prepare_insert(database, i);
	return database;
}

/* ---- rows ---- */

static size_t table_number(const char *name)
{
	size_t number = 0;

	while (number < TABLES && strcmp(tables[number].name, name) != 0)
		number++;
	if (number == TABLES)
		abort();
	return number;
}

/* The value at "a.b". The key must exist, because the summary has unknown values as null: if
 * it does not, tables.def is wrong. */
static json_t *value_at(json_t *object, const char *path)
{
	char key[32];

	while (object && !json_is_null(object)) {
		size_t length = strcspn(path, ".");

		if (length >= sizeof key)
			abort();
		memcpy(key, path, length);
		key[length] = '\0';
		object = json_object_get(object, key);
		if (!path[length])
			break;
		path += length + 1;
	}
	if (!object)
		abort();
	return object;
}

static int bind_value(sqlite3_stmt *insert, int place, json_t *value)
{
	char *text;

	switch (json_typeof(value)) {
	case JSON_NULL:
		return sqlite3_bind_null(insert, place);
	case JSON_TRUE:
	case JSON_FALSE:
		return sqlite3_bind_int(insert, place, json_is_true(value));
	case JSON_INTEGER:
		return sqlite3_bind_int64(insert, place, json_integer_value(value));
	case JSON_REAL:
		return sqlite3_bind_double(insert, place, json_real_value(value));
	case JSON_STRING:
		return sqlite3_bind_text(insert, place, json_string_value(value),
					 (int)json_string_length(value), SQLITE_TRANSIENT);
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}
	text = json_dumps(value, JSON_COMPACT);
	return text ? sqlite3_bind_text(insert, place, text, -1, free) : SQLITE_NOMEM;
}

static int bind_number(sqlite3_stmt *insert, int place, int64_t number)
{
	return number == UNKNOWN ? sqlite3_bind_null(insert, place)
				 : sqlite3_bind_int64(insert, place, number);
}

static int bind_row(sqlite3_stmt *insert, const struct table *table, json_t *object,
		    const int64_t *numbers)
{
	const struct column *column = table->columns;
	int code = SQLITE_OK;

	for (int place = 1; column->name && code == SQLITE_OK; column++, place++)
		code = column->from ? bind_value(insert, place, value_at(object, column->from))
				    : bind_number(insert, place, *numbers++);
	return code;
}

void database_row(struct database *database, const char *table, json_t *object,
		  const int64_t *numbers)
{
	size_t number = table_number(table);
	sqlite3_stmt *insert = database->inserts[number];
	int code;

	if (database->error)
		return;
	code = bind_row(insert, &tables[number], object, numbers);
	if (code == SQLITE_OK)
		code = sqlite3_step(insert);
	if (code != SQLITE_DONE)
		database_fail(database, code);
	sqlite3_reset(insert);
}

/* ---- the end ---- */

static void copy_to(struct database *database, FILE *out)
{
	char *chunk = memory_take(1 << 20);
	ssize_t got = 0;

	while (!database->error) {
		got = read(database->descriptor, chunk, 1 << 20);
		if (got < 0 && errno != EINTR)
			database->error = errno;
		if (got == 0 || (got > 0 && fwrite(chunk, 1, (size_t)got, out) != (size_t)got))
			break;
	}
	free(chunk);
}

const char *database_end(struct database *database, struct run *run, FILE *out)
{
	const char *why = NULL;

	execute(database, "COMMIT");
	for (size_t i = 0; i < TABLES; i++)
		sqlite3_finalize(database->inserts[i]);
	sqlite3_close(database->connection);
	copy_to(database, out);
	if (database->descriptor >= 0)
		close(database->descriptor);
	if (database->error)
		why = model_format(run, "a temporary file in %s: %s", temporary_folder(),
				   strerror(database->error));
	free(database);
	return why;
}
