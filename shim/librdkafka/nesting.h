/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nesting.h - whose call it is: the application's, or librdkafka's own.
 *
 * librdkafka calls itself through its PLT (flush to poll, commit to flush): of the
 * watched calls that are running on a thread only the outermost is the application's.
 */
#ifndef UNFLUSHED_LIBRDKAFKA_NESTING_H
#define UNFLUSHED_LIBRDKAFKA_NESTING_H

#include "librdkafka/state.h"

static inline bool kafka_is_recording(void)
{
	return guest_phase() == GUEST_RECORDING;
}

/* Round real calls that may call other functions of the table. True: it is outermost. */
static inline bool nesting_enter(void)
{
	return !kafka_is_recording() || librdkafka_this_thread()->api_depth++ == 0;
}

static inline void nesting_leave(void)
{
	struct librdkafka_thread *self = librdkafka_this_thread();

	if (kafka_is_recording() && self->api_depth)
		self->api_depth--;
}

/* Round a callback of the host's: what that calls is the application's doing, and not
 * nested in the flush or poll that serves it. Returns what the end is to be given. */
static inline uint16_t nesting_callback_begin(void)
{
	struct librdkafka_thread *self = librdkafka_this_thread();
	uint16_t depth = self->api_depth;

	self->api_depth = 0;
	return depth;
}

static inline void nesting_callback_end(uint16_t depth)
{
	librdkafka_this_thread()->api_depth = depth;
}

#endif
