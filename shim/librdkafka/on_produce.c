/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_produce.c - the produce calls: refused messages, and the lines that call.
 *
 * Accepted messages are counted by on_send (on_delivery.c), whichever function
 * produced them. For a refused message on_send is not called, or it is called
 * and the message is then refused since no partition can be found ("unrolled");
 * both are counted here.
 */
#include "librdkafka/on_produce.h"

#include <string.h>

#include "account/counts.h"
#include "account/held.h"
#include "account/refused.h"
#include "librdkafka/handles.h"
#include "site/callsite.h"
#include "trace/record.h"

/* In a forked child that uses its parent's producer the trace is made here, before the message
 * is in the queue, so that the first message has a line, too. */
static __attribute__((noinline)) bool records_from_here(void)
{
	return handle_any() && !guest_is_borrowed() && record_ready();
}

void produce_prepare(struct call *call)
{
	if (UNLIKELY(guest_phase() != GUEST_RECORDING) && !records_from_here())
		return;
	struct librdkafka_thread *self = librdkafka_this_thread();

	self->site = callsite_find(call->caller, call->frame);
	self->produced_messages = 0;
	self->produced_bytes = 0;
	/* Only these two calls take a topic handle that the application holds. */
	self->by_name = call->real != call->copy->real[CALL_rd_kafka_produce] &&
			call->real != call->copy->real[CALL_rd_kafka_produce_batch];
	self->producing = true;
}

static void rejected(struct account_producer *producer, const struct offer *offer,
		     int32_t error, uint32_t batch)
{
	struct refused_message message = {offer->topic, offer->key, offer->value,
					  offer->key_bytes, offer->value_bytes};
	struct refused_mark mark = {0};

	if (!offer->gone)
		mark = refused_mark(&message);
	mark.batch = batch;
	mark.unrolled = offer->unrolled;
	refused_add(producer, offer->topic ? offer->topic : "", librdkafka_thread.site,
		    offer->value_bytes + offer->key_bytes, error, mark);
}

/* Ends what produce_prepare() began; NULL when nothing is recorded. */
static struct librdkafka_thread *produce_end(void)
{
	if (guest_phase() != GUEST_RECORDING)
		return NULL;
	struct librdkafka_thread *self = librdkafka_this_thread();

	self->producing = false;
	return self;
}

void produce_account(struct account_producer *producer, const struct offer *offer,
		     int32_t error)
{
	struct librdkafka_thread *self = produce_end();

	if (!self || !error)
		return;
	if (!producer) {
		count_unseen(1);
		return;
	}
	struct offer refused = *offer;

	refused.unrolled = self->produced_messages > 0;
	if (refused.unrolled)
		count_in(self->produced_row, self->site, COUNT_UNROLLED,
			 self->produced_messages, self->produced_bytes);
	rejected(producer, &refused, error, 0);
}

/* Counts a call that may wait: if the process ends before it returns, its message was not
 * accepted by the client. */
int64_t produce_block(void)
{
	if (guest_phase() == GUEST_RECORDING)
		writer_add_shared(&trace->process->blocking_began, 1);
	return guest_now_ns();
}

void produce_blocked(struct account_producer *producer, int64_t began_ns)
{
	writer_add_shared(&trace->process->blocking_ended, 1);
	if (producer)
		writer_add_shared(&producer_row(producer)->blocked_ns,
				  (uint64_t)(guest_now_ns() - began_ns));
}

bool produce_parts_block(const rd_kafka_vu_t *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (parts[i].vtype == RD_KAFKA_VTYPE_MSGFLAGS)
			return parts[i].u.i & RD_KAFKA_MSG_F_BLOCK;
	return false;
}

void on_rd_kafka_produce(const struct call *call, int given, rd_kafka_topic_t *topic,
			 int32_t partition, int flags, void *value, size_t value_bytes,
			 const void *key, size_t key_bytes, void *opaque)
{
	(void)partition, (void)flags, (void)opaque;
	if (UNLIKELY(call->began_ns) && guest_phase() == GUEST_RECORDING)
		produce_blocked(handle_object_producer(topic), call->began_ns);
	if (guest_phase() != GUEST_RECORDING)
		return;
	struct offer offer = {.topic = USE(call->copy, rd_kafka_topic_name)(topic),
			      .value = value,
			      .value_bytes = value_bytes,
			      .key = key,
			      .key_bytes = key_bytes};

	produce_account(handle_object_producer(topic), &offer,
			given == 0 ? 0 : (int32_t)USE(call->copy, rd_kafka_last_error)());
}

/* The refused messages of a batch: for some of them on_send was called. */
struct refused {
	uint64_t unseen; /* messages */
	uint64_t unseen_bytes;
	uint64_t seen, seen_bytes;
};

static uint64_t more_than(uint64_t left, uint64_t right)
{
	return left > right ? left - right : 0;
}

/* If the guest did not see the making of the producer, on_send is never called. */
static struct refused refused_sum(const struct librdkafka_thread *self,
				  const rd_kafka_message_t *messages, int count, int given)
{
	uint64_t bytes = 0, accepted_bytes = 0;

	for (int i = 0; i < count; i++) {
		uint64_t size = messages[i].len + messages[i].key_len;

		bytes += size;
		if (!messages[i].err)
			accepted_bytes += size;
	}
	return (struct refused){
		.unseen = more_than((uint64_t)count, self->produced_messages),
		.unseen_bytes = more_than(bytes, self->produced_bytes),
		.seen = more_than(self->produced_messages, (uint64_t)given),
		.seen_bytes = more_than(self->produced_bytes, accepted_bytes),
	};
}

/* A message that a binding has held was counted when the binding took it, though on_send was
 * not called: it is uncounted in the same cell. */
static void held_refused(struct librdkafka_thread *self, struct account_producer *producer,
			 const char *topic, int32_t partition, struct refused *refused)
{
	uint32_t row = count_row(producer, topic, -1);
	uint64_t bytes = refused->unseen_bytes / refused->unseen;

	if (!held_take(producer, row, partition, &self->site))
		return;
	count_in(row, self->site, COUNT_UNROLLED, 1, bytes);
	refused->unseen_bytes -= bytes;
	refused->unseen--;
}

/* For messages without a partition on_send was called. librdkafka destroys them, and frees
 * their payload if it was given that (F_FREE); but only those of a batch, not a single one. */
static bool found_no_partition(int32_t error)
{
	return error != RD_KAFKA_RESP_ERR__QUEUE_FULL &&
	       error != RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
}

void on_rd_kafka_produce_batch(const struct call *call, int given, rd_kafka_topic_t *topic,
			       int32_t partition, int flags, rd_kafka_message_t *messages,
			       int count)
{
	struct librdkafka_thread *self = produce_end();
	struct account_producer *producer = self ? handle_object_producer(topic) : NULL;

	if (self && call->began_ns)
		produce_blocked(producer, call->began_ns);
	if (!self || !producer || given == count)
		return;
	struct refused refused = refused_sum(self, messages, count, given);
	const char *name = USE(call->copy, rd_kafka_topic_name)(topic);

	if (refused.seen)
		count_in(self->produced_row, self->site, COUNT_UNROLLED, refused.seen,
			 refused.seen_bytes);
	uint32_t batch = refused_batch_begin();

	for (int i = 0; i < count; i++) {
		int32_t error = messages[i].err;
		struct offer offer = {name,
				      messages[i].payload,
				      messages[i].len,
				      messages[i].key,
				      messages[i].key_len,
				      flags & RD_KAFKA_MSG_F_FREE && found_no_partition(error),
				      found_no_partition(error)};

		if (!error)
			continue;
		if (UNLIKELY(held_by(producer)) && refused.unseen)
			held_refused(self, producer, name, partition, &refused);
		rejected(producer, &offer, error, batch);
	}
}

void produce_offer_part(struct offer *offer, const struct copy *copy, const rd_kafka_vu_t *part)
{
	switch (part->vtype) {
	case RD_KAFKA_VTYPE_TOPIC:
		offer->topic = part->u.cstr;
		break;
	case RD_KAFKA_VTYPE_RKT:
		offer->topic = USE(copy, rd_kafka_topic_name)(part->u.rkt);
		break;
	case RD_KAFKA_VTYPE_VALUE:
		offer->value = part->u.mem.ptr;
		offer->value_bytes = part->u.mem.size;
		break;
	case RD_KAFKA_VTYPE_KEY:
		offer->key = part->u.mem.ptr;
		offer->key_bytes = part->u.mem.size;
		break;
	default:
		break;
	}
}

void on_rd_kafka_produceva(const struct call *call, rd_kafka_error_t *given, rd_kafka_t *rk,
			   const rd_kafka_vu_t *parts, size_t count)
{
	struct offer offer = {0};

	if (guest_phase() != GUEST_RECORDING)
		return;
	for (size_t i = 0; i < count; i++)
		produce_offer_part(&offer, call->copy, &parts[i]);
	if (call->began_ns)
		produce_blocked(handle_known(rk), call->began_ns);
	produce_account(handle_known(rk), &offer,
			given ? (int32_t)USE(call->copy, rd_kafka_error_code)(given) : 0);
}
