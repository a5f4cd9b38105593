/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_value.c - see json_value.h.
 */
#include "render/json_value.h"

#include "model/model.h"

json_t *json_of_number(int64_t value)
{
	return value == UNKNOWN ? json_null() : json_integer(value);
}

json_t *json_of_text(const char *words)
{
	return words ? json_string(words) : json_null();
}
