/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RENDER_JSON_VALUE_H
#define UNFLUSHED_RENDER_JSON_VALUE_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/* null for UNKNOWN and for NULL. */
json_t *json_of_number(int64_t value);
json_t *json_of_text(const char *words);

/* json_dumpf() in large pieces: that writes each brace and comma by itself. What could not be
 * written the stream knows. */
void json_write(const json_t *value, FILE *out, size_t flags);

#endif
