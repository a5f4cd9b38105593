/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metadata.h - the error codes of topics in an answer to Metadata: such as a topic that does
 * not exist or that the client may not use.
 *
 * MetadataResponse v0-v13. Brokers, replicas and names are skipped by counting.
 */
#ifndef UNFLUSHED_WIRE_METADATA_H
#define UNFLUSHED_WIRE_METADATA_H

#include "wire/cursor.h"
#include "wire/state.h"

#define WIRE_METADATA_NEWEST 13
#define STEP_METADATA 64 /* its steps are from here on */

/* The correlation id was read. */
bool wire_metadata_begins(struct wire_step *step, struct wire_cursor *cursor, uint8_t version);

/* Runs a step from STEP_METADATA on; after the last the rest of the frame is skipped, and the
 * step `then` follows. */
bool wire_metadata_step(struct wire_step *step, struct wire_cursor *cursor, uint8_t then);

#endif
