/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request.h - the requests that the host sends (request.c).
 */
#ifndef UNFLUSHED_WIRE_REQUEST_H
#define UNFLUSHED_WIRE_REQUEST_H

#include "wire/state.h"

/* The field that was asked for is whole: takes its value, and asks for the next one. False: no
 * Kafka request has such bytes there. */
bool wire_request_step(struct wire_step *step);

/*
 * After SaslHandshake v0 the client sends its mechanism's tokens with a
 * length and no header (Kafka protocol, SASL authentication sequence) until
 * it begins to send requests, and nothing says when: a frame that does not look
 * like a request is taken for a token. False if the frame's length is wrong.
 */
bool wire_token(struct wire_step *step);

#endif
