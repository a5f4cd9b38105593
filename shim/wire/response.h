/* SPDX-License-Identifier: Apache-2.0 */
/*
 * response.h - the answers that the host was given (response.c).
 */
#ifndef UNFLUSHED_WIRE_RESPONSE_H
#define UNFLUSHED_WIRE_RESPONSE_H

#include "wire/state.h"

/* The field that was asked for is whole: what it says, and the next one. */
bool wire_response_step(struct wire_step *step);

/* A field made no sense. True if the answer is one that nothing rests on but its errors, and
 * the rest of it can be passed over. */
bool wire_response_survives(struct wire_step *step);

#endif
