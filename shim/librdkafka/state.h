/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h - what this room keeps: of the process, and of a thread.
 */
#ifndef UNFLUSHED_LIBRDKAFKA_STATE_H
#define UNFLUSHED_LIBRDKAFKA_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "format/format.h"
#include "guest/guest.h"
#include "guest/part.h"

#define LIBRDKAFKA_OBJECTS 1024

/* Which producer a topic or queue handle belongs to (handles.h). */
struct librdkafka_object {
	const void *object;
	uint32_t producer; /* index plus 1 */
};

/* A forked child finds it empty (guest/part.h). */
struct librdkafka_state {
	uint32_t topics_made; /* calls of rd_kafka_topic_new */
	struct librdkafka_object objects[LIBRDKAFKA_OBJECTS];
};

extern struct librdkafka_state *librdkafka_state; /* never NULL while recording */

struct handle;	/* handles.h */
struct nesting; /* nesting.h */

struct librdkafka_thread {
	/* One cache line: the produce call that is running, and where the last message
	 * of this thread was counted. */
	bool producing;	       /* inside a real produce call */
	bool by_name;	       /* that call names its topic by text */
	uint16_t api_depth;    /* real librdkafka calls of the application below us */
	uint32_t site;	       /* of the call: row of SECTION_SITE plus 1 */
	uint32_t produced_row; /* of SECTION_TOPIC: where its messages were counted */
	uint64_t produced_messages;
	uint64_t produced_bytes;
	const void *produce_topic;
	struct trace_cell *produce_cell;
	uint32_t produce_site;
	uint32_t produce_producer;
	uint32_t produce_topics_made;
	int32_t produce_row;

	/* Another: where the last acknowledgement was counted. */
	const void *ack_topic;
	struct trace_cell *ack_cell;
	int32_t ack_partition;
	uint32_t ack_site;
	int32_t ack_row;
	uint32_t ack_producer;	 /* index */
	bool ack_goes_on;	 /* the next one may be of the same answer */
	uint8_t latency_passed;	 /* messages since the last that was asked for its latency */
	uint16_t latency_bucket; /* of that one */

	/* And how it waits. */
	int32_t timeout_ms;	 /* of the outermost call; 0: it cannot block */
	uintptr_t callback_at;	 /* frame of the innermost delivery callback; 0 none */
	bool callback_produces;	 /* in it, for a producer that is not its own, maybe */
	bool flush_pends;	 /* wait_pends() for the flush that is running */
	uint16_t flush_producer; /* index */
	uint32_t flush_left;	 /* enum trace_flush_left, as far as is known */
	uint64_t own;		 /* producers that it produced to, outside of callbacks */

	/* A failed or purged message whose report a binding's callback has been given; whether
	 * that tells the application or the binding is not counted yet (on_report.c). */
	struct handle *untold; /* NULL none */
	const void *untold_opaque;
	int32_t untold_error;

	/* And what becomes of the calls that callbacks leave (unwound.h). */
	uintptr_t depth_at;	  /* frame of the outermost call */
	struct nesting *callback; /* of the innermost delivery callback; NULL none */
	const void *exception;	  /* the last that went out of one */
	uintptr_t flush_at;	  /* frame of the flush that is running; 0 none */
	int64_t flush_began_ns;
} THREAD_LOCAL_ALIGNED;

extern __thread struct librdkafka_thread librdkafka_thread
	__attribute__((tls_model("initial-exec")));

static inline struct librdkafka_thread *librdkafka_this_thread(void)
{
	guest_this_thread(); /* resets it where that is due */
	return &librdkafka_thread;
}

#endif
