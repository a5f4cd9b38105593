/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RENDER_JSON_VALUE_H
#define UNFLUSHED_RENDER_JSON_VALUE_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/* null for UNKNOWN and for NULL. */
json_t *json_of_number(int64_t value);
json_t *json_of_text(const char *words);

/* json_dumpf() with large writes: jansson writes each brace and comma by itself. The caller
 * checks the stream for errors. */
void json_write(const json_t *value, FILE *out, size_t flags);

/* An array whose elements are made one by one while they are written. */
struct json_filling {
	const char *key; /* of the array, in the object that is written */
	size_t count;
	json_t *(*make)(void *of, size_t index);
	void *of;
};

/*
 * json_write() for an object in which the arrays of these keys get these elements instead of
 * their own. Only one element is in memory at a time. `flags`: with JSON_INDENT().
 */
void json_write_filled(const json_t *object, const struct json_filling *fillings, size_t count,
		       FILE *out, size_t flags);

#endif
