/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_delivery.c - counts every message that the client accepted, and how it ended.
 *
 * on_send runs on the application's thread before the message can be sent,
 * on_acknowledgement on any thread when it is done, delivered or not. The two
 * may get different message pointers (produce_batch), and on_acknowledgement
 * is not called for every message that destroy drops.
 */
#include "librdkafka/interceptors.h"

#include <string.h>

#include "account/counts.h"
#include "account/held.h"
#include "account/message_sites.h"
#include "account/refused.h"
#include "librdkafka/nesting.h"
#include "librdkafka/state.h"
#include "trace/batches.h"
#include "trace/large_thread.h"
#include "trace/map.h"
#include "trace/record.h"
#include "trace/writer.h"
#include "trace/socket_row.h"

#define LATENCY_EACH 16 /* messages of an answer */

static inline bool is_large(const rd_kafka_message_t *message)
{
	return UNLIKELY(message->len + message->key_len >= TRACE_LARGE_BYTES);
}

static bool row_is(uint32_t row, uint32_t producer, int32_t partition, const char *topic)
{
	const struct trace_topic *entry = &trace->topics[row];
	size_t bytes;
	const char *name = writer_string_text(entry->topic, &bytes);

	return entry->producer == producer && entry->partition == partition &&
	       strncmp(name, topic, bytes) == 0 && topic[bytes] == '\0';
}

/*
 * Whether the topic at this address is still the same. It is while the
 * application holds a topic handle; a new one would have been made by
 * rd_kafka_topic_new. A topic that librdkafka makes itself (producev by name)
 * may get the address of a freed one: those are compared by name.
 */
static inline bool topic_is_still(const struct librdkafka_thread *self,
				  const struct handle *handle, const rd_kafka_topic_t *topic)
{
	if (LIKELY(self->producing && !self->by_name))
		return self->produce_topics_made ==
		       __atomic_load_n(&librdkafka_state->topics_made, __ATOMIC_RELAXED);
	return row_is((uint32_t)self->produce_row, self->produce_producer, -1,
		      USE(handle->copy, rd_kafka_topic_name)(topic));
}

static __attribute__((noinline)) void produced_from(struct librdkafka_thread *self,
						    const struct account_producer *producer,
						    uint32_t site)
{
	self->produce_cell =
		writer_cell_after(self->produce_cell, (uint32_t)self->produce_row, site);
	self->produce_site = site;
	if (nesting_is_callback(self))
		self->callback_produces = true;
	else
		self->own |= 1ull << producer_index(producer);
}

static __attribute__((noinline)) void produced_to(struct librdkafka_thread *self,
						  const struct handle *handle,
						  const struct account_producer *producer,
						  const rd_kafka_topic_t *topic, uint32_t site)
{
	self->produce_topics_made =
		__atomic_load_n(&librdkafka_state->topics_made, __ATOMIC_RELAXED);
	self->produce_row =
		(int32_t)count_row(producer, USE(handle->copy, rd_kafka_topic_name)(topic), -1);
	self->produce_producer = producer_index(producer);
	self->produce_topic = topic;
	produced_from(self, producer, site);
}

/* Notes the message for the produce call that is running on this thread, if one is. */
static inline void call_notes(struct librdkafka_thread *self, uint32_t row, uint64_t bytes)
{
	if (UNLIKELY(!self->producing))
		return;
	self->produced_messages++;
	self->produced_bytes += bytes;
	self->produced_row = row;
}

/* Whether a binding has held the message: then it is counted already, and its line is known. */
static __attribute__((noinline)) bool held_passes(struct librdkafka_thread *self,
						  const struct handle *handle,
						  struct account_producer *producer,
						  const rd_kafka_message_t *message,
						  uint64_t bytes)
{
	const char *topic = USE(handle->copy, rd_kafka_topic_name)(message->rkt);
	uint32_t row = count_row(producer, topic, -1);
	uint32_t site;

	if (!self->producing || !held_take(producer, row, message->partition, &site))
		return false;
	message_site_sent(producer, message, site);
	self->site = site; /* if produce refuses it after all, it is uncounted there */
	call_notes(self, row, bytes);
	return true;
}

static inline void message_produced(struct librdkafka_thread *self, const struct handle *handle,
				    struct account_producer *producer,
				    const rd_kafka_message_t *message, bool outermost)
{
	uint64_t bytes = message->len + message->key_len;
	uint32_t site = self->producing ? self->site : 0;

	if (UNLIKELY(held_by(producer)) && held_passes(self, handle, producer, message, bytes))
		return;
	message_site_sent(producer, message, site);
	if (UNLIKELY(self->produce_topic != message->rkt ||
		     self->produce_producer != producer_index(producer) ||
		     !topic_is_still(self, handle, message->rkt)))
		produced_to(self, handle, producer, message->rkt, site);
	else if (self->produce_site != site)
		produced_from(self, producer, site);
	struct trace_cell *cell = outermost ? self->produce_cell : NULL;
	struct trace_topic *row = &trace->topics[self->produce_row];

	if (UNLIKELY(producer->many_sites) && cell)
		count_mark(cell, count_requests(producer));
	count_add(cell ? &cell->counts : &row->counts, cell != NULL, COUNT_SENT, 1, bytes);
	call_notes(self, (uint32_t)self->produce_row, bytes);
}

/* The message may have been refused before. Its payload can be read until this returns. If no
 * partition is found it is refused after all, and counted as refused again. */
static __attribute__((noinline)) void offered_again(const struct handle *handle,
						    struct account_producer *producer,
						    const rd_kafka_message_t *message)
{
	struct refused_message again = {NULL, message->key, message->payload, message->key_len,
					message->len};

	if (!refused_resembles_closer(&again))
		return;
	again.topic = USE(handle->copy, rd_kafka_topic_name)(message->rkt);
	refused_accepted(producer, &again);
}

/* Its time counts from the call of produce(): librdkafka uses the same clock. */
static __attribute__((noinline)) void large_taken(const struct handle *handle,
						  const struct account_producer *producer,
						  const rd_kafka_message_t *message)
{
	int64_t took_us = handle->copy->use[USE_rd_kafka_message_latency]
				  ? USE(handle->copy, rd_kafka_message_latency)(message)
				  : 0;

	large_message_taken(message, producer_index(producer),
			    librdkafka_thread.producing ? librdkafka_thread.site : 0,
			    message->len + message->key_len,
			    guest_now_ns() - (took_us > 0 ? took_us : 0) * 1000);
}

rd_kafka_resp_err_t intercept_send(rd_kafka_t *rk, rd_kafka_message_t *message, void *opaque)
{
	struct handle *handle = opaque;

	(void)rk;
	if (UNLIKELY(!record_ready()))
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	struct account_producer *producer = handle_account(handle);
	struct guest_thread *self = guest_this_thread();
	bool outermost = guest_enter_anyhow(self);

	message_produced(&librdkafka_thread, handle, producer, message, outermost);
	if (UNLIKELY(refused_resembles(producer, message->key_len, message->len)))
		offered_again(handle, producer, message);
	if (is_large(message))
		large_taken(handle, producer, message);
	guest_leave_anyhow(self, outermost);
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

/*
 * The end that an acknowledgement means. For messages that destroy drops it has
 * any error, or is not called: they stay outstanding. Purged messages
 * (-152, -151) were discarded by the application, unless destroy did it.
 */
static enum trace_count outcome(const struct handle *handle,
				const struct account_producer *producer,
				const rd_kafka_message_t *message)
{
	if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
		if (handle->copy->use[USE_rd_kafka_message_status])
			return USE(handle->copy, rd_kafka_message_status)(message) ==
					       RD_KAFKA_MSG_STATUS_PERSISTED
				       ? COUNT_DELIVERED
				       : COUNT_UNCONFIRMED;
		return handle->acks == 0 ? COUNT_UNCONFIRMED : COUNT_DELIVERED;
	}
	if (producer->destroying || message->err == RD_KAFKA_RESP_ERR__DESTROY)
		return COUNT_DROPPED;
	if (message->err == RD_KAFKA_RESP_ERR__PURGE_QUEUE ||
	    message->err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT)
		return COUNT_PURGED;
	return COUNT_FAILED;
}

static void latency_count(const struct librdkafka_thread *self, uint32_t messages)
{
	struct trace_producer *row = &trace->producers[self->ack_producer];

	__atomic_fetch_add(&row->latency[self->latency_bucket], messages, __ATOMIC_RELAXED);
}

/* Messages whose latency was not asked for are counted with that of the one before. */
static void latency_settle(struct librdkafka_thread *self)
{
	if (self->latency_passed)
		latency_count(self, self->latency_passed);
	self->latency_passed = 0;
}

/* The first message that an answer acknowledges is the oldest of its batch. */
static __attribute__((noinline)) void queued_count(const struct librdkafka_thread *self,
						   int64_t took_us)
{
	int64_t left_ns = large_request_left();

	if (left_ns)
		batches_queued(self->ack_producer, took_us * 1000 - (guest_now_ns() - left_ns));
}

/* librdkafka reads the clock for each latency that it is asked for. An answer acknowledges its
 * messages one after the other, oldest first: the guest asks for the first, so that the longest
 * is known, and then for one in LATENCY_EACH. */
static void latency_add(struct librdkafka_thread *self, const struct handle *handle,
			const rd_kafka_message_t *message, bool again)
{
	if (again && self->latency_passed + 1 < LATENCY_EACH) {
		self->latency_passed++;
		return;
	}
	latency_settle(self);
	if (!handle->copy->use[USE_rd_kafka_message_latency])
		return;
	int64_t took_us = USE(handle->copy, rd_kafka_message_latency)(message);

	if (took_us < 0)
		return;
	self->latency_bucket = (uint16_t)trace_bucket((uint64_t)took_us);
	latency_count(self, 1);
	if (!again && handle->answers_seen)
		queued_count(self, took_us);
	writer_max(&trace->producers[self->ack_producer].latency_max_us, (uint64_t)took_us);
}

/* For versions of librdkafka that do not tell it per message: whether no Produce request was
 * ever written. */
static bool nothing_was_sent(const struct handle *handle,
			     const struct account_producer *producer)
{
	return handle->requests_seen &&
	       __atomic_load_n(&producer_row(producer)->requests_sent, __ATOMIC_ACQUIRE) == 0;
}

/* rd_kafka_message_status() tells whether the message was written and not refused. */
static void maybe_note(const struct handle *handle, struct account_producer *producer,
		       const rd_kafka_message_t *message, enum trace_count kind)
{
	if (kind != COUNT_FAILED && kind != COUNT_PURGED)
		return;
	if (!handle->copy->use[USE_rd_kafka_message_status]
		    ? !nothing_was_sent(handle, producer)
		    : USE(handle->copy, rd_kafka_message_status)(message) !=
			      RD_KAFKA_MSG_STATUS_NOT_PERSISTED)
		count_maybe(producer, kind, 1);
}

/*
 * Whether the message is counted in the same cell as the one before. While the messages of one
 * answer are acknowledged a topic's address stays the same topic, since they all hold a
 * reference. Otherwise a new topic may have got the address.
 */
static inline bool acknowledged_again(const struct librdkafka_thread *self,
				      const struct handle *handle, uint32_t producer,
				      const rd_kafka_message_t *message)
{
	if (UNLIKELY(self->ack_topic != message->rkt || self->ack_producer != producer ||
		     self->ack_partition != message->partition))
		return false;
	return (LIKELY(self->ack_goes_on) && !message->err) ||
	       row_is((uint32_t)self->ack_row, producer, message->partition,
		      USE(handle->copy, rd_kafka_topic_name)(message->rkt));
}

static __attribute__((noinline)) void acknowledged_of(struct librdkafka_thread *self,
						      const struct handle *handle,
						      const struct account_producer *producer,
						      const rd_kafka_message_t *message,
						      uint32_t site)
{
	const char *topic = USE(handle->copy, rd_kafka_topic_name)(message->rkt);

	self->ack_row = (int32_t)count_row(producer, topic, message->partition);
	self->ack_cell = writer_cell_after(self->ack_cell, (uint32_t)self->ack_row, site);
	self->ack_site = site;
	self->ack_producer = producer_index(producer);
	self->ack_partition = message->partition;
	self->ack_topic = message->rkt;
}

static void message_done(struct librdkafka_thread *self, const struct handle *handle,
			 struct account_producer *producer, const rd_kafka_message_t *message,
			 bool outermost)
{
	uint64_t bytes = message->len + message->key_len;
	enum trace_count kind = outcome(handle, producer, message);
	uint32_t site = message_site_done(producer, message);
	bool again = self->ack_goes_on;

	if (UNLIKELY(!acknowledged_again(self, handle, producer_index(producer), message))) {
		latency_settle(self);
		acknowledged_of(self, handle, producer, message, site);
		again = false;
	} else if (UNLIKELY(self->ack_site != site)) {
		self->ack_cell =
			writer_cell_after(self->ack_cell, (uint32_t)self->ack_row, site);
		self->ack_site = site;
	}
	self->ack_goes_on = handle->answers_seen && !message->err;
	struct trace_cell *cell = outermost ? self->ack_cell : NULL;
	struct trace_topic *row = &trace->topics[self->ack_row];

	maybe_note(handle, producer, message, kind);
	count_add(cell ? &cell->counts : &row->counts, cell != NULL, kind, 1, bytes);
	if (kind == COUNT_DELIVERED || kind == COUNT_UNCONFIRMED)
		latency_add(self, handle, message, again);
	else if (kind == COUNT_FAILED)
		count_failed(producer, 1, bytes, message->err);
	if (is_large(message))
		large_message_done(message, kind);
}

rd_kafka_resp_err_t intercept_acknowledgement(rd_kafka_t *rk, rd_kafka_message_t *message,
					      void *opaque)
{
	struct handle *handle = opaque;

	(void)rk;
	if (UNLIKELY(!record_ready()))
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	struct guest_thread *self = guest_this_thread();

	/* During a produce call on the same thread it is the message that produce
	 * is about to refuse (counted by on_produce.c); in a batch it may be the
	 * application's own array element, without a topic. */
	if (UNLIKELY(librdkafka_thread.producing || !message->rkt)) {
		if (is_large(message))
			large_message_refused(message);
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	}
	struct account_producer *producer = handle_account(handle);
	bool outermost = guest_enter_anyhow(self);

	message_done(&librdkafka_thread, handle, producer, message, outermost);
	guest_leave_anyhow(self, outermost);
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}
