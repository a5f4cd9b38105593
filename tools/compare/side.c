/* SPDX-License-Identifier: Apache-2.0 */
/*
 * side.c - see side.h.
 */
#include "compare/side.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "model/model.h"
#include "model/number.h"

#define SCHEMA "unflushed.summary/1"
#define PATH_BYTES 160

struct check {
	char *why;
	size_t why_bytes;
	bool wrong; /* `why` has the first error */
};

static void refuse(struct check *check, const char *words, ...)
	__attribute__((format(printf, 2, 3)));

static void refuse(struct check *check, const char *words, ...)
{
	va_list list;

	if (check->wrong)
		return;
	check->wrong = true;
	va_start(list, words);
	vsnprintf(check->why, check->why_bytes, words, list);
	va_end(list);
}

/* The path of a value in the summary: "signatures[0].losses." */
static void path_make(char path[PATH_BYTES], const char *words, ...)
	__attribute__((format(printf, 2, 3)));

static void path_make(char path[PATH_BYTES], const char *words, ...)
{
	va_list list;

	va_start(list, words);
	vsnprintf(path, PATH_BYTES, words, list);
	va_end(list);
}

/* `path` ends with a dot, or is "". NULL: there is no such value, or it has another type. */
static json_t *member(struct check *check, const json_t *object, const char *path,
		      const char *key, json_type type, const char *name)
{
	json_t *value = json_object_get(object, key);

	if (value && json_typeof(value) == type)
		return value;
	refuse(check, "%s%s %s %s", path, key, value ? "is not" : "is missing: it is to be",
	       name);
	return NULL;
}

static json_t *object_in(struct check *check, const json_t *object, const char *path,
			 const char *key)
{
	return member(check, object, path, key, JSON_OBJECT, "an object");
}

static json_t *array_in(struct check *check, const json_t *object, const char *path,
			const char *key)
{
	return member(check, object, path, key, JSON_ARRAY, "an array");
}

static const char *text_in(struct check *check, const json_t *object, const char *path,
			   const char *key)
{
	return json_string_value(member(check, object, path, key, JSON_STRING, "a text"));
}

static void text_or_null_in(struct check *check, const json_t *object, const char *path,
			    const char *key)
{
	if (!json_is_null(json_object_get(object, key)))
		text_in(check, object, path, key);
}

/* Returns UNKNOWN for null. */
static int64_t number_in(struct check *check, const json_t *object, const char *path,
			 const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_null(value))
		return UNKNOWN;
	value = member(check, object, path, key, JSON_INTEGER, "a whole number or null");
	if (!value)
		return UNKNOWN;
	if (json_integer_value(value) < 0 || json_integer_value(value) > NUMBER_MAX)
		refuse(check, "%s%s is %lld, which cannot be", path, key,
		       (long long)json_integer_value(value));
	return json_integer_value(value);
}

static enum verdict verdict_in(struct check *check, const json_t *object, const char *path)
{
	enum verdict verdict = VERDICT_CLEAN;
	const char *name = text_in(check, object, path, "verdict");

	if (name && !verdict_by_name(name, &verdict))
		refuse(check, "%sverdict is '%s', which is none", path, name);
	return verdict;
}

static void take_losses(struct check *check, const json_t *object, const char *path,
			int64_t *certain, int64_t *possible)
{
	char inside[PATH_BYTES];
	const json_t *losses = object_in(check, object, path, "losses");

	path_make(inside, "%slosses.", path);
	*certain = losses ? number_in(check, losses, inside, "certain") : UNKNOWN;
	*possible = losses ? number_in(check, losses, inside, "possible") : UNKNOWN;
}

static int64_t slower(int64_t one, int64_t other)
{
	return one > other ? one : other; /* UNKNOWN is the smallest */
}

static void take_producer(struct side *side, struct check *check, const json_t *producer,
			  const char *path)
{
	char inside[PATH_BYTES];
	const json_t *messages = object_in(check, producer, path, "messages");
	const json_t *latency = object_in(check, producer, path, "latency_ns");

	if (!messages || !latency)
		return;
	path_make(inside, "%smessages.", path);
	side->produced =
		number_sum(side->produced, number_in(check, messages, inside, "produced"));
	side->delivered =
		number_sum(side->delivered, number_in(check, messages, inside, "delivered"));
	path_make(inside, "%slatency_ns.", path);
	side->p50_ns = slower(side->p50_ns, number_in(check, latency, inside, "p50"));
	side->p99_ns = slower(side->p99_ns, number_in(check, latency, inside, "p99"));
}

static void take_process(struct side *side, struct check *check, const json_t *process,
			 size_t number)
{
	char path[PATH_BYTES];

	path_make(path, "processes[%zu].", number);
	if (!json_is_object(process))
		refuse(check, "processes[%zu] is not an object", number);
	const json_t *producers = array_in(check, process, path, "producers");
	for (size_t i = 0; i < json_array_size(producers) && !check->wrong; i++) {
		path_make(path, "processes[%zu].producers[%zu].", number, i);
		take_producer(side, check, json_array_get(producers, i), path);
	}
}

static void take_processes(struct side *side, struct check *check)
{
	const json_t *processes = array_in(check, side->summary, "", "processes");
	int64_t without = number_in(check, side->summary, "", "without_kafka");

	side->processes = (int64_t)json_array_size(processes);
	if (without != UNKNOWN && without > side->processes)
		refuse(check, "without_kafka is more than there are processes");
	side->processes -= without == UNKNOWN ? 0 : without;
	for (size_t i = 0; i < json_array_size(processes) && !check->wrong; i++)
		take_process(side, check, json_array_get(processes, i), i);
}

static void check_signature(struct check *check, const json_t *signature, const char *path)
{
	const json_t *functions = array_in(check, signature, path, "functions");

	text_in(check, signature, path, "digits");
	text_in(check, signature, path, "family");
	text_in(check, signature, path, "program");
	text_or_null_in(check, signature, path, "topic");
	for (size_t i = 0; i < json_array_size(functions) && !check->wrong; i++) {
		const json_t *function = json_array_get(functions, i);
		char inside[PATH_BYTES];

		path_make(inside, "%sfunctions[%zu].", path, i);
		text_or_null_in(check, function, inside, "function");
		text_or_null_in(check, function, inside, "file");
	}
}

/* Checks the fault's place and its change: they are printed, so they must be texts. */
static void check_words(struct check *check, const json_t *row, const char *path)
{
	const json_t *where = json_object_get(row, "where");
	char inside[PATH_BYTES];

	text_in(check, row, path, "finding");
	text_or_null_in(check, row, path, "change");
	if (json_is_null(where))
		return;
	where = object_in(check, row, path, "where");
	path_make(inside, "%swhere.", path);
	if (!where)
		return;
	text_or_null_in(check, where, inside, "function");
	text_or_null_in(check, where, inside, "file");
	number_in(check, where, inside, "line");
}

/* The key is made of the parts, because two signatures may have the same digits. */
static char *key_of(const json_t *signature)
{
	json_t *parts = json_pack("[OOOO]", json_object_get(signature, "family"),
				  json_object_get(signature, "program"),
				  json_object_get(signature, "functions"),
				  json_object_get(signature, "topic"));
	char *dumped = json_dumps(parts, JSON_COMPACT | JSON_SORT_KEYS);
	char *key = memory_text(dumped ? dumped : "");

	free(dumped);
	json_decref(parts);
	return key;
}

static void take_row(struct side *side, struct check *check, const json_t *row, size_t number)
{
	struct fault_row *fault = &side->rows[side->row_count];
	char path[PATH_BYTES], inside[PATH_BYTES];

	path_make(path, "signatures[%zu].", number);
	path_make(inside, "signatures[%zu].signature.", number);
	*fault = (struct fault_row){.row = row};
	fault->signature = object_in(check, row, path, "signature");
	if (fault->signature)
		check_signature(check, fault->signature, inside);
	check_words(check, row, path);
	fault->verdict = verdict_in(check, row, path);
	take_losses(check, row, path, &fault->certain, &fault->possible);
	fault->processes = number_in(check, row, path, "processes");
	if (check->wrong)
		return;
	fault->key = key_of(fault->signature);
	side->row_count++;
}

static int by_key(const void *one, const void *other)
{
	return strcmp(((const struct fault_row *)one)->key,
		      ((const struct fault_row *)other)->key);
}

static void take_rows(struct side *side, struct check *check)
{
	const json_t *rows = array_in(check, side->summary, "", "signatures");
	size_t count = json_array_size(rows);

	side->rows = memory_zeroed(count + 1, sizeof *side->rows);
	for (size_t i = 0; i < count && !check->wrong; i++)
		take_row(side, check, json_array_get(rows, i), i);
	qsort(side->rows, side->row_count, sizeof *side->rows, by_key);
	for (size_t i = 1; i < side->row_count; i++)
		if (by_key(&side->rows[i - 1], &side->rows[i]) == 0)
			refuse(check, "signatures has %s twice",
			       json_string_value(
				       json_object_get(side->rows[i].signature, "digits")));
}

bool side_take(struct side *side, json_t *summary, char *why, size_t why_bytes)
{
	struct check check = {.why = why, .why_bytes = why_bytes};

	*side = (struct side){.summary = summary, .p50_ns = UNKNOWN, .p99_ns = UNKNOWN};
	const char *schema = text_in(&check, summary, "", "schema");
	if (schema && strcmp(schema, SCHEMA))
		refuse(&check, "schema is '%s', and not '" SCHEMA "'", schema);
	if (check.wrong)
		return false;
	side->verdict = verdict_in(&check, summary, "");
	take_losses(&check, summary, "", &side->certain, &side->possible);
	take_processes(side, &check);
	take_rows(side, &check);
	return !check.wrong;
}

bool side_read(struct side *side, const char *text, size_t bytes, char *why, size_t why_bytes)
{
	json_error_t error;
	json_t *summary = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &error);

	if (summary)
		return side_take(side, summary, why, why_bytes);
	*side = (struct side){0};
	snprintf(why, why_bytes, "line %d, column %d (byte %d): %s", error.line, error.column,
		 error.position, error.text);
	return false;
}

void side_free(struct side *side)
{
	for (size_t i = 0; i < side->row_count; i++)
		free(side->rows[i].key);
	free(side->rows);
	json_decref(side->summary);
	*side = (struct side){0};
}

double side_per_thousand(int64_t part, int64_t of)
{
	return part == UNKNOWN || of == UNKNOWN || of == 0 ? -1
							   : (double)part * 1000 / (double)of;
}
