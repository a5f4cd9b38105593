/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire_flight.h - what the connections show of a producer's messages.
 */
#ifndef UNFLUSHED_BUILD_WIRE_FLIGHT_H
#define UNFLUSHED_BUILD_WIRE_FLIGHT_H

#include "build/builder.h"

/* Counts are of messages (records), sizes of bytes. */
struct flight {
	int64_t sockets;
	int64_t requests; /* whole Produce requests on its connections */
	int64_t records;  /* in flight at the end */
	int64_t kernel_bytes;
	int64_t answered;     /* records, also if the client ignored the answer */
	int64_t unanswerable; /* records written whole with acks=0 */
	int64_t given_up; /* records, whole but unanswered on connections that the client gave
			   * up */
	int64_t dropped_least;
	int64_t accepted_bytes; /* in total, on all connections that may be the producer's */
	bool readable;
	bool hidden;	      /* there is a TLS connection that may be the producer's */
	int64_t hidden_bytes; /* what the kernel held of such connections */
	bool kernel_unseen;   /* not known for one of its own connections */
	bool writing;	      /* one request may be written but not counted */
	bool refused;	      /* records answered with an error, which may be sent again */
	bool reset;
	bool may_forget;
	bool kernel_open;
	int64_t kernel_age_ns;
};

/* For a producer (index) of the builder's process, whose sockets are built and linked. */
struct flight flight_of(const struct builder *builder, size_t producer);

/* What the guest has counted of a producer's requests; NULL: it counts nothing for it. */
const struct trace_producer_more *requests_of(const struct builder *builder,
					      const struct producer *producer);

#endif
