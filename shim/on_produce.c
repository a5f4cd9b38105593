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

#include "callsite.h"
#include "on_kafka.h"
#include "producers.h"
#include "writer.h"

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

/* The message of a produce call, as far as it is needed to know it again. */
struct offer {
	const char *topic;
	const void *value;
	size_t value_bytes;
	const void *key;
	size_t key_bytes;
	bool given_away; /* RD_KAFKA_MSG_F_FREE: not to be read once accepted */
	bool waits;	 /* RD_KAFKA_MSG_F_BLOCK */
};

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
	struct trace_counts *counts = cell ? &cell->counts : &guest->map.topics[row].counts;

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

/* One message, accepted if `error` is 0. */
static void produced_one(struct guest_producer *producer, const struct offer *offer, int32_t error)
{
	struct guest_thread *self = produce_end();

	if (!self || (!error && LIKELY(!guest->refused_total)))
		return;
	if (!producer) {
		if (error)
			writer_add_shared(&guest->map.process->sends_unseen, 1);
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

/* Two looks at the clock, and only for calls that are asked to wait. */
static void blocked(struct guest_producer *producer, int64_t began_ns)
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
		blocked(object_producer(topic), call->began_ns);
	if (LIKELY(given == 0 && guest_phase() == GUEST_RECORDING && !guest->refused_total)) {
		guest_this_thread()->producing = false;
		return;
	}
	if (guest_phase() != GUEST_RECORDING)
		return;
	struct offer offer = {USE(call->copy, rd_kafka_topic_name)(topic), value, value_bytes, key,
			      key_bytes, flags & RD_KAFKA_MSG_F_FREE, false};

	produced_one(object_producer(topic), &offer,
		     given == 0 ? 0 : (int32_t)USE(call->copy, rd_kafka_last_error)());
}

void on_rd_kafka_produce_batch(const struct call *call, int given, rd_kafka_topic_t *topic,
			       int32_t partition, int flags, rd_kafka_message_t *messages, int count)
{
	struct guest_thread *self = produce_end();
	struct guest_producer *producer = self ? object_producer(topic) : NULL;
	uint64_t accepted_bytes = 0;

	(void)partition;
	if (self && call->began_ns)
		blocked(producer, call->began_ns);
	if (!self || !producer || given == count)
		return;
	bool outermost = guest_enter_anyhow(self);

	for (int i = 0; i < count; i++) {
		struct offer offer = {USE(call->copy, rd_kafka_topic_name)(topic),
				      messages[i].payload, messages[i].len, messages[i].key,
				      messages[i].key_len, flags & RD_KAFKA_MSG_F_FREE, false};

		if (messages[i].err)
			rejected(producer, &offer, messages[i].err);
		else
			accepted_bytes += messages[i].len + messages[i].key_len;
	}
	if (self->sent_messages > (uint64_t)given)
		unrolled(self, self->sent_messages - (uint64_t)given,
			 self->sent_bytes - accepted_bytes);
	guest_leave_anyhow(self, outermost);
}

static void offer_part(struct offer *offer, const struct copy *copy, const rd_kafka_vu_t *part)
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
		offer_part(&offer, call->copy, &parts[i]);
	if (call->began_ns)
		blocked(producer_find(rk), call->began_ns);
	produced_one(producer_find(rk), &offer,
		     given ? (int32_t)USE(call->copy, rd_kafka_error_code)(given) : 0);
}

/* ---- rd_kafka_producev ---- */

/*
 * Its arguments are read here and passed on as machine words: on both
 * machines that the guest knows, every variadic integer or pointer takes one
 * word in the same place, so the real function reads what the host wrote.
 * An unknown tag ends the reading; the real function will refuse it.
 */
#define WORDS_FEW 24
#define WORDS_MANY 480

struct words {
	size_t count;
	bool whole; /* the closing tag was read, or an unknown one */
	uintptr_t word[WORDS_MANY];
};

static size_t tag_words(uintptr_t tag)
{
	switch ((int)tag) {
	case RD_KAFKA_VTYPE_TOPIC:
	case RD_KAFKA_VTYPE_RKT:
	case RD_KAFKA_VTYPE_PARTITION:
	case RD_KAFKA_VTYPE_OPAQUE:
	case RD_KAFKA_VTYPE_MSGFLAGS:
	case RD_KAFKA_VTYPE_TIMESTAMP:
	case RD_KAFKA_VTYPE_HEADERS:
		return 1;
	case RD_KAFKA_VTYPE_VALUE:
	case RD_KAFKA_VTYPE_KEY:
		return 2;
	case RD_KAFKA_VTYPE_HEADER:
		return 3;
	default:
		return 0;
	}
}

static void words_note(struct offer *offer, const struct copy *copy, const uintptr_t *word)
{
	rd_kafka_vu_t part = {.vtype = (rd_kafka_vtype_t)(int)word[0]};

	switch (part.vtype) {
	case RD_KAFKA_VTYPE_TOPIC:
	case RD_KAFKA_VTYPE_RKT:
	case RD_KAFKA_VTYPE_VALUE:
	case RD_KAFKA_VTYPE_KEY:
		part.u.mem.ptr = (void *)word[1];
		part.u.mem.size = tag_words(word[0]) == 2 ? (size_t)word[2] : 0;
		break;
	case RD_KAFKA_VTYPE_MSGFLAGS:
		part.u.i = (int)word[1];
		break;
	default:
		break;
	}
	offer_part(offer, copy, &part);
}

/* Integers narrower than a word come with whatever fills it up: that is
 * passed on and not looked at, as the host's own compiler left it. */
static void words_read(struct words *words, struct offer *offer, const struct copy *copy,
		       va_list more)
{
	size_t count = 0;

	while (count + 4 <= WORDS_MANY) {
		size_t begin = count;
		uintptr_t tag = va_arg(more, uintptr_t);
		size_t values = tag_words(tag);

		words->word[count++] = tag;
		for (size_t i = 0; i < values; i++)
			words->word[count++] = va_arg(more, uintptr_t);
		words_note(offer, copy, &words->word[begin]);
		if (!values) {
			words->whole = true;
			break;
		}
	}
	words->count = count;
}

#define W1(i) words->word[i]
#define W4(i) W1(i), W1(i + 1), W1(i + 2), W1(i + 3)
#define W24(i) W4(i), W4(i + 4), W4(i + 8), W4(i + 12), W4(i + 16), W4(i + 20)
#define W120(i) W24(i), W24(i + 24), W24(i + 48), W24(i + 72), W24(i + 96)
#define W480(i) W120(i), W120(i + 120), W120(i + 240), W120(i + 360)

static rd_kafka_resp_err_t words_call(const struct call *call, rd_kafka_t *rk,
				      const struct words *words)
{
	if (words->count <= WORDS_FEW)
		return REAL(rd_kafka_producev, call)(rk, W24(0));
	return REAL(rd_kafka_producev, call)(rk, W480(0));
}

rd_kafka_resp_err_t on_rd_kafka_producev(const struct call *call, rd_kafka_t *rk, va_list more)
{
	struct call *out = (struct call *)call;
	struct offer offer = {0};
	struct words words;

	words.whole = false;
	words_read(&words, &offer, call->copy, more);
	struct guest_producer *producer =
		guest_phase() == GUEST_RECORDING ? producer_find(rk) : NULL;
	int64_t began_ns = producer && offer.waits ? guest_now_ns() : 0;
	errno = call->error;
	/* More than 118 headers: the only call that is not passed on. */
	rd_kafka_resp_err_t error = words.whole ? words_call(call, rk, &words)
						: RD_KAFKA_RESP_ERR__INVALID_ARG;

	out->error = errno;
	if (began_ns)
		blocked(producer, began_ns);
	produced_one(producer, &offer, error);
	return error;
}
