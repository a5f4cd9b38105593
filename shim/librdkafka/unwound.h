/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unwound.h - calls that a callback of the host's leaves without returning.
 *
 * A C++ exception out of a callback passes librdkafka's frames and ours. Each of ours names
 * a personality routine, which the unwinder asks whether the frame catches (never), and tells
 * when the frame goes. That needs nothing of libgcc, which the guest must not need. The same
 * comes when a thread is cancelled, or ends by pthread_exit(), in a callback.
 *
 * A longjmp() calls no routine. It is noticed only when the thread is seen in a frame further
 * up its stack than the call that it was in (story: leaves_flush).
 */
#ifndef UNFLUSHED_LIBRDKAFKA_UNWOUND_H
#define UNFLUSHED_LIBRDKAFKA_UNWOUND_H

#include "account/waits.h"
#include "librdkafka/nesting.h"

/* In a function, right before the call that an exception may come out of: `routine` is one
 * of those below. The encoding is DW_EH_PE_pcrel | DW_EH_PE_sdata4. */
#define UNWOUND_TELLS(routine) __asm__ volatile(".cfi_personality 0x1b, " #routine)

typedef int unwound_fn(int version, int actions, uint64_t class, const void *exception,
		       const void *context);

unwound_fn unwound_call;     /* any call of the table */
unwound_fn unwound_flush;    /* rd_kafka_flush */
unwound_fn unwound_callback; /* a delivery callback of the host's */

/* A flush of the application's is running on this thread; `outer` is what it interrupts. */
struct unwound_flush {
	uintptr_t at;
	int64_t began_ns;
	uint32_t producer, left;
	bool pends;
};

void unwound_flush_begin(const struct wait *wait, struct unwound_flush *outer);
/* It has returned: enum trace_flush_left, how it was left if it was. */
uint32_t unwound_flush_end(const struct unwound_flush *outer);

/* rd_kafka_yield() in a callback. */
void unwound_yielded(void);

/* The host is seen at `frame`: a flush further down the stack was left by a jump. */
void unwound_seen(struct librdkafka_thread *self, uintptr_t frame);
/* main() has returned: so was one that was running. */
void unwound_main_returned(void);

/* Round real calls that may call other functions of the table; 0: the call cannot block.
 * True: it is outermost. What is nested lies below on the stack: an outermost call that does
 * not lie above was left by a jump. */
static inline __attribute__((always_inline)) bool nesting_enter(int timeout_ms)
{
	if (!kafka_is_recording())
		return true;
	struct librdkafka_thread *self = librdkafka_this_thread();
	uintptr_t frame = (uintptr_t)__builtin_frame_address(0);

	if (self->api_depth++ && LIKELY(frame < self->depth_at))
		return false;
	if (UNLIKELY(self->flush_at))
		unwound_seen(self, frame);
	self->api_depth = 1;
	self->depth_at = frame;
	self->timeout_ms = timeout_ms;
	return true;
}

/* The process is asked to end, on this thread. */
static inline void unwound_leaves(const void *frame)
{
	if (guest_phase() == GUEST_RECORDING && librdkafka_this_thread()->flush_at)
		unwound_seen(&librdkafka_thread, (uintptr_t)frame);
}

#endif
