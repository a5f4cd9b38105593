/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.h - Python exceptions: set aside and restored, and mapped to rd_kafka_resp_err_t.
 */
#ifndef UNFLUSHED_PYTHON_ERROR_H
#define UNFLUSHED_PYTHON_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "cpython/api.h"

/* An exception that the original method raised, set aside while the guest's function calls into
 * Python; python_error_aside_end() restores it. */
struct python_error {
	object *type, *value, *trace;
};
struct python_error python_error_aside(void);
void python_error_aside_end(struct python_error aside);
int32_t python_error_aside_code(struct python_error aside);

/* The rd_kafka_resp_err_t that stands for an exception, or for a class of exceptions. */
int32_t python_error_code(object *error);
/* Whether an exception, or a class of exceptions, is of the class of this name. */
bool python_error_class_is(object *error, const char *name);

#endif
