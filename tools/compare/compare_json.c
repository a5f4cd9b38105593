/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare_json.c - a comparison as JSON, schema unflushed.diff/1.
 *
 * schema/unflushed.diff-1.json describes it; keys may be added, never renamed or removed.
 */
#include "compare/compare.h"
#include "model/model.h"

static json_t *number(int64_t value)
{
	return value == UNKNOWN ? json_null() : json_integer(value);
}

static json_t *rate(int64_t part, int64_t of)
{
	double value = side_per_thousand(part, of);

	return value < 0 ? json_null() : json_real(value);
}

static json_t *side_json(const struct side *side)
{
	json_t *object = json_object(), *latency = json_object();

	json_object_set_new(object, "verdict", json_string(verdict_name(side->verdict)));
	json_object_set_new(object, "processes", number(side->processes));
	json_object_set_new(object, "produced", number(side->produced));
	json_object_set_new(object, "delivered", number(side->delivered));
	json_object_set_new(object, "certain", number(side->certain));
	json_object_set_new(object, "possible", number(side->possible));
	json_object_set_new(object, "delivered_per_1000",
			    rate(side->delivered, side->produced));
	json_object_set_new(object, "certain_per_1000", rate(side->certain, side->produced));
	json_object_set_new(object, "possible_per_1000", rate(side->possible, side->produced));
	json_object_set_new(latency, "p50", number(side->p50_ns));
	json_object_set_new(latency, "p99", number(side->p99_ns));
	json_object_set_new(object, "latency_ns", latency);
	return object;
}

static json_t *row_json(const struct fault_row *row, const struct side *side)
{
	json_t *object;

	if (!row)
		return json_null();
	object = json_object();
	json_object_set_new(object, "verdict", json_string(verdict_name(row->verdict)));
	json_object_set_new(object, "certain", number(row->certain));
	json_object_set_new(object, "possible", number(row->possible));
	json_object_set_new(object, "processes", number(row->processes));
	json_object_set_new(object, "certain_per_1000", rate(row->certain, side->produced));
	json_object_set_new(object, "possible_per_1000", rate(row->possible, side->produced));
	json_object_set_new(object, "processes_per_1000",
			    rate(row->processes, side->processes));
	return object;
}

static json_t *pair_json(const struct comparison *comparison, const struct pair *pair)
{
	static const char *const copied[] = {"signature", "finding", "where", "change"};
	const struct fault_row *row = pair->after ? pair->after : pair->before;
	json_t *object = json_object();

	json_object_set_new(object, "is", json_string(change_name(pair->change)));
	for (size_t i = 0; i < sizeof copied / sizeof *copied; i++) {
		json_t *value = json_object_get(row->row, copied[i]);

		json_object_set_new(object, copied[i],
				    value ? json_incref(value) : json_null());
	}
	json_object_set_new(object, "by_chance", json_boolean(pair->by_chance));
	json_object_set_new(object, "before", row_json(pair->before, comparison->before));
	json_object_set_new(object, "after", row_json(pair->after, comparison->after));
	return object;
}

void compare_json(const struct comparison *comparison, FILE *out)
{
	json_t *object = json_object(), *counts = json_object(), *rows = json_array();

	for (int i = 0; i < CHANGE_COUNT; i++)
		json_object_set_new(counts, change_name((enum change)i),
				    json_integer((json_int_t)comparison->counts[i]));
	for (size_t i = 0; i < comparison->pair_count; i++)
		json_array_append_new(rows, pair_json(comparison, &comparison->pairs[i]));
	json_object_set_new(object, "schema", json_string("unflushed.diff/1"));
	json_object_set_new(object, "worse", json_boolean(compare_is_worse(comparison)));
	json_object_set_new(object, "counts", counts);
	json_object_set_new(object, "before", side_json(comparison->before));
	json_object_set_new(object, "after", side_json(comparison->after));
	json_object_set_new(object, "signatures", rows);
	json_dumpf(object, out, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	fputc('\n', out);
	json_decref(object);
}
