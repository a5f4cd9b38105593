/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_read.c - reads unflushed.toml into a struct policy, or returns the place of its first
 * error.
 *
 * An unknown key is an error: otherwise a misspelt rule would be ignored unnoticed.
 */
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/regular.h"
#include "memory/memory.h"

struct reading {
	struct policy *policy;
	struct policy_fault *fault;
};

static bool refuse(struct reading *reading, struct toml_place at, const char *words, ...)
	__attribute__((format(printf, 3, 4)));

static bool refuse(struct reading *reading, struct toml_place at, const char *words, ...)
{
	va_list list;

	reading->fault->at = at;
	va_start(list, words);
	vsnprintf(reading->fault->what, sizeof(reading->fault->what), words, list);
	va_end(list);
	return false;
}

static bool take_kind(struct reading *reading, const struct toml_value *value,
		      enum toml_kind kind, const char *article_and_name)
{
	return value->kind == kind ||
	       refuse(reading, value->at, "'%s' wants %s", value->key, article_and_name);
}

/* Handles one key; `into` is the struct that its section fills. */
typedef bool key_handler(struct reading *reading, const struct toml_value *value, void *into);

struct key_row {
	const char *name;
	key_handler *take;
	size_t offset; /* offset of its member in that struct */
};

static bool table_take(struct reading *reading, const struct toml_value *table,
		       const struct key_row *rows, void *into)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct toml_value *value = &table->items[i];
		const struct key_row *row = rows;

		while (row->name && strcmp(row->name, value->key) != 0)
			row++;
		if (!row->name)
			return refuse(reading, value->key_at, "there is no key '%s' here",
				      value->key);
		if (!row->take(reading, value, (char *)into + row->offset))
			return false;
	}
	return true;
}

static bool take_text(struct reading *reading, const struct toml_value *value, void *into)
{
	char **text = into;

	if (!take_kind(reading, value, TOML_STRING, "a string"))
		return false;
	if (value->text[strspn(value->text, " \t\r\n")] == '\0')
		return refuse(reading, value->at, "'%s' is empty", value->key);
	*text = memory_text(value->text);
	return true;
}

static bool take_count(struct reading *reading, const struct toml_value *value, void *into)
{
	if (!take_kind(reading, value, TOML_INTEGER, "a whole number"))
		return false;
	if (value->number < 0)
		return refuse(reading, value->at, "'%s' is less than 0", value->key);
	*(int64_t *)into = value->number;
	return true;
}

static bool take_day(struct reading *reading, const struct toml_value *value, void *into)
{
	if (!take_kind(reading, value, TOML_DATE, "a date as 2030-12-31, without quotes"))
		return false;
	*(int64_t *)into = value->number;
	return true;
}

static bool take_action(struct reading *reading, const struct toml_value *value, void *into)
{
	static const char *const names[] = {
		[POLICY_FAIL] = "fail", [POLICY_WARN] = "warn", [POLICY_IGNORE] = "ignore"};

	if (!take_kind(reading, value, TOML_STRING, "\"fail\", \"warn\" or \"ignore\""))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(value->text, names[i]) == 0) {
			*(enum policy_action *)into = (enum policy_action)i;
			return true;
		}
	}
	return refuse(reading, value->at,
		      "'%s' wants \"fail\", \"warn\" or \"ignore\", not \"%s\"", value->key,
		      value->text);
}

static bool take_finding(struct reading *reading, const struct toml_value *value, void *into)
{
	static const char *const ids[] = {
#define FINDING(name, word, judged, about, change, meaning, how) word,
#include "judge/findings.def"
#undef FINDING
	};

	if (!take_text(reading, value, into))
		return false;
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (strcmp(ids[i], value->text) == 0)
			return true;
	return refuse(reading, value->at, "there is no finding \"%s\"", value->text);
}

static bool take_signature(struct reading *reading, const struct toml_value *value, void *into)
{
	if (!take_text(reading, value, into))
		return false;
	return (strlen(value->text) == SIGNATURE_DIGITS &&
		strspn(value->text, "0123456789abcdef") == SIGNATURE_DIGITS) ||
	       refuse(reading, value->at, "a signature has %d digits, 0 to 9 and a to f",
		      SIGNATURE_DIGITS);
}

static bool take_programs(struct reading *reading, const struct toml_value *value, void *into)
{
	struct policy *policy = reading->policy;

	(void)into;
	if (!take_kind(reading, value, TOML_ARRAY, "an array of strings"))
		return false;
	policy->programs = memory_zeroed(value->count + 1, sizeof(*policy->programs));
	for (size_t i = 0; i < value->count; i++) {
		const struct toml_value *item = &value->items[i];

		if (item->kind != TOML_STRING || !item->text[0])
			return refuse(reading, item->at,
				      "'%s' wants strings that are not empty", value->key);
		policy->programs[policy->program_count++] = memory_text(item->text);
	}
	return true;
}

static bool known_take(struct reading *reading, const struct toml_value *table,
		       struct policy_known *known)
{
	static const struct key_row rows[] = {
		{"finding", take_finding, offsetof(struct policy_known, finding)},
		{"signature", take_signature, offsetof(struct policy_known, signature)},
		{"frame", take_text, offsetof(struct policy_known, frame)},
		{"topic", take_text, offsetof(struct policy_known, topic)},
		{"program", take_text, offsetof(struct policy_known, program)},
		{"messages", take_count, offsetof(struct policy_known, messages)},
		{"until", take_day, offsetof(struct policy_known, until)},
		{"reason", take_text, offsetof(struct policy_known, reason)},
		{0},
	};

	known->at = table->at;
	known->messages = known->until = UNKNOWN;
	if (table->kind != TOML_TABLE)
		return refuse(reading, table->at, "'known' wants tables: [[known]]");
	if (!table_take(reading, table, rows, known))
		return false;
	if (!known->reason)
		return refuse(reading, table->at, "this known case lacks its 'reason'");
	return known->finding || known->signature || known->frame || known->topic ||
	       known->program ||
	       refuse(reading, table->at,
		      "this known case names no 'finding', 'signature', 'frame', 'topic' or "
		      "'program'");
}

static bool take_known(struct reading *reading, const struct toml_value *value, void *into)
{
	struct policy *policy = into;

	if (!take_kind(reading, value, TOML_ARRAY, "tables: [[known]]"))
		return false;
	policy->known = memory_zeroed(value->count + 1, sizeof(*policy->known));
	for (size_t i = 0; i < value->count; i++)
		if (!known_take(reading, &value->items[i],
				&policy->known[policy->known_count++]))
			return false;
	return true;
}

#define ACTION_ROW(name, verdict)                                                              \
	{                                                                                      \
		name, take_action,                                                             \
			offsetof(struct policy, actions) +                                     \
				(verdict) * sizeof(enum policy_action)                         \
	}

static bool take_verdicts(struct reading *reading, const struct toml_value *value, void *into)
{
	static const struct key_row rows[] = {
		ACTION_ROW("lost", VERDICT_LOST),
		ACTION_ROW("at_risk", VERDICT_AT_RISK),
		ACTION_ROW("racy", VERDICT_RACY),
		ACTION_ROW("unproven", VERDICT_UNPROVEN),
		ACTION_ROW("blind", VERDICT_BLIND),
		ACTION_ROW("failed", VERDICT_FAILED),
		{"no_kafka", take_action, offsetof(struct policy, no_kafka)},
		{0},
	};

	return take_kind(reading, value, TOML_TABLE, "a table: [verdicts]") &&
	       table_take(reading, value, rows, into);
}

static bool take_allow(struct reading *reading, const struct toml_value *value, void *into)
{
	static const struct key_row rows[] = {
		{"messages", take_count, offsetof(struct policy, messages)},
		{0},
	};

	return take_kind(reading, value, TOML_TABLE, "a table: [allow]") &&
	       table_take(reading, value, rows, into);
}

static bool take_brokers(struct reading *reading, const struct toml_value *value, void *into)
{
	static const struct key_row rows[] = {
		{"errors", take_action, offsetof(struct policy, broker_errors)},
		{0},
	};

	return take_kind(reading, value, TOML_TABLE, "a table: [brokers]") &&
	       table_take(reading, value, rows, into);
}

static bool take_section_programs(struct reading *reading, const struct toml_value *value,
				  void *into)
{
	static const struct key_row rows[] = {{"ignore", take_programs, 0}, {0}};

	return take_kind(reading, value, TOML_TABLE, "a table: [programs]") &&
	       table_take(reading, value, rows, into);
}

static bool document_take(struct reading *reading, const struct toml_value *document)
{
	static const struct key_row rows[] = {
		{"verdicts", take_verdicts, 0}, {"allow", take_allow, 0},
		{"brokers", take_brokers, 0},	{"programs", take_section_programs, 0},
		{"known", take_known, 0},	{0},
	};

	return table_take(reading, document, rows, reading->policy);
}

void policy_default(struct policy *policy, const char *path)
{
	*policy = (struct policy){.path = memory_text(path)};
	policy->actions[VERDICT_FAILED] = POLICY_WARN;
	policy->broker_errors = POLICY_IGNORE;
}

bool policy_read(struct policy *policy, const char *path, const char *text, size_t bytes,
		 struct policy_fault *fault)
{
	struct reading reading = {policy, fault};
	struct toml_fault bad = {0};
	struct toml_value *document = toml_read(text, bytes, &bad);

	policy_default(policy, path);
	bool read = document ? document_take(&reading, document)
			     : refuse(&reading, bad.at, "%s", bad.what);
	toml_free(document);
	if (!read)
		policy_free(policy);
	return read;
}

bool policy_load(struct policy *policy, const char *path, struct policy_fault *fault)
{
	const char *why;
	size_t bytes;
	char *text = regular_all(path, POLICY_BYTES_MOST, &bytes, &why);

	*policy = (struct policy){0};
	*fault = (struct policy_fault){0};
	if (!text) {
		snprintf(fault->what, sizeof(fault->what), "%s", why);
		return false;
	}
	bool read = policy_read(policy, path, text, bytes, fault);

	free(text);
	return read;
}

void policy_free(struct policy *policy)
{
	for (size_t i = 0; i < policy->program_count; i++)
		free(policy->programs[i]);
	for (size_t i = 0; i < policy->known_count; i++) {
		free(policy->known[i].finding);
		free(policy->known[i].signature);
		free(policy->known[i].frame);
		free(policy->known[i].topic);
		free(policy->known[i].program);
		free(policy->known[i].reason);
	}
	free(policy->programs);
	free(policy->known);
	free(policy->path);
	*policy = (struct policy){0};
}

static bool holds(const char *folder, const char *name)
{
	char path[PATH_MAX];
	int length = snprintf(path, sizeof(path), "%s/%s", folder, name);

	return length > 0 && (size_t)length < sizeof(path) && access(path, F_OK) == 0;
}

char *policy_find(const char *folder)
{
	char *above = memory_text(folder);
	char *found = NULL;

	while (!found) {
		if (holds(above, POLICY_FILE)) {
			size_t bytes = strlen(above) + sizeof("/" POLICY_FILE);

			found = memory_take(bytes);
			snprintf(found, bytes, "%s/" POLICY_FILE, above);
			break;
		}
		char *slash = strrchr(above, '/');

		if (holds(above, ".git") || !slash || !above[0])
			break;
		*slash = '\0';
	}
	free(above);
	return found;
}
