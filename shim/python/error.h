/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.h - exceptions of Python's: put aside, and in librdkafka's numbers.
 */
#ifndef UNFLUSHED_PYTHON_ERROR_H
#define UNFLUSHED_PYTHON_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "cpython/api.h"

/* An exception that the original raised, put aside while ours looks at things. */
struct probe_error {
	object *type, *value, *trace;
};
struct probe_error probe_aside(void);
void probe_aside_end(struct probe_error aside);
int32_t probe_aside_code(struct probe_error aside);

/* What an exception, or a class of exceptions, is in librdkafka's numbers. */
int32_t probe_error_code(object *error);
/* Whether an exception, or a class of exceptions, is of the class of this name. */
bool probe_class_is(object *error, const char *name);

#endif
