/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refused.c - see refused.h.
 *
 * The table is one of words, each a print and how many equal messages are open: all that
 * is ever decided is decided by one compare-and-exchange of a word. A word that is not 0
 * and has the count 0 is an entry that is being made.
 */
#include "account/refused.h"

#include "account/counts.h"
#include "guest/hash.h"
#include "trace/writer.h"

#define COUNT_MAX 0xffffu
#define PRINT(word) ((word) & ~(uint64_t)COUNT_MAX)
#define COUNT(word) ((uint32_t)((word)&COUNT_MAX))
#define WINDOW 64 /* entries that a print may be in */

/* What a read in vain is counted in. */
#define VAIN_UNIT 64

/* ---- what a message is known by ---- */

#define SAMPLES 8

/* Both ends and the middle: all of it up to 64 bytes. */
static uint64_t sampled(uint64_t hash, const void *bytes, uint64_t size)
{
	const uint8_t *at = bytes;
	uint64_t sum = 0;

	hash = hash_multiply(hash ^ HASH_LANE_1, size ^ HASH_LANE_2);
	if (!bytes)
		return hash;
	if (size < 8)
		return hash_multiply(hash, hash_load_few(at, (size_t)size) ^ HASH_LANE_3);
	for (uint64_t i = 0; i < SAMPLES; i++)
		sum += hash_multiply(hash_load(at + i * (size - 8) / (SAMPLES - 1)) ^
					     HASH_LANE_3,
				     HASH_LANE_4 + 2 * i);
	return hash_multiply(hash, sum ^ HASH_LANE_4);
}

static uint64_t topic_hash(const struct refused_message *message)
{
	const char *topic = message->topic ? message->topic : "";

	return hash_wide(HASH_BEGIN, topic, strlen(topic));
}

static uint32_t file_of(const struct refused_message *message, uint64_t topic)
{
	uint64_t hash = sampled(sampled(topic, message->key, message->key_size), message->value,
				message->value_size);

	return (uint32_t)(hash % ACCOUNT_REFUSED_FILES) |
	       refused_lengths(message->key_size, message->value_size) << 16;
}

static uint64_t whole(uint64_t hash, const void *bytes, uint64_t size)
{
	return bytes ? hash_wide(hash, bytes, (size_t)size)
		     : hash_multiply(hash ^ HASH_LANE_2, size ^ HASH_LANE_4);
}

static uint64_t print_of(const struct refused_message *message, uint64_t topic)
{
	return whole(whole(topic, message->key, message->key_size), message->value,
		     message->value_size) |
	       1; /* 0: not known */
}

struct refused_mark refused_mark(const struct refused_message *message)
{
	uint64_t topic = topic_hash(message);

	return (struct refused_mark){print_of(message, topic), file_of(message, topic), 0};
}

uint32_t refused_batch_begin(void)
{
	uint32_t batch;

	do
		batch = __atomic_add_fetch(&account_state->refused_batches, 1,
					   __ATOMIC_RELAXED);
	while (!(uint16_t)batch);
	return (uint16_t)batch;
}

/* ---- the table ---- */

static struct account_refused *slot(uint64_t print, uint32_t index)
{
	return &account_state->refused[(print + index) % ACCOUNT_REFUSED];
}

static uint64_t word_of(const struct account_refused *entry)
{
	return __atomic_load_n(&entry->word, __ATOMIC_ACQUIRE);
}

static bool word_becomes(struct account_refused *entry, uint64_t *from, uint64_t to)
{
	return __atomic_compare_exchange_n(&entry->word, from, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

/* Of one producer; its low bits choose the place, the others are kept. */
static uint64_t print_in(const struct account_producer *producer, uint64_t print)
{
	return hash_multiply(print ^ HASH_LANE_3, producer_index(producer) ^ HASH_LANE_4) |
	       1ull << 63;
}

static struct account_refused *entry_find(uint64_t print)
{
	for (uint32_t i = 0; i < WINDOW; i++) {
		uint64_t word = word_of(slot(print, i));

		if (PRINT(word) == PRINT(print) && COUNT(word))
			return slot(print, i);
	}
	return NULL;
}

static struct account_refused *entry_begin(uint64_t print)
{
	for (uint32_t i = 0; i < WINDOW; i++) {
		uint64_t nothing = 0;

		if (!word_of(slot(print, i)) &&
		    word_becomes(slot(print, i), &nothing, PRINT(print)))
			return slot(print, i);
	}
	return NULL;
}

static struct account_refused_file *file_at(uint32_t filed)
{
	return &account_state->refused_files[filed % ACCOUNT_REFUSED_FILES];
}

static void filed_add(uint32_t filed, uint32_t more)
{
	__atomic_fetch_add(&account_state->refused_lengths[filed >> 16 & 0xff], more,
			   __ATOMIC_RELAXED);
	__atomic_fetch_add(&file_at(filed)->entries, more, __ATOMIC_RELAXED);
}

/* Takes all messages of an entry out; 0 if another did. */
static uint32_t entry_end(struct account_refused *entry)
{
	uint64_t word = word_of(entry);
	uint32_t filed = __atomic_load_n(&entry->filed, __ATOMIC_RELAXED);

	while (COUNT(word))
		if (word_becomes(entry, &word, 0)) {
			filed_add(filed, -1u);
			return COUNT(word);
		}
	return 0;
}

/* ---- open and closed ---- */

static void retried(const struct account_producer *producer)
{
	writer_add_shared(&producer_row(producer)->rejected_retried, 1);
}

static void lost_sight(const struct account_producer *producer, uint64_t messages)
{
	writer_add_shared(&trace->producers_more[producer_index(producer)].refused_lost_sight,
			  messages);
}

static void open_add(struct account_producer *producer, uint32_t more)
{
	__atomic_fetch_add(&producer->refused_open, more, __ATOMIC_RELAXED);
	__atomic_fetch_add(&account_state->refused_total, more, __ATOMIC_RELAXED);
}

/* How many equal ones this batch was refused by now, this one included. */
static uint32_t entry_ordinal(struct account_refused *entry, uint32_t batch)
{
	uint32_t seen = __atomic_load_n(&entry->batch, __ATOMIC_RELAXED);

	if (!batch)
		return 1;
	seen = seen >> 16 != batch		 ? batch << 16 | 1
	       : (seen & COUNT_MAX) == COUNT_MAX ? seen
						 : seen + 1;
	__atomic_store_n(&entry->batch, seen, __ATOMIC_RELAXED);
	return seen & COUNT_MAX;
}

/* Once more, or one more of a batch; false if it is not open any more. */
static bool remembered_again(struct account_producer *producer, struct account_refused *entry,
			     uint64_t print, uint32_t batch)
{
	uint32_t ordinal = entry_ordinal(entry, batch);
	uint64_t word = word_of(entry);

	open_add(producer, 1); /* before it is entered, as below */
	while (PRINT(word) == PRINT(print) && COUNT(word)) {
		bool again = ordinal <= COUNT(word);

		if (!again && COUNT(word) < COUNT_MAX && word_becomes(entry, &word, word + 1))
			return true;
		if (again && word_becomes(entry, &word, word)) {
			open_add(producer, -1u);
			retried(producer);
			return true;
		}
		if (!again && COUNT(word) == COUNT_MAX)
			break;
	}
	open_add(producer, -1u);
	return false;
}

/* Counted before it is entered: who finds it accepted takes one away. */
static void remember(struct account_producer *producer, struct refused_mark mark)
{
	uint64_t print = print_in(producer, mark.print);
	struct account_refused *entry = mark.print ? entry_find(print) : NULL;

	if (entry && remembered_again(producer, entry, print, mark.batch))
		return;
	entry = mark.print ? entry_begin(print) : NULL;
	if (!entry) {
		lost_sight(producer, 1);
		return;
	}
	uint32_t filed = mark.file | producer_index(producer) << 24;

	__atomic_store_n(&entry->filed, filed, __ATOMIC_RELAXED);
	__atomic_store_n(&entry->batch, mark.batch << 16 | 1, __ATOMIC_RELAXED);
	filed_add(filed, 1);
	open_add(producer, 1);
	__atomic_store_n(&entry->word, PRINT(print) | 1, __ATOMIC_RELEASE);
}

void refused_add(struct account_producer *producer, const char *topic, uint32_t site,
		 uint64_t bytes, int32_t error, struct refused_mark mark)
{
	struct guest_thread *self = guest_this_thread();

	count_in(count_row(producer, topic, -1), site, COUNT_REJECTED, 1, bytes);
	count_error(producer, error, COUNT_REJECTED, 1);
	remember(producer, mark);
	bool outermost = guest_enter_anyhow(self);

	writer_event(EVENT_REJECTED, producer_index(producer), error, (int64_t)bytes);
	guest_leave_anyhow(self, outermost);
}

/* ---- accepted ---- */

static bool entry_close(struct account_refused *entry, uint64_t print)
{
	uint32_t filed = __atomic_load_n(&entry->filed, __ATOMIC_RELAXED);
	uint64_t word = word_of(entry);

	while (PRINT(word) == PRINT(print) && COUNT(word)) {
		bool last = COUNT(word) == 1;

		if (!word_becomes(entry, &word, last ? 0 : word - 1))
			continue;
		if (last)
			filed_add(filed, -1u);
		return true;
	}
	return false;
}

/* What is never produced again must not have every later message of its kind read. */
static void file_lose(uint32_t file)
{
	for (uint32_t i = 0; i < ACCOUNT_REFUSED; i++) {
		struct account_refused *entry = &account_state->refused[i];
		uint32_t filed = __atomic_load_n(&entry->filed, __ATOMIC_RELAXED);
		uint32_t messages =
			filed % ACCOUNT_REFUSED_FILES == file ? entry_end(entry) : 0;

		if (!messages)
			continue;
		open_add(producer_at(filed >> 24), -messages);
		lost_sight(producer_at(filed >> 24), messages);
	}
}

static void read_in_vain(uint32_t filed, const struct refused_message *message)
{
	uint64_t bytes = (message->key ? message->key_size : 0) +
			 (message->value ? message->value_size : 0);
	uint32_t units = bytes < REFUSED_VAIN_BYTES ? (uint32_t)bytes / VAIN_UNIT + 1
						    : REFUSED_VAIN_BYTES / VAIN_UNIT;

	if (__atomic_add_fetch(&file_at(filed)->vain, units, __ATOMIC_RELAXED) <
	    REFUSED_VAIN_BYTES / VAIN_UNIT)
		return;
	__atomic_store_n(&file_at(filed)->vain, 0, __ATOMIC_RELAXED);
	file_lose(filed % ACCOUNT_REFUSED_FILES);
}

void refused_accepted(struct account_producer *producer, const struct refused_message *message)
{
	uint64_t topic = topic_hash(message);
	uint32_t filed = file_of(message, topic);

	if (!__atomic_load_n(&file_at(filed)->entries, __ATOMIC_RELAXED))
		return;
	uint64_t print = print_in(producer, print_of(message, topic));
	struct account_refused *entry = entry_find(print);

	if (!entry || !entry_close(entry, print)) {
		read_in_vain(filed, message);
		return;
	}
	__atomic_store_n(&file_at(filed)->vain, 0, __ATOMIC_RELAXED);
	retried(producer);
	open_add(producer, -1u);
}

void refused_forget(struct account_producer *producer)
{
	for (uint32_t i = 0; i < ACCOUNT_REFUSED && refused_open(producer); i++) {
		struct account_refused *entry = &account_state->refused[i];

		if (__atomic_load_n(&entry->filed, __ATOMIC_RELAXED) >> 24 ==
		    producer_index(producer))
			open_add(producer, -entry_end(entry));
	}
}
