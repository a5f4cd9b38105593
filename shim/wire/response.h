/* SPDX-License-Identifier: Apache-2.0 */
/*
 * response.h - the answers that the host was given (response.c).
 */
#ifndef UNFLUSHED_WIRE_RESPONSE_H
#define UNFLUSHED_WIRE_RESPONSE_H

#include "wire/state.h"

/* The field that was asked for is whole: takes its value, and asks for the next one. False: no
 * Kafka response has such bytes there. */
bool wire_response_step(struct wire_step *step);

/* A field was not valid. True if only error codes are looked for in this answer: its rest is
 * then skipped, and the connection is followed further. */
bool wire_response_survives(struct wire_step *step);

#endif
