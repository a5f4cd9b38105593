/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unwound.c - see unwound.h.
 */
#include "librdkafka/unwound.h"

/* Constants of the exception ABI (unwind.h, of which the guest needs no more). */
#define ACTION_CLEANUP 2
#define ACTION_FORCED 8
#define GOES_ON 8 /* _URC_CONTINUE_UNWIND */

static bool is_going(int actions)
{
	return actions & ACTION_CLEANUP && kafka_is_recording();
}

/* ---- flush ---- */

void unwound_flush_begin(const struct wait *wait, struct unwound_flush *outer)
{
	struct librdkafka_thread *self = librdkafka_this_thread();

	*outer = (struct unwound_flush){self->flush_at, self->flush_began_ns,
					self->flush_producer, self->flush_left,
					self->flush_pends};
	self->flush_began_ns = wait->began_ns;
	self->flush_producer = (uint16_t)producer_index(wait->producer);
	self->flush_left = FLUSH_NOT_LEFT;
	self->flush_pends = wait->pends;
	self->flush_at = (uintptr_t)__builtin_frame_address(0);
}

uint32_t unwound_flush_end(const struct unwound_flush *outer)
{
	struct librdkafka_thread *self = librdkafka_this_thread();
	uint32_t left = self->flush_left;

	self->flush_at = outer->at;
	self->flush_began_ns = outer->began_ns;
	self->flush_producer = (uint16_t)outer->producer;
	self->flush_left = outer->left;
	self->flush_pends = outer->pends;
	return left;
}

static void flush_left(struct librdkafka_thread *self, uint32_t how)
{
	struct wait wait = {.producer = producer_at(self->flush_producer),
			    .began_ns = self->flush_began_ns,
			    .generation = guest_generation,
			    .pends = self->flush_pends};

	self->flush_at = 0;
	wait_flush_left(&wait, how, TRACE_UNKNOWN);
}

void unwound_yielded(void)
{
	struct librdkafka_thread *self = librdkafka_this_thread();

	self->flush_left =
		FLUSH_LEFT_YIELD | (nesting_is_callback(self) ? FLUSH_LEFT_DELIVERY : 0);
}

/* ---- jumps ---- */

void unwound_seen(struct librdkafka_thread *self, uintptr_t frame)
{
	if (!self->flush_at || frame <= self->flush_at)
		return;
	/* The longjmp() was called in a delivery callback, which it left. */
	bool delivery = self->callback_at && self->callback_at < self->flush_at;

	self->callback_at = 0;
	self->callback = NULL;
	flush_left(self, FLUSH_LEFT_JUMP | (delivery ? FLUSH_LEFT_DELIVERY : 0));
}

void unwound_main_returned(void)
{
	if (kafka_is_recording())
		unwound_seen(librdkafka_this_thread(), UINTPTR_MAX);
}

/* ---- exceptions ---- */

/* The exception is caught in the host's code, whether this was the outermost call or one in a
 * callback: the thread is inside no call of librdkafka below that. */
int unwound_call(int version, int actions, uint64_t class, const void *exception,
		 const void *context)
{
	(void)version, (void)class, (void)exception, (void)context;
	if (is_going(actions))
		librdkafka_this_thread()->api_depth = 0;
	return GOES_ON;
}

int unwound_callback(int version, int actions, uint64_t class, const void *exception,
		     const void *context)
{
	if (is_going(actions)) {
		struct librdkafka_thread *self = librdkafka_this_thread();

		self->exception = exception;
		if (self->callback)
			nesting_callback_end(self->callback);
	}
	return unwound_call(version, actions, class, exception, context);
}

int unwound_flush(int version, int actions, uint64_t class, const void *exception,
		  const void *context)
{
	struct librdkafka_thread *self = &librdkafka_thread;

	if (is_going(actions) && librdkafka_this_thread()->flush_at) {
		bool delivery = self->exception == exception;
		uint32_t what =
			actions & ACTION_FORCED ? FLUSH_LEFT_THREAD : FLUSH_LEFT_EXCEPTION;

		flush_left(self, what | (delivery ? FLUSH_LEFT_DELIVERY : 0));
	}
	return unwound_call(version, actions, class, exception, context);
}
