/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RENDER_RENDER_JSON_H
#define UNFLUSHED_RENDER_RENDER_JSON_H

#include <jansson.h>

#include "model/model.h"

/* A whole process as in the summary. */
json_t *json_of_process(struct run *run, const struct process *process);
/*
 * The whole summary. `made` are the run's processes, made by json_of_process(), which this
 * takes over; one that is NULL is left out, and counted. `groups` is how many of the signatures
 * are included; the processes of these must be there. If `made` is NULL none is left out, and
 * the arrays of both are empty: the caller fills them with json_write_filled().
 */
json_t *json_of_summary(struct run *run, json_t *const *made, size_t groups);
/* A signature in it. */
json_t *json_of_group(const struct run *run, json_t *const *made, const struct group *group);
json_t *json_of_producer(const struct process *process, const struct producer *producer);
json_t *json_of_amounts(const int64_t *values); /* of AMOUNT_COUNT */
json_t *json_of_losses(const struct losses *losses);
json_t *json_of_series(const struct process *process);
json_t *json_of_peers(struct run *run, const struct process *process);
json_t *json_of_socket(const struct socket *socket);

#endif
