/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nesting.h - tells calls of the application from calls that librdkafka makes itself.
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

/* Ends what nesting_enter() of unwound.h began. */
static inline void nesting_leave(void)
{
	struct librdkafka_thread *self = librdkafka_this_thread();

	if (kafka_is_recording() && self->api_depth)
		self->api_depth--;
}

/* The thread's state that a callback of the host sets aside, until the callback returns. */
struct nesting {
	uint16_t depth;
	int32_t timeout_ms;
	uintptr_t depth_at;
	uintptr_t callback_at;
	struct nesting *callback;
};

/* Whether this thread is inside a delivery callback: the callback's frame then lies above this
 * one. A callback that was left by an exception has its frame below. */
static inline bool nesting_is_callback(const struct librdkafka_thread *self)
{
	return (uintptr_t)__builtin_frame_address(0) < self->callback_at;
}

/* Before a callback of the host: what it calls counts as called by the application, not as
 * nested in the flush or poll that serves it. *outer is for nesting_callback_end(). */
static inline void nesting_callback_begin(struct nesting *outer)
{
	struct librdkafka_thread *self = librdkafka_this_thread();
	bool within = nesting_is_callback(self);

	*outer = (struct nesting){self->api_depth, self->timeout_ms, self->depth_at,
				  within ? self->callback_at : 0,
				  within ? self->callback : NULL};
	self->api_depth = 0;
	self->exception = NULL;
	self->callback = outer;
	self->callback_at = (uintptr_t)__builtin_frame_address(0);
}

static inline void nesting_callback_end(const struct nesting *outer)
{
	struct librdkafka_thread *self = librdkafka_this_thread();

	self->api_depth = outer->depth;
	self->timeout_ms = outer->timeout_ms;
	self->depth_at = outer->depth_at;
	self->callback_at = outer->callback_at;
	self->callback = outer->callback;
	/* The next produce is to look again whether the producer is the thread's own. */
	if (self->callback_produces)
		self->produce_topic = NULL;
	self->callback_produces = false;
}

/* Whether this thread has produced to the producer (index) outside of callbacks. */
static inline bool nesting_is_own(const struct librdkafka_thread *self, uint32_t producer)
{
	return self->own >> producer & 1;
}

#endif
