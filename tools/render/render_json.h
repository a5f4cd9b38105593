/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RENDER_JSON_H
#define UNFLUSHED_RENDER_JSON_H

#include <jansson.h>

#include "model/model.h"

/* null for UNKNOWN and for NULL. */
json_t *json_of_number(int64_t value);
json_t *json_of_text(const char *words);

json_t *json_of_series(const struct process *process);
json_t *json_of_socket(const struct socket *socket);

#endif
