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
struct python_error {
	object *type, *value, *trace;
};
struct python_error python_error_aside(void);
void python_error_aside_end(struct python_error aside);
int32_t python_error_aside_code(struct python_error aside);

/* What an exception, or a class of exceptions, is in librdkafka's numbers. */
int32_t python_error_code(object *error);
/* Whether an exception, or a class of exceptions, is of the class of this name. */
bool python_error_class_is(object *error, const char *name);

#endif
