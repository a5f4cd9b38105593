/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dump_table.c - every row of every table, by the columns of columns.def.
 */
#include "dump/dump_table.h"

#include <string.h>

#include "read/names.h"

enum column_type {
	NUMBER,
	KNOWN,
	OPTIONAL,
	COUNTED,
	IDENTITY,
	WORD,
	STRING,
	TEXT,
	HEX,
	COUNTS,
	BUCKETS,
	NUMBERS,
	ERRORS,
	ANSWERS,
	FRAMES,
	STATUS
};

struct column {
	const char *table, *key;
	enum column_type type;
	size_t offset, bytes;
	bool is_signed;
	enum names_list names;
};

/* clang-format off */
#define IS_SIGNED(type, field) \
	_Generic(((struct type *)0)->field, int32_t: true, int64_t: true, default: false)

static const struct column columns[] = {
#define COLUMN(table, field, key, type) \
	{ #table, key, type, offsetof(struct trace_##table, field), \
	  sizeof(((struct trace_##table *)0)->field), IS_SIGNED(trace_##table, field), \
	  NAMES_NONE },
#define NAMED(table, field, key, list) \
	{ #table, key, WORD, offsetof(struct trace_##table, field), \
	  sizeof(((struct trace_##table *)0)->field), IS_SIGNED(trace_##table, field), \
	  NAMES_##list },
#include "dump/columns.def"
#undef COLUMN
#undef NAMED
};
/* clang-format on */

#define COLUMNS (sizeof columns / sizeof *columns)

/* A table's columns with their constant texts, made once for all of its rows. */
struct table {
	struct line_words row;
	size_t count;
	const struct column *columns[COLUMNS];
	struct line_words words[COLUMNS];
	struct line_words counts[TRACE_COUNTS][2];
};

static void table_make(struct table *table, enum line_form form, const char *name)
{
	static const char *const counts[TRACE_COUNTS][2] = {
		[COUNT_SENT] = {"sent", "sent_bytes"},
		[COUNT_UNROLLED] = {"unrolled", "unrolled_bytes"},
		[COUNT_DELIVERED] = {"delivered", "delivered_bytes"},
		[COUNT_UNCONFIRMED] = {"unconfirmed", "unconfirmed_bytes"},
		[COUNT_FAILED] = {"failed", "failed_bytes"},
		[COUNT_PURGED] = {"purged", "purged_bytes"},
		[COUNT_DROPPED] = {"dropped", "dropped_bytes"},
		[COUNT_REJECTED] = {"rejected", "rejected_bytes"},
	};
	struct line_words first = line_first(form, "table");

	table->row = line_joined(line_always(form, first, name), line_key(form, "row"));
	table->count = 0;
	for (size_t i = 0; i < COLUMNS; i++)
		if (!strcmp(columns[i].table, name)) {
			table->columns[table->count] = &columns[i];
			table->words[table->count++] = line_key(form, columns[i].key);
		}
	for (int i = 0; i < TRACE_COUNTS; i++)
		for (int what = 0; what < 2; what++)
			table->counts[i][what] = line_key(form, counts[i][what]);
}

static uint64_t bits_of(const struct column *column, const uint8_t *at)
{
	uint64_t value = 0; /* little-endian, as all supported processors */

	memcpy(&value, at, column->bytes);
	return value;
}

static int64_t signed_of(const struct column *column, const uint8_t *at)
{
	unsigned shift = 64 - 8 * (unsigned)column->bytes;

	return (int64_t)(bits_of(column, at) << shift) >> shift;
}

static void put_number(struct line *line, const struct line_words *words,
		       const struct column *column, const uint8_t *at)
{
	if (column->is_signed)
		line_signed(line, words, signed_of(column, at));
	else
		line_unsigned(line, words, bits_of(column, at));
}

static void put_unless(struct line *line, const struct line_words *words,
		       const struct column *column, const uint8_t *at, bool unless)
{
	if (unless)
		line_null(line, words);
	else
		put_number(line, words, column, at);
}

static void put_identity(struct line *line, const struct line_words *words, uint64_t value)
{
	line_text_begin(line, words);
	line_add_format(line, "0x%016llx", (unsigned long long)value);
	line_text_end(line);
}

static void put_word(struct line *line, const struct line_words *words,
		     const struct column *column, const uint8_t *at)
{
	const char *word = names_find(column->names, bits_of(column, at));

	if (word)
		line_text(line, words, word, strlen(word));
	else
		put_number(line, words, column, at);
}

static void put_known(struct line *line, const struct line_words *words, const uint8_t *at)
{
	int32_t known;

	memcpy(&known, at, sizeof known);
	if (known == TRACE_UNKNOWN)
		line_null(line, words);
	else
		line_signed(line, words, known);
}

/* Lists have one entry on each line of the string; here they are printed on one line. */
static void put_string(struct line *line, const struct line_words *words, const char *string)
{
	if (!string) {
		line_null(line, words);
		return;
	}
	line_text_begin(line, words);
	for (size_t length; *string; string += length) {
		length = strcspn(string, "\n");
		line_add(line, string, length);
		if (string[length]) {
			line_add(line, " ", 1);
			length++;
		}
	}
	line_text_end(line);
}

static void put_hex(struct line *line, const struct line_words *words, const uint8_t *bytes,
		    size_t count)
{
	line_text_begin(line, words);
	for (size_t i = 0; i < count; i++)
		line_add_format(line, "%02x", bytes[i]);
	line_text_end(line);
}

/* Prints numbers of `size` bytes, at most 8 (little-endian, as in the trace), with their
 * indexes. */
static void put_list(struct line *line, const struct line_words *words, const uint8_t *at,
		     size_t bytes, size_t size)
{
	const char *comma = "";

	line_text_begin(line, words);
	for (size_t i = 0; i < bytes / size; i++) {
		uint64_t value = 0;

		memcpy(&value, at + i * size, size);
		if (value) {
			line_add_format(line, "%s%zu:%llu", comma, i,
					(unsigned long long)value);
			comma = ",";
		}
	}
	line_text_end(line);
}

static void put_errors(struct line *line, const struct line_words *words,
		       const struct trace_error *entries)
{
	const char *comma = "";

	line_text_begin(line, words);
	for (size_t i = 0; i < TRACE_ERRORS; i++)
		if (entries[i].code) {
			line_add_format(line, "%s%d:%u:%llu", comma, entries[i].code,
					entries[i].count,
					(unsigned long long)entries[i].messages);
			comma = ",";
		}
	line_text_end(line);
}

/* Prints api:code:count; the entry for all other answers has no code. */
static void put_answers(struct line *line, const struct line_words *words,
			const struct trace_answer *entries)
{
	const char *comma = "";

	line_text_begin(line, words);
	for (size_t i = 0; i < TRACE_ANSWERS; i++)
		if (entries[i].code) {
			line_add_format(line, "%s%d:%d:%u", comma, entries[i].api,
					entries[i].code, entries[i].count);
			comma = ",";
		}
	line_text_end(line);
}

/* Prints module+offset, or file:line if there is no module. */
static void put_frames(struct line *line, const struct line_words *words,
		       const struct reader *reader, const struct trace_frame *entries)
{
	const char *comma = "";

	line_text_begin(line, words);
	for (size_t i = 0; i < TRACE_FRAMES; i++) {
		const struct trace_frame *frame = &entries[i];
		const char *file = reader_string(reader, frame->file);

		if (!frame->module && !file)
			continue;
		line_add(line, comma, strlen(comma));
		comma = ",";
		if (frame->module) {
			line_add_format(line, "%u+0x%llx", frame->module,
					(unsigned long long)frame->offset);
		} else {
			line_add(line, file, strlen(file));
			line_add_format(line, ":%u", frame->line);
		}
	}
	line_text_end(line);
}

static void put_counts(struct line *line, const struct table *table,
		       const struct trace_counts *counts)
{
	for (int i = 0; i < TRACE_COUNTS; i++) {
		line_unsigned(line, &table->counts[i][0], counts->messages[i]);
		line_unsigned(line, &table->counts[i][1], counts->bytes[i]);
	}
}

static void put_text(struct line *line, const struct line_words *words,
		     const struct column *column, const uint8_t *at)
{
	line_text(line, words, (const char *)at, strnlen((const char *)at, column->bytes));
}

/* A column of several values. */
static void put_many(struct line *line, const struct table *table, size_t number,
		     const struct reader *reader, const uint8_t *at)
{
	const struct line_words *words = &table->words[number];
	const struct column *column = table->columns[number];

	switch (column->type) {
	case COUNTS:
		put_counts(line, table, (const struct trace_counts *)at);
		break;
	case BUCKETS:
		put_list(line, words, at, column->bytes, sizeof(uint32_t));
		break;
	case NUMBERS:
		put_list(line, words, at, column->bytes, sizeof(uint64_t));
		break;
	case ERRORS:
		put_errors(line, words, (const struct trace_error *)at);
		break;
	case ANSWERS:
		put_answers(line, words, (const struct trace_answer *)at);
		break;
	case FRAMES:
		put_frames(line, words, reader, (const struct trace_frame *)at);
		break;
	default: /* a single value: put_field() */
		break;
	}
}

static void put_field(struct line *line, const struct table *table, size_t number,
		      const struct reader *reader, const uint8_t *row)
{
	const struct line_words *words = &table->words[number];
	const struct column *column = table->columns[number];
	const uint8_t *at = row + column->offset;

	switch (column->type) {
	case NUMBER:
		put_number(line, words, column, at);
		break;
	case KNOWN:
		put_known(line, words, at);
		break;
	case OPTIONAL:
		put_unless(line, words, column, at, bits_of(column, at) == 0);
		break;
	case COUNTED:
		put_unless(line, words, column, at, signed_of(column, at) < 0);
		break;
	case IDENTITY:
		put_identity(line, words, bits_of(column, at));
		break;
	case WORD:
		put_word(line, words, column, at);
		break;
	case STATUS:
		put_unless(line, words, column, at,
			   !((const struct trace_process *)row)->observed);
		break;
	case STRING:
		put_string(line, words, reader_string(reader, *(const trace_string *)at));
		break;
	case TEXT:
		put_text(line, words, column, at);
		break;
	case HEX:
		put_hex(line, words, at, column->bytes);
		break;
	case COUNTS:
	case BUCKETS:
	case NUMBERS:
	case ERRORS:
	case ANSWERS:
	case FRAMES:
		put_many(line, table, number, reader, at);
		break;
	}
}

static void dump_row(struct line *line, const struct table *table, const struct reader *reader,
		     uint32_t number, const uint8_t *row)
{
	line_unsigned(line, &table->row, number);
	for (size_t i = 0; i < table->count; i++)
		put_field(line, table, i, reader, row);
	line_end(line);
}

void dump_tables(const struct reader *reader, const struct selection *selection,
		 struct line *line)
{
	static const struct {
		enum trace_section_kind kind;
		const char *name;
	} tables[] = {
		{SECTION_PROCESS, "process"},	{SECTION_LIBRARY, "library"},
		{SECTION_PRODUCER, "producer"}, {SECTION_PRODUCER_MORE, "producer_more"},
		{SECTION_TOPIC, "topic"},	{SECTION_CELL, "cell"},
		{SECTION_SOCKET, "socket"},	{SECTION_SOCKET_MORE, "socket_more"},
		{SECTION_MOMENT, "moment"},	{SECTION_SITE, "site"},
		{SECTION_PEER, "peer"},		{SECTION_MODULE, "module"},
		{SECTION_THREAD, "thread"},	{SECTION_SOCKET_TOLD, "socket_told"},
		{SECTION_LARGE, "large"},	{SECTION_STAGES, "stages"},
	};

	struct table table;

	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
		table_make(&table, line->form, tables[t].name);
		for (uint32_t i = 0; i < reader_rows(reader, tables[t].kind); i++) {
			const uint8_t *row = reader_row(reader, tables[t].kind, i);

			if (row && (!selection ||
				    selection_has_row(selection, tables[t].kind, i, row)))
				dump_row(line, &table, reader, i, row);
		}
	}
}
