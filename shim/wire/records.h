/* SPDX-License-Identifier: Apache-2.0 */
/*
 * records.h - reads the record set within a Produce request: a state machine of its own, with
 * steps from STEP_BATCH on (records.c).
 */
#ifndef UNFLUSHED_WIRE_RECORDS_H
#define UNFLUSHED_WIRE_RECORDS_H

#include "wire/state.h"

#define STEP_BATCH 64

/* A record set of so many bytes begins; the step `after` follows it. */
bool wire_batches(struct wire_step *step, uint32_t bytes, uint8_t after);

bool wire_batch_step(struct wire_step *step);

#endif
