/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handles.h - the rd_kafka_t of this process, and whose account each has.
 *
 * A handle is what the guest must remember to serve the host rightly (its own
 * callbacks): it survives a fork, as the host's rd_kafka_t does. Its account
 * (account/producers.h) does not: a forked child opens its own.
 */
#ifndef UNFLUSHED_LIBRDKAFKA_HANDLES_H
#define UNFLUSHED_LIBRDKAFKA_HANDLES_H

#include "account/producers.h"
#include "calls/resolve.h"

typedef void report_fn(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque);
typedef void old_report_fn(rd_kafka_t *rk, void *payload, size_t bytes,
			   rd_kafka_resp_err_t error, void *opaque, void *message_opaque);
typedef void event_fn(rd_kafka_t *rk, rd_kafka_event_t *event, void *opaque);

/* Owned by handles.c; an interceptor's opaque points to it. */
struct handle {
	uint32_t producer; /* index of its account in this process */
	rd_kafka_t *rk;	   /* NULL before on_new and after destroy */
	bool answers_seen; /* intercept_response_received() comes before what is acknowledged */
	bool accounted;	   /* messages are counted: not a handle we only serve */
	const struct copy *copy;
	report_fn *report;	   /* the host's dr_msg_cb, or NULL */
	old_report_fn *old_report; /* the host's dr_cb, or NULL */
	event_fn *background;	   /* the host's background_event_cb, or NULL */
	uint32_t flags;		   /* bits of enum trace_producer_flag */
	int32_t acks;
	const struct binding *binding; /* binding.h; NULL before the callbacks are ours */
	const void *maker;	       /* in the code that made it; NULL: not known */
	bool maker_asked;	       /* binding_of() has looked at that */
};

/* NULL: there are too many. */
struct handle *handle_take(const struct copy *copy);
void handle_release(struct handle *handle);
/* From now on it is what is found by this address, and no other is. */
void handle_is_of(struct handle *handle, rd_kafka_t *rk);
struct handle *handle_find(const rd_kafka_t *rk);
/* Whether one was ever taken, in this process or before it was forked. */
bool handle_any(void);

/* Opens its account in this process. */
void handle_open(struct handle *handle, uint32_t flags);

/* Its account, which is not its own yet: this is a forked child. */
struct account_producer *handle_account_inherited(struct handle *handle);

/* The account of a handle, opened at need (in a forked child). */
static inline struct account_producer *handle_account(struct handle *handle)
{
	struct account_producer *producer = producer_at(handle->producer);

	return LIKELY(producer->owner == handle->rk) ? producer
						     : handle_account_inherited(handle);
}

/* The account, in this process, of an rd_kafka_t: its own or the overflow row; NULL: it
 * has none. Does not open one. */
struct account_producer *handle_known(const rd_kafka_t *rk);

/* The account of an rd_kafka_t, opened at need; NULL: none such is counted. For who
 * meets rd_kafka_t outside of this room. */
struct account_producer *handle_account_of(const void *rk);

/* The binding of a producer, for when it matters who that is: where it is not known yet, the
 * first call looks into the object that made the producer. Never NULL. */
const struct binding *binding_of(struct handle *handle);

/* Asks the client for a fatal error, and notes one. May lock what librdkafka guards that
 * with: in calls of the application alone, after the real one. NULL: nothing. */
void handle_fatal_look(const struct handle *handle);

/* The producer that a topic or queue handle was made for; librdkafka does not
 * tell. The only producer there is when the making was not seen, or NULL. */
void handle_object_remember(const void *object, const struct account_producer *producer);
struct account_producer *handle_object_producer(const void *object);

#endif
