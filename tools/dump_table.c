/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dump_table.c - every row of every table, by the columns of columns.def.
 */
#include <stdlib.h>
#include <string.h>

#include "dump_line.h"

json_t *dump_text(struct dump *dump, const char *words, size_t length)
{
	return words ? json_string(model_text(&dump->run, words, length)) : json_null();
}

/* Lists are kept one entry a line; here they are one line. */
static json_t *string_at(struct dump *dump, trace_string at)
{
	const char *words = reader_string(dump->reader, at);

	if (!words)
		return json_null();
	char *line = strdup(words);
	if (!line)
		abort();
	for (char *end = line; (end = strchr(end, '\n')); end++)
		*end = ' ';
	json_t *text = dump_text(dump, line, strlen(line));
	free(line);
	return text;
}

enum column_type { NUMBER, KNOWN, STRING, TEXT, HEX, COUNTS, BUCKETS, ERRORS, FRAMES, STATUS };

struct column {
	const char *table, *key;
	enum column_type type;
	size_t offset, bytes;
	bool is_signed;
};

#define IS_SIGNED(type, field) \
	_Generic(((struct type *)0)->field, int32_t: true, int64_t: true, default: false)

static const struct column columns[] = {
#define COLUMN(table, field, key, type) \
	{ #table, key, type, offsetof(struct trace_##table, field), \
	  sizeof(((struct trace_##table *)0)->field), IS_SIGNED(trace_##table, field) },
#include "columns.def"
#undef COLUMN
};

static json_t *number(const struct column *column, const uint8_t *at)
{
	uint64_t value = 0; /* little end first, as on every machine we run on */
	unsigned shift = 64 - 8 * (unsigned)column->bytes;

	memcpy(&value, at, column->bytes);
	return json_integer(column->is_signed ? (json_int_t)(value << shift) >> shift
					      : (json_int_t)value);
}

static json_t *hex(struct dump *dump, const uint8_t *bytes, size_t count)
{
	const char *words = "";

	for (size_t i = 0; i < count; i++)
		words = model_format(&dump->run, "%s%02x", words, bytes[i]);
	return json_string(words);
}

static json_t *buckets(struct dump *dump, const uint8_t *at, size_t count)
{
	const char *words = "";
	uint32_t value;

	for (size_t i = 0; i < count; i++) {
		memcpy(&value, at + i * sizeof value, sizeof value);
		if (value)
			words = model_format(&dump->run, "%s%s%zu:%u", words,
					     *words ? "," : "", i, value);
	}
	return json_string(words);
}

static json_t *errors(struct dump *dump, const struct trace_error *entries)
{
	const char *words = "";

	for (size_t i = 0; i < TRACE_ERRORS; i++)
		if (entries[i].code)
			words = model_format(&dump->run, "%s%s%d:%u:%llu", words,
					     *words ? "," : "", entries[i].code,
					     entries[i].count,
					     (unsigned long long)entries[i].messages);
	return json_string(words);
}

/* module+offset, or file:line where there is no module. */
static json_t *frames(struct dump *dump, const struct trace_frame *entries)
{
	const char *words = "";

	for (size_t i = 0; i < TRACE_FRAMES; i++) {
		const struct trace_frame *frame = &entries[i];
		const char *file = reader_string(dump->reader, frame->file);
		const char *comma = *words ? "," : "";

		if (frame->module)
			words = model_format(&dump->run, "%s%s%u+0x%llx", words, comma,
					     frame->module, (unsigned long long)frame->offset);
		else if (file)
			words = model_format(&dump->run, "%s%s%s:%u", words, comma, file,
					     frame->line);
	}
	return dump_text(dump, words, strlen(words));
}

static void set_counts(json_t *line, const struct trace_counts *counts)
{
	static const char *const names[TRACE_COUNTS][2] = {
		[COUNT_SENT] = { "sent", "sent_bytes" },
		[COUNT_UNROLLED] = { "unrolled", "unrolled_bytes" },
		[COUNT_DELIVERED] = { "delivered", "delivered_bytes" },
		[COUNT_UNCONFIRMED] = { "unconfirmed", "unconfirmed_bytes" },
		[COUNT_FAILED] = { "failed", "failed_bytes" },
		[COUNT_PURGED] = { "purged", "purged_bytes" },
		[COUNT_DROPPED] = { "dropped", "dropped_bytes" },
		[COUNT_REJECTED] = { "rejected", "rejected_bytes" },
	};

	for (int i = 0; i < TRACE_COUNTS; i++) {
		json_object_set_new(line, names[i][0],
				    json_integer((json_int_t)counts->messages[i]));
		json_object_set_new(line, names[i][1],
				    json_integer((json_int_t)counts->bytes[i]));
	}
}

static json_t *value_of(struct dump *dump, const struct column *column, const uint8_t *row)
{
	const uint8_t *at = row + column->offset;
	int32_t known;

	switch (column->type) {
	case KNOWN:
		memcpy(&known, at, sizeof known);
		return known == TRACE_UNKNOWN ? json_null() : json_integer(known);
	case STATUS:
		return ((const struct trace_process *)row)->observed ? number(column, at)
								     : json_null();
	case STRING:
		return string_at(dump, *(const trace_string *)at);
	case TEXT:
		return dump_text(dump, (const char *)at,
				 strnlen((const char *)at, column->bytes));
	case HEX:
		return hex(dump, at, column->bytes);
	case BUCKETS:
		return buckets(dump, at, column->bytes / sizeof(uint32_t));
	case ERRORS:
		return errors(dump, (const struct trace_error *)at);
	case FRAMES:
		return frames(dump, (const struct trace_frame *)at);
	default:
		return number(column, at);
	}
}

static void dump_row(struct dump *dump, const char *table, uint32_t number, const uint8_t *row)
{
	json_t *line = json_object();

	json_object_set_new(line, "table", json_string(table));
	json_object_set_new(line, "row", json_integer(number));
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		const struct column *column = &columns[i];

		if (strcmp(column->table, table))
			continue;
		if (column->type == COUNTS)
			set_counts(line, (const void *)(row + column->offset));
		else
			json_object_set_new(line, column->key, value_of(dump, column, row));
	}
	dump_put(dump, line);
}

void dump_tables(struct dump *dump)
{
	static const struct {
		enum trace_section_kind kind;
		const char *name;
	} tables[] = {
		{ SECTION_PROCESS, "process" },	  { SECTION_LIBRARY, "library" },
		{ SECTION_PRODUCER, "producer" }, { SECTION_TOPIC, "topic" },
		{ SECTION_CELL, "cell" },	  { SECTION_SOCKET, "socket" },
		{ SECTION_SOCKET_MORE, "socket_more" }, { SECTION_MOMENT, "moment" },
		{ SECTION_SITE, "site" },	  { SECTION_MODULE, "module" },
		{ SECTION_THREAD, "thread" },
	};

	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
		for (uint32_t i = 0; i < reader_rows(dump->reader, tables[t].kind); i++) {
			const uint8_t *row = reader_row(dump->reader, tables[t].kind, i);

			if (row)
				dump_row(dump, tables[t].name, i, row);
		}
}
