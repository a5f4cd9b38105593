/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_produce.c - the produce calls: what they refused, and who called them.
 *
 * What they accept is counted by on_send (on_delivery.c), whatever the
 * variant. A refused message never reaches on_send, or reaches it and is
 * unrolled when no partition can be had for it; both are settled here.
 */
#include <errno.h>
#include <string.h>

#include "site/callsite.h"
#include "account/held.h"
#include "librdkafka/on_life.h"
#include "librdkafka/on_produce.h"
#include "account/producers.h"
#include "trace/map.h"
#include "trace/writer.h"

void kafka_produce_prepare(struct call *call)
{
	if (guest_phase() != GUEST_RECORDING)
		return;
	struct guest_thread *self = guest_this_thread();

	self->site = callsite_find(call->caller, call->frame);
	self->sent_messages = 0;
	self->sent_bytes = 0;
	/* Only these two take the topic as a handle that the application holds. */
	self->by_name = call->real != call->copy->real[CALL_rd_kafka_produce] &&
			call->real != call->copy->real[CALL_rd_kafka_produce_batch];
	self->producing = true;
}

#define FINGERPRINT_BYTES 256

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; at && i < count; i++)
		hash = (hash ^ at[i]) * 0x100000001b3u; /* FNV-1a */
	return hash;
}

/*
 * To see whether a refused message is offered again. Of a value only both
 * ends are read, for it may be megabytes; equal messages cannot be told
 * apart, and count as offered again.
 */
static uint64_t fingerprint(const struct offer *offer)
{
	size_t head = offer->value_bytes < FINGERPRINT_BYTES ? offer->value_bytes
							     : FINGERPRINT_BYTES;
	uint64_t hash = 0xcbf29ce484222325u ^ offer->value_bytes << 20 ^ offer->key_bytes;

	if (offer->given_away) {
		hash = hash_bytes(hash, &offer->value, sizeof offer->value);
	} else if (offer->value) {
		hash = hash_bytes(hash, offer->value, head);
		hash = hash_bytes(hash, (const char *)offer->value + offer->value_bytes - head, head);
	}
	hash = hash_bytes(hash, offer->key,
			  offer->key_bytes < FINGERPRINT_BYTES ? offer->key_bytes
							       : FINGERPRINT_BYTES);
	hash = offer->topic ? hash_bytes(hash, offer->topic, strlen(offer->topic)) : hash;
	return hash | 1; /* 0 is a free entry */
}

#define REFUSED (sizeof((struct guest_producer *)0)->refused / sizeof(uint64_t))

static void refused_remember(struct guest_producer *producer, const struct offer *offer)
{
	uint64_t print = fingerprint(offer);

	for (size_t i = 0; i < REFUSED; i++) /* refused twice is one message */
		if (__atomic_load_n(&producer->refused[i], __ATOMIC_RELAXED) == print) {
			writer_add_shared(&producer_row(producer)->rejected_retried, 1);
			return;
		}
	for (size_t i = 0; i < REFUSED; i++) {
		uint64_t free = 0;

		if (__atomic_compare_exchange_n(&producer->refused[i], &free, print, false,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
			__atomic_fetch_add(&guest->refused_total, 1, __ATOMIC_RELAXED);
			return;
		}
	}
	/* More than can be remembered: they stay "never tried again". */
}

static void refused_forget(struct guest_producer *producer, const struct offer *offer)
{
	uint64_t print = fingerprint(offer);

	for (size_t i = 0; i < REFUSED; i++) {
		uint64_t expected = print;

		if (__atomic_load_n(&producer->refused[i], __ATOMIC_RELAXED) == print &&
		    __atomic_compare_exchange_n(&producer->refused[i], &expected, 0, false,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
			__atomic_fetch_sub(&guest->refused_total, 1, __ATOMIC_RELAXED);
			writer_add_shared(&producer_row(producer)->rejected_retried, 1);
			return;
		}
	}
}

/* In this thread's cell of the call's site, if there is one. Atomically all
 * the same: this is the rare path, and may be nested in a signal handler. */
static void count_here(uint32_t row, enum trace_count kind, uint64_t messages, uint64_t bytes)
{
	struct guest_thread *self = guest_this_thread();
	struct trace_cell *cell = self->nested ? NULL : writer_cell(row, self->site);
	struct trace_counts *counts = cell ? &cell->counts : &trace->topics[row].counts;

	writer_add_shared(&counts->bytes[kind], bytes);
	writer_add_shared(&counts->messages[kind], messages);
}

static void rejected(struct guest_producer *producer, const struct offer *offer, int32_t error)
{
	uint32_t row = writer_topic(producer_index(producer), offer->topic ? offer->topic : "", -1,
				    producer->topic);
	uint64_t bytes = offer->value_bytes + offer->key_bytes;

	count_here(row, COUNT_REJECTED, 1, bytes);
	producer_error(producer, error, COUNT_REJECTED);
	refused_remember(producer, offer);
	writer_event(EVENT_REJECTED, producer_index(producer), error, (int64_t)bytes);
}

static void unrolled(const struct guest_thread *self, uint64_t messages, uint64_t bytes)
{
	count_here(self->sent_topic, COUNT_UNROLLED, messages, bytes);
}

/* Ends what kafka_produce_prepare() began; NULL when nothing is recorded. */
static struct guest_thread *produce_end(void)
{
	if (guest_phase() != GUEST_RECORDING)
		return NULL;
	struct guest_thread *self = guest_this_thread();

	self->producing = false;
	return self;
}

void produce_account(struct guest_producer *producer, const struct offer *offer, int32_t error)
{
	struct guest_thread *self = produce_end();

	if (!self || (!error && LIKELY(!guest->refused_total)))
		return;
	if (!producer) {
		if (error)
			writer_add_shared(&trace->process->sends_unseen, 1);
		return;
	}
	bool outermost = guest_enter_anyhow(self);

	if (!error) {
		refused_forget(producer, offer);
	} else {
		if (self->sent_messages)
			unrolled(self, self->sent_messages, self->sent_bytes);
		rejected(producer, offer, error);
	}
	guest_leave_anyhow(self, outermost);
}

void produce_blocked(struct guest_producer *producer, int64_t began_ns)
{
	if (producer)
		writer_add_shared(&producer_row(producer)->blocked_ns,
				  (uint64_t)(guest_now_ns() - began_ns));
}

bool kafka_parts_block(const rd_kafka_vu_t *parts, size_t count)
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
	(void)partition, (void)opaque;
	if (UNLIKELY(call->began_ns) && guest_phase() == GUEST_RECORDING)
		produce_blocked(object_producer(topic), call->began_ns);
	if (guest_phase() != GUEST_RECORDING)
		return;
	struct offer offer = {USE(call->copy, rd_kafka_topic_name)(topic), value, value_bytes, key,
			      key_bytes, flags & RD_KAFKA_MSG_F_FREE, false};

	produce_account(object_producer(topic), &offer,
		     given == 0 ? 0 : (int32_t)USE(call->copy, rd_kafka_last_error)());
}

/* What a batch was given back: of its refused messages some were seen by on_send. */
struct refused {
	uint64_t unseen; /* messages */
	uint64_t unseen_bytes;
	uint64_t seen, seen_bytes;
};

static uint64_t more_than(uint64_t left, uint64_t right)
{
	return left > right ? left - right : 0;
}

/* Of a producer whose making was not seen, on_send sees nothing at all. */
static struct refused refused_sum(const struct guest_thread *self, const rd_kafka_message_t *messages,
				  int count, int given)
{
	uint64_t bytes = 0, accepted_bytes = 0;

	for (int i = 0; i < count; i++) {
		uint64_t size = messages[i].len + messages[i].key_len;

		bytes += size;
		if (!messages[i].err)
			accepted_bytes += size;
	}
	return (struct refused){
		.unseen = more_than((uint64_t)count, self->sent_messages),
		.unseen_bytes = more_than(bytes, self->sent_bytes),
		.seen = more_than(self->sent_messages, (uint64_t)given),
		.seen_bytes = more_than(self->sent_bytes, accepted_bytes),
	};
}

/* One that a binding has held was counted when it took it, though on_send never saw
 * it: it leaves where it entered. */
static void held_refused(struct guest_thread *self, struct guest_producer *producer,
			 const char *topic, int32_t partition, struct refused *refused)
{
	uint32_t row = writer_topic(producer_index(producer), topic, -1, producer->topic);
	uint64_t bytes = refused->unseen_bytes / refused->unseen;

	if (!held_take(producer, row, partition, &self->site))
		return;
	count_here(row, COUNT_UNROLLED, 1, bytes);
	refused->unseen_bytes -= bytes;
	refused->unseen--;
}

void on_rd_kafka_produce_batch(const struct call *call, int given, rd_kafka_topic_t *topic,
			       int32_t partition, int flags, rd_kafka_message_t *messages, int count)
{
	struct guest_thread *self = produce_end();
	struct guest_producer *producer = self ? object_producer(topic) : NULL;

	if (self && call->began_ns)
		produce_blocked(producer, call->began_ns);
	if (!self || !producer || given == count)
		return;
	bool outermost = guest_enter_anyhow(self);
	struct refused refused = refused_sum(self, messages, count, given);
	const char *name = USE(call->copy, rd_kafka_topic_name)(topic);

	if (refused.seen)
		unrolled(self, refused.seen, refused.seen_bytes);
	for (int i = 0; i < count; i++) {
		struct offer offer = {name, messages[i].payload, messages[i].len, messages[i].key,
				      messages[i].key_len, flags & RD_KAFKA_MSG_F_FREE, false};

		if (!messages[i].err)
			continue;
		if (UNLIKELY(held_by(producer)) && refused.unseen)
			held_refused(self, producer, name, partition, &refused);
		rejected(producer, &offer, messages[i].err);
	}
	guest_leave_anyhow(self, outermost);
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
	case RD_KAFKA_VTYPE_MSGFLAGS:
		offer->given_away = part->u.i & RD_KAFKA_MSG_F_FREE;
		offer->waits = part->u.i & RD_KAFKA_MSG_F_BLOCK;
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
		produce_blocked(producer_find(rk), call->began_ns);
	produce_account(producer_find(rk), &offer,
		     given ? (int32_t)USE(call->copy, rd_kafka_error_code)(given) : 0);
}
