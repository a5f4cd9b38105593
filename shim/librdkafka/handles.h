/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handles.h - the rd_kafka_t of this process, and the account of each.
 *
 * A handle is what the guest must remember of an rd_kafka_t so that the host
 * works as without it (the host's own callbacks): it survives a fork, as the
 * rd_kafka_t does. Its account
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
	uint32_t producer;  /* index of its account in this process */
	rd_kafka_t *rk;	    /* NULL before on_new and after destroy */
	bool requests_seen; /* intercept_request_sent() is called for each request */
	bool answers_seen; /* intercept_response_received() comes before what is acknowledged */
	bool accounted;	   /* its messages are counted; false: only its callbacks are kept */
	const struct copy *copy;
	report_fn *report;	   /* the host's dr_msg_cb, or NULL */
	old_report_fn *old_report; /* the host's dr_cb, or NULL */
	event_fn *background;	   /* the host's background_event_cb, or NULL */
	uint32_t flags;		   /* bits of enum trace_producer_flag */
	int32_t acks;
	const struct binding *binding; /* binding.h; NULL until reports_attach() */
	const void *maker;	       /* an address in the code that made it; NULL: unknown */
	bool maker_asked;	       /* binding_of() has looked at the maker's object */
};

/* A free handle, for an rd_kafka_t of this copy; the caller gives it back with
 * handle_release(). NULL: all are in use. */
struct handle *handle_take(const struct copy *copy);
void handle_release(struct handle *handle);
/* Makes handle_find() return this handle for `rk`, and no older one of the same address. */
void handle_is_of(struct handle *handle, rd_kafka_t *rk);
struct handle *handle_find(const rd_kafka_t *rk);
/* Whether a handle was ever taken, in this process or in one that it was forked from. */
bool handle_any(void);

/* Opens the handle's account in this process; `flags` is added to the handle's own. */
void handle_open(struct handle *handle, uint32_t flags);

/* The slow path of handle_account(): opens an account in a forked child, or returns the
 * overflow row where that is the handle's. */
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

/* The account of an rd_kafka_t, opened at need; NULL: none such is counted. For other rooms
 * that get an rd_kafka_t. */
struct account_producer *handle_account_of(const void *rk);

/* The binding of a producer, for when it matters who that is: where it is not known yet, the
 * first call looks into the object that made the producer. Never NULL. */
const struct binding *binding_of(struct handle *handle);

/* Asks librdkafka for a fatal error, and notes it. librdkafka may take a lock for that, so only
 * in calls of the application, after the real call. `handle` may be NULL: then nothing. */
void handle_fatal_look(const struct handle *handle);

/* The producer that a topic or queue handle was made for; librdkafka does not
 * tell. The only producer there is when the making was not seen, or NULL. */
void handle_object_remember(const void *object, const struct account_producer *producer);
struct account_producer *handle_object_producer(const void *object);

#endif
