/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value.h - what a value of Python's is to the trace. None of it leaves an exception behind.
 */
#ifndef UNFLUSHED_PYTHON_VALUE_H
#define UNFLUSHED_PYTHON_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "cpython/api.h"

static inline bool value_is_given(const object *value)
{
	return value && value != py.none;
}

/* Valid as long as the text is; "" if it is none. */
const char *value_text(object *text);

uint64_t value_size(object *bytes); /* 0 for None */

#endif
