/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owners.h - which producer writes to a connection.
 *
 * It is the client's room that says so, not the frames, which may be encrypted: either that
 * the calling thread writes for a producer from now on, or that a descriptor is a producer's.
 * The first that is said of a connection stands.
 */
#ifndef UNFLUSHED_TRACE_OWNERS_H
#define UNFLUSHED_TRACE_OWNERS_H

#include <stdint.h>

#include "trace/socket_row.h"

struct owners_thread {
	uint32_t producer; /* row of SECTION_PRODUCER plus 1; 0: the thread writes for none */
};
extern __thread struct owners_thread owners_thread __attribute__((tls_model("initial-exec")));

/* From here on the calling thread writes for this producer (its row plus 1; 0 for none) to
 * each connection that speaks Kafka or TLS. */
static inline void owners_thread_is(uint32_t producer)
{
	guest_this_thread(); /* which resets what a fork has left */
	owners_thread.producer = producer;
}

/* `fd` is a connection of this producer's (its row plus 1), which gets a Produce request now.
 * Nothing if it is not followed. While a trace is recorded, and by one thread at a time for
 * each connection. Looks through all connections once for each of a producer's (some 10 us),
 * and at one of them from then on. What large.h knows the request by; 0: nothing. */
uint64_t owners_descriptor_is(int fd, uint32_t producer);

/* A thread that owners_thread_is() was called on has written to this connection. */
static inline void owners_written(struct trace_socket *row)
{
	if (UNLIKELY(!row->producer) && owners_thread.producer &&
	    socket_row_is_set(row, SOCKET_KAFKA | SOCKET_TLS))
		row->producer = owners_thread.producer;
}

/* Whether the producer of this connection may still become known: it has none, speaks TLS, and
 * these are its first writes, the handshake, before the client's room names the thread. */
static inline bool owners_may_come(const struct trace_socket *row)
{
	return UNLIKELY(row->writes < 16 && !row->producer) &&
	       socket_row_is_set(row, SOCKET_TLS);
}

/* With acks=0 and frames that cannot be read, any write may be a request without an answer. */
static inline bool owners_hidden_acks0(const struct trace_socket *row)
{
	return socket_row_is_set(row, SOCKET_TLS) && row->producer &&
	       trace->producers[row->producer - 1].acks == 0;
}

#endif
