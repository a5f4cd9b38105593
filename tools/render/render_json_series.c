/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_json_series.c - the process's moments in the JSON summary.
 */
#include "render/render_json.h"

#include "render/json_value.h"

json_t *json_of_series(const struct process *process)
{
	json_t *object = json_object(), *moments = json_array();

	if (process->series_width_ns == UNKNOWN) {
		json_decref(object);
		json_decref(moments);
		return json_null();
	}
	for (size_t i = 0; i < process->moment_count; i++) {
		const struct moment *moment = &process->moments[i];
		json_t *row = json_object();

		json_object_set_new(row, "at_ns",
				    json_of_number(moment->at_ns - process->trace_start_ns));
		json_object_set_new(row, "accepted_bytes",
				    json_of_number(moment->accepted_bytes));
		json_object_set_new(row, "requests", json_of_number(moment->requests));
		json_object_set_new(row, "stalled_ns", json_of_number(moment->stalled_ns));
		json_object_set_new(row, "produced", json_of_number(moment->produced));
		json_object_set_new(row, "delivered", json_of_number(moment->delivered));
		json_object_set_new(row, "settled", json_of_number(moment->settled));
		json_object_set_new(row, "fill_max",
				    moment->fill_max == UNKNOWN
					    ? json_null()
					    : json_real((double)moment->fill_max / 1000));
		json_array_append_new(moments, row);
	}
	json_object_set_new(object, "width_ns", json_of_number(process->series_width_ns));
	json_object_set_new(object, "moments", moments);
	return object;
}
