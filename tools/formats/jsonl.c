/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jsonl.c - one line for each process, schema unflushed.process/1.
 *
 * A line is the process's part of the summary
 * (schema/unflushed.process-1.json), with the name of its schema first. Each
 * line is made, written and freed before the next one, so the memory that this
 * needs beyond the model does not grow with the number of processes.
 */
#include "formats/jsonl.h"

#include "render/json_value.h"
#include "render/render.h"
#include "render/render_json.h"

json_t *jsonl_process(struct run *run, const struct process *process)
{
	json_t *object = json_object(), *whole = json_of_process(run, process);

	json_object_set_new(object, "schema", json_string("unflushed.process/1"));
	json_object_update(object, whole);
	json_decref(whole);
	return object;
}

static void line(struct run *run, const struct process *process, FILE *out)
{
	json_t *object = jsonl_process(run, process);

	json_write(object, out, JSONL_FLAGS);
	fputc('\n', out);
	json_decref(object);
}

void render_jsonl(struct run *run, const struct render_options *options, FILE *out)
{
	(void)options;
	for (size_t i = 0; i < run->process_count; i++)
		line(run, &run->processes[i], out);
}
