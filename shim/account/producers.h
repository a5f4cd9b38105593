/* SPDX-License-Identifier: Apache-2.0 */
/*
 * producers.h - the librdkafka producers of this process and their counters.
 *
 * Two tables. A `handle` is what the guest must remember to serve the host
 * rightly (its own callbacks): it survives a fork, as the host's rd_kafka_t
 * does. A `guest_producer` is this process's account of it, row by row with
 * SECTION_PRODUCER: a forked child finds it empty and opens its own.
 */
#ifndef UNFLUSHED_PRODUCERS_H
#define UNFLUSHED_PRODUCERS_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/state.h"
#include "calls/resolve.h"
#include "trace/map.h"

typedef void report_fn(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque);
typedef void old_report_fn(rd_kafka_t *rk, void *payload, size_t bytes, rd_kafka_resp_err_t error,
			   void *opaque, void *message_opaque);
typedef void event_fn(rd_kafka_t *rk, rd_kafka_event_t *event, void *opaque);

/* Owned by producers.c; an interceptor's opaque points to it. */
struct handle {
	uint32_t taken;
	uint32_t producer; /* index of its account in this process */
	rd_kafka_t *rk;	   /* NULL before on_new and after destroy */
	bool accounted; /* messages are counted: not a handle we only serve */
	const struct copy *copy;
	report_fn *report;	   /* the host's dr_msg_cb, or NULL */
	old_report_fn *old_report; /* the host's dr_cb, or NULL */
	event_fn *background;	   /* the host's background_event_cb, or NULL */
	uint32_t flags;		   /* bits of enum trace_producer_flag */
	int32_t acks;
};

struct handle *handle_take(const struct copy *copy);
void handle_release(struct handle *handle);
struct handle *handle_find(const rd_kafka_t *rk);

/* Opens an account: takes a row, or the shared overflow row. */
void producer_open(struct handle *handle, uint32_t flags);

/* The same for a client beside librdkafka: `object` is what its producer is
 * known by. The caller fills in the rest of the row. */
struct guest_producer *producer_open_other(void *object, enum trace_client client, uint32_t flags);

/* Its rd_kafka_t is gone. When nothing of it is left to judge, its row may be
 * continued by a later producer. */
void producer_settle(struct guest_producer *producer);

/* The account of a handle, opened at need (in a forked child). */
struct guest_producer *producer_of_inherited(struct handle *handle);

static inline struct guest_producer *producer_of(struct handle *handle)
{
	struct guest_producer *producer = &guest->producers[handle->producer];

	return LIKELY(producer->rk == handle->rk) ? producer : producer_of_inherited(handle);
}

/* The account of a handle by its rd_kafka_t; NULL if it has none here. */
struct guest_producer *producer_find(const rd_kafka_t *rk);

static inline uint32_t producer_index(const struct guest_producer *producer)
{
	return (uint32_t)(producer - guest->producers);
}

static inline struct trace_producer *producer_row(const struct guest_producer *producer)
{
	return &trace->producers[producer_index(producer)];
}

/* Messages produced, and messages that are done, by now: a walk over the
 * producer's topic rows and cells. */
uint64_t producer_produced(const struct guest_producer *producer);
/* Without those that a binding has not given to librdkafka: all that a wait of
 * librdkafka's can reach. */
uint64_t producer_given(const struct guest_producer *producer);
uint64_t producer_done(const struct guest_producer *producer);

/* The application has waited for the first `produced` messages. */
void producer_waited(struct guest_producer *producer, uint64_t produced, enum trace_waited_by by);

/* Adds to the table of error codes; `count` is COUNT_FAILED or COUNT_REJECTED. */
void producer_error(struct guest_producer *producer, int32_t code, enum trace_count count);

/* The producer that a topic or queue handle was made for; librdkafka does not
 * tell. The only producer there is when the making was not seen, or NULL. */
void object_remember(const void *object, const struct guest_producer *producer);
struct guest_producer *object_producer(const void *object);

#endif
