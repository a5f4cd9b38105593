/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format_large.h - where the time of large messages went.
 *
 * A part of format.h, which says what holds for all of it: include that.
 */
#ifndef UNFLUSHED_FORMAT_LARGE_H
#define UNFLUSHED_FORMAT_LARGE_H

#include "format/format_word.h"

/*
 * Key plus value, in bytes, from which on a message is large. Only for such messages
 * the guest reads two clocks. To compare: kafka-python takes 50 ms to encode a message of this
 * size where its checksum is written in Python, and some 3 ms where it is written in C.
 */
#define TRACE_LARGE_BYTES (256u << 10)

/*
 * A large message. The slowest of them have a row: where all rows are taken, a new message
 * takes that of the one which was done soonest. Times are CLOCK_MONOTONIC; 0 is not yet, or
 * not seen. Messages of one batch have the same `batch`, and its building is in each of their
 * rows.
 */
struct trace_large {
	uint32_t state;
	uint32_t producer; /* row of SECTION_PRODUCER */
	uint32_t site;	   /* row of SECTION_SITE plus 1; 0 unknown */
	uint32_t batch;
	uint64_t bytes;	      /* key plus value */
	int64_t began_ns;     /* the application called send(); 0 not known */
	uint64_t send_ns;     /* inside send(), without building in it; 0 it has not returned */
	uint64_t send_cpu_ns; /* processor time of that thread meanwhile */
	int64_t built_ns;  /* its client had encoded its batch (and compressed, and summed) */
	uint64_t build_ns; /* how long that took; 0 not known, */
	uint64_t build_cpu_ns; /* and the processor time of that thread meanwhile */
	int64_t requested_ns;  /* its batch was last put into a Produce request */
	int64_t offered_ns;    /* the write began that took the first byte of that request */
	int64_t written_ns;    /* the kernel had taken its last byte */
	int64_t ended_ns;      /* the client called it done */
	uint32_t socket;   /* row of SECTION_SOCKET plus 1, that the request was handed to; */
	uint32_t request;  /* its number among that connection's Produce requests, from 1 */
	uint32_t end;	   /* enum trace_count; COUNT_SENT: it has not ended */
	uint32_t requests; /* how often it was put into one */
	uint8_t spare[8];
};

/* The sums of a producer's large messages; row n belongs to row n of SECTION_PRODUCER. */
struct trace_stages {
	uint32_t state;
	uint32_t reserved;
	uint64_t messages;
	uint64_t bytes;
	uint64_t send_ns; /* as in struct trace_large */
	uint64_t send_cpu_ns;
	uint64_t built_bytes; /* of whole batches with a large message in them, each once: */
	uint64_t build_ns;
	uint64_t build_cpu_ns;
	uint64_t offered; /* messages; from send() to the first byte: */
	uint64_t before_ns;
	uint64_t before_max_ns;
	uint64_t written; /* messages; from the first byte to the last: */
	uint64_t writing_ns;
	uint64_t answered; /* messages; from the last byte to the broker's answer: */
	uint64_t answering_ns;
	uint8_t spare[8];
};

TRACE_SIZE_IS(trace_large, 128);
TRACE_SIZE_IS(trace_stages, 128);

#endif
