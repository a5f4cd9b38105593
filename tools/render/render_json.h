/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RENDER_RENDER_JSON_H
#define UNFLUSHED_RENDER_RENDER_JSON_H

#include <jansson.h>

#include "model/model.h"

/* A process as it stands in the summary, whole. */
json_t *json_of_process(struct run *run, const struct process *process);
/*
 * The whole summary. `made` are the run's processes, as json_of_process() makes them, which
 * this takes over; NULL: left out, and counted. `groups` are the first of the signatures; their
 * processes are there. Without `made` none is left out, and the arrays of both are empty: who
 * writes it fills them (json_write_filled()).
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
