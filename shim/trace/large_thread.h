/* SPDX-License-Identifier: Apache-2.0 */
/*
 * large_thread.h - large messages of a client that does not say which request each is in.
 *
 * librdkafka tells of a message when it is taken and when it is done, and not between. But a
 * thread of its own builds a request, writes it, reads its answer and calls its messages done,
 * before it goes on to anything else:
 *
 *	poll ─▶ build ─▶ poll ─▶ write, write ... poll ─▶ read the answer ─▶ messages are done
 *	        └ processor time ┘ └── the wire: first byte, last byte ──┘
 *
 * So a message that is done right behind an answer was in the request that was answered; with
 * acks=0, right behind the last byte of its request. What the thread needs of the processor
 * between its last call on a connection and the next poll() is for building requests. It is
 * read while large messages are under way, and only on threads that write for a producer
 * (owners.h); of a request that may have been begun before the first of these readings it is
 * not known.
 *
 * Where queue.buffering.backpressure.threshold lets it, several requests are built in one
 * turn and written one right behind the other. What each of them took is not known then, and
 * what all of them took is summed up if they held large messages alone.
 *
 * Any thread, while a trace is recorded; no lock.
 */
#ifndef UNFLUSHED_TRACE_LARGE_THREAD_H
#define UNFLUSHED_TRACE_LARGE_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "format/format.h"
#include "trace/map.h"
#include "trace/owners.h"

/* A large message was taken: known by its address until it is done. */
void large_message_taken(const void *message, uint32_t producer, uint32_t site, uint64_t bytes,
			 int64_t began_ns);

/* The client has done with the message. Nothing if no large message is known by this address.
 */
void large_message_done(const void *message, enum trace_count end);

/* The client has refused the message after all. */
void large_message_refused(const void *message);

/* The producer is destroyed: forgets its messages that are not done. */
void large_messages_left(uint32_t producer);

/* Whether a message of large_message_taken() is under way. */
static inline bool large_is_timed(void)
{
	return UNLIKELY(__atomic_load_n(&trace->large_timed, __ATOMIC_RELAXED) != 0);
}

/* A call of the calling thread is over: a poll() or its like; a write; a read. */
enum large_call { LARGE_POLLED, LARGE_WROTE, LARGE_READ };
void large_call_over(enum large_call call);

static inline void large_call_note(enum large_call call)
{
	if (large_is_timed() && owners_thread.producer)
		large_call_over(call);
}

/* A Produce request of the calling thread's, known by its connection (row of SECTION_SOCKET)
 * and its correlation id. */
struct large_produce {
	uint32_t socket;
	int32_t correlation;
	int32_t records;    /* TRACE_UNKNOWN */
	int64_t offered_ns; /* its first byte; 0 not known */
	int64_t written_ns; /* its last byte */
	bool unanswerable;  /* acks=0: it is over before the next of its turn has begun */
};

/* The kernel has taken the first bytes of a Produce request; it has taken all of them: both to
 * be called only if large_is_timed(). The request was answered or, with acks=0, written whole:
 * to be called always. */
void large_request_began(uint32_t socket);
void large_request_written(const struct large_produce *request);
void large_request_over(const struct large_produce *request);

/* The client says itself that a request of the calling thread was answered just now, `since_us`
 * after it was written; or, with acks=0, written just now (0). Where frames can be read,
 * large_request_over() has told this already. Negative: not known, and nothing is noted. */
void large_request_told(int64_t since_us);

/* When the first byte was taken of the request whose messages are done now on this thread, or
 * its last one where the first was not seen; 0: not known. CLOCK_MONOTONIC. */
int64_t large_request_left(void);

#endif
