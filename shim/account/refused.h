/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refused.h - messages that the client did not accept, and whether they were offered
 * again.
 *
 * A refused message is counted as rejected, and is open until the same message
 * (topic, key and value) is accepted, or refused once more: then it counts as
 * retried. So rejected - retried is the number of messages that were not tried
 * again. Each counter goes up after the refusal that it is about: retried never
 * passes rejected.
 *
 * Topic, key and value are all that a message is known by. Who tries again may choose
 * another partition, or write a new time into a header: a message that is taken for
 * another there would accuse a correct program, one that is taken for the same only lessens the
 * number of messages not tried again.
 *
 * Equal messages cannot be told apart: not by their line, thread or address,
 * for a queue of what is to be tried again changes them all. Of those refused
 * one by one, one is open; of those that one batch was refused, all of them.
 * Each accepted one closes one: the number left over is the least that it can
 * be, and what verdicts go by. The most that it can be is refused_alike -
 * refused_settled above that: each refusal may be of a message of its own,
 * while one is open; and for good where equal messages are known to be several,
 * because one was refused after another had been accepted, or two were in a
 * batch. One that is refused again and again, then accepted, is taken for one.
 *
 * Open messages are filed by their lengths, by a few of their words, then by some more and
 * the topic, so that a message which resembles none of them costs two or three looks; only
 * one that is filed alike is read whole. When REFUSED_VAIN_BYTES were read for one file and
 * none of them was the message, its messages are searched no more. Those, and messages that
 * found no room (there is some for about 60,000), count in refused_lost_sight: then it is
 * not known how many were tried again.
 *
 * Any thread at once, and signal handlers.
 */
#ifndef UNFLUSHED_ACCOUNT_REFUSED_H
#define UNFLUSHED_ACCOUNT_REFUSED_H

#include "account/state.h"
#include "guest/hash.h"

#define REFUSED_VAIN_BYTES (256u << 20)

/* All that a message is known again by. Of a part that cannot be read the bytes are NULL,
 * and the size is a number that only this part has; 0 there is none. */
struct refused_message {
	const char *topic; /* NULL unknown */
	const void *key, *value;
	uint64_t key_size, value_size;
};

/* What remains of a message to know it again by, when its bytes cannot be read any more. */
struct refused_mark {
	uint64_t print; /* of the whole message; 0: it cannot be known again */
	uint32_t file, sample;
	uint32_t batch; /* refused_batch_begin() of its call; 0 it came alone */
	bool unrolled;	/* its own call had accepted it first: no other message was accepted */
};

/* Reads the whole message. */
struct refused_mark refused_mark(const struct refused_message *message);

/* A number for a call that refuses several messages. */
uint32_t refused_batch_begin(void);

/* A message was refused: of a topic ("" unknown), from a site (row of SECTION_SITE plus
 * 1; 0 unknown), `bytes` of key plus value, with an rd_kafka_resp_err_t. */
void refused_add(struct account_producer *producer, const char *topic, uint32_t site,
		 uint64_t bytes, int32_t error, struct refused_mark mark);

static inline uint32_t refused_lengths(uint64_t key_size, uint64_t value_size)
{
	return (uint32_t)((key_size * 0x9e3779b97f4a7c15u + value_size) * 0x9e3779b97f4a7c15u >>
			  56);
}

/* Whether a message of these sizes may be one that is open: false spares the rest. */
static inline bool refused_resembles(const struct account_producer *producer, uint64_t key_size,
				     uint64_t value_size)
{
	return __atomic_load_n(&producer->refused_open, __ATOMIC_RELAXED) &&
	       __atomic_load_n(
		       &account_state->refused_lengths[refused_lengths(key_size, value_size)],
		       __ATOMIC_RELAXED);
}

/* A number for a part (key or value), of its first, middle and last 8 bytes; of a part that
 * cannot be read its `size`, which only this part has. */
static inline uint64_t refused_words(const void *bytes, uint64_t size)
{
	const uint8_t *at = bytes;

	if (!at)
		return size;
	if (size < 8)
		return hash_load_few(at, (size_t)size);
	return hash_multiply(hash_load(at) ^ HASH_LANE_1,
			     hash_load(at + size - 8) ^ HASH_LANE_2) +
	       hash_load(at + (size - 8) / 2);
}

static inline uint32_t refused_sample(const struct refused_message *message)
{
	uint64_t hash = refused_words(message->value, message->value_size) ^ HASH_LANE_3;

	if (message->key_size)
		hash ^= refused_words(message->key, message->key_size) * HASH_LANE_4;
	return (uint32_t)(hash * HASH_LANE_1 >> 40) % ACCOUNT_REFUSED_SAMPLES;
}

/* As refused_resembles(), by a few words of key and value; to be asked only if that is true. */
static inline bool refused_resembles_closer(const struct refused_message *message)
{
	return __atomic_load_n(&account_state->refused_samples[refused_sample(message)],
			       __ATOMIC_RELAXED);
}

/* A message was accepted: if it equals an open one, that counts as retried. Only if
 * refused_resembles() and refused_resembles_closer() are true, and while its bytes can be read:
 * if the client owns them, before the client can pass the message on. */
void refused_accepted(struct account_producer *producer, const struct refused_message *message);

/* How many refused messages are open: not offered again yet. */
static inline uint32_t refused_open(const struct account_producer *producer)
{
	return __atomic_load_n(&producer->refused_open, __ATOMIC_RELAXED);
}

/* The same for all producers together: for callers that do not know the producer. */
static inline uint32_t refused_open_any(void)
{
	return __atomic_load_n(&account_state->refused_total, __ATOMIC_RELAXED);
}

/* The producer is closed: its open messages are never tried again, and are not looked for any
 * more. */
void refused_forget(struct account_producer *producer);

#endif
