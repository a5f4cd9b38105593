/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jsonl.h - a process as one JSON object, schema unflushed.process/1.
 */
#ifndef UNFLUSHED_FORMATS_JSONL_H
#define UNFLUSHED_FORMATS_JSONL_H

#include <jansson.h>

#include "model/model.h"

/* The flags of json_dumpf() for a line. */
#define JSONL_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(6))

/* The caller releases the result. */
json_t *jsonl_process(struct run *run, const struct process *process);

#endif
