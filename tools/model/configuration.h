/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_MODEL_CONFIGURATION_H
#define UNFLUSHED_MODEL_CONFIGURATION_H

#include "model/model.h"

/* The settings that explain this producer's outcome: "acks=all, linger.ms=5, ...". */
const char *configuration_words(struct run *run, const struct process *process,
				const struct producer *producer);
/* The value of a setting as a number, or UNKNOWN. */
int64_t configuration_number(const struct producer *producer, const char *key);
/* Frees what the other functions keep between calls. */
void configuration_close(void);

#endif
