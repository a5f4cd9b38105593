/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refused.c - see refused.h.
 *
 * An entry of the table is a word: a fingerprint ("print") of the message, and how many equal
 * messages are open. Every decision is one compare-and-exchange of that word.
 *
 *     0                      free
 *     print                  being made
 *     print | KEPT | count   open
 *     print | KEPT           all were tried again; free for others, if nothing else is
 */
#include "account/refused.h"

#include "account/counts.h"
#include "guest/hash.h"
#include "trace/writer.h"

#define COUNT_MAX 0x7fffu
#define KEPT 0x8000u
#define PRINT(word) ((word) & ~(uint64_t)0xffffu)
#define COUNT(word) ((uint32_t)((word)&COUNT_MAX))
#define WINDOW 64 /* entries that a print may be in */

/* Bit of account_refused.again: these equal messages are certainly several. */
#define SEVERAL (1ull << 63)

/* The unit in which reads of payloads without a match are counted. */
#define VAIN_UNIT 64

/* ---- the fingerprint of a message ---- */

/* `count` words of it, spread evenly from its first byte to its last. */
static uint64_t words_spread(const uint8_t *at, uint64_t size, uint32_t count)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < count; i++)
		sum += hash_multiply(hash_load(at + i * (size - 8) / (count - 1)) ^ HASH_LANE_3,
				     HASH_LANE_4 + 2 * i);
	return sum;
}

/* The first 64 bytes and the last: where most messages have their numbers. */
static uint64_t words_of_ends(const uint8_t *at, uint64_t size)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < 8; i++) {
		uint64_t from = 8 * i < size - 8 ? 8 * i : size - 8;

		sum += hash_multiply(hash_load(at + from) ^ HASH_LANE_1, HASH_LANE_2 + 2 * i);
		sum += hash_multiply(hash_load(at + size - 8 - from) ^ HASH_LANE_2,
				     HASH_LANE_1 + 2 * i);
	}
	return sum;
}

static uint64_t sampled(uint64_t hash, const void *bytes, uint64_t size)
{
	hash = hash_multiply(hash ^ HASH_LANE_1, size ^ HASH_LANE_2);
	if (!bytes)
		return hash;
	if (size < 8)
		return hash_multiply(hash, hash_load_few(bytes, (size_t)size) ^ HASH_LANE_3);
	return hash_multiply(hash, (words_of_ends(bytes, size) + words_spread(bytes, size, 8)) ^
					   HASH_LANE_4);
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

	return (struct refused_mark){.print = print_of(message, topic),
				     .file = file_of(message, topic),
				     .sample = refused_sample(message)};
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

/* The print for one producer; its low bits choose the place, the others are stored. */
static uint64_t print_in(const struct account_producer *producer, uint64_t print)
{
	return hash_multiply(print ^ HASH_LANE_3, producer_index(producer) ^ HASH_LANE_4) |
	       1ull << 63;
}

/* The entry of this print: with open messages, or (`open` false) with none left open. */
static struct account_refused *entry_find(uint64_t print, bool open)
{
	for (uint32_t i = 0; i < WINDOW; i++) {
		uint64_t word = word_of(slot(print, i));

		if (PRINT(word) == PRINT(print) && word & KEPT && open == (COUNT(word) > 0))
			return slot(print, i);
	}
	return NULL;
}

static bool is_free(uint64_t word, bool of_others)
{
	return of_others ? word & KEPT && !COUNT(word) : !word;
}

static struct account_refused *entry_take(uint64_t print, bool of_others)
{
	for (uint32_t i = 0; i < WINDOW; i++) {
		uint64_t word = word_of(slot(print, i));

		if (is_free(word, of_others) &&
		    word_becomes(slot(print, i), &word, PRINT(print)))
			return slot(print, i);
	}
	return NULL;
}

static struct account_refused *entry_begin(uint64_t print)
{
	struct account_refused *entry = entry_take(print, false);

	return entry ? entry : entry_take(print, true);
}

static struct account_refused_file *file_at(uint32_t filed)
{
	return &account_state->refused_files[filed % ACCOUNT_REFUSED_FILES];
}

/* The place at which a search for an entry begins; read before the entry's word is changed. */
struct place {
	uint32_t filed, sample;
};

static struct place place_of(const struct account_refused *entry)
{
	return (struct place){__atomic_load_n(&entry->filed, __ATOMIC_RELAXED),
			      __atomic_load_n(&entry->sample, __ATOMIC_RELAXED)};
}

static void place_add(struct place place, uint32_t more)
{
	__atomic_fetch_add(&account_state->refused_lengths[place.filed >> 16 & 0xff], more,
			   __ATOMIC_RELAXED);
	__atomic_fetch_add(&account_state->refused_samples[place.sample], more,
			   __ATOMIC_RELAXED);
	__atomic_fetch_add(&file_at(place.filed)->entries, more, __ATOMIC_RELAXED);
}

/* Removes all messages of an entry; 0: another thread has done so. */
static uint32_t entry_end(struct account_refused *entry)
{
	uint64_t word = word_of(entry);
	struct place place = place_of(entry);

	while (COUNT(word))
		if (word_becomes(entry, &word, 0)) {
			place_add(place, -1u);
			return COUNT(word);
		}
	return 0;
}

/* ---- open and closed ---- */

/*
 * An accepted message may be another one that equals the refused one: as long as some are open,
 * and in any case once they are known to be several. One that was refused repeatedly, and then
 * accepted, is settled: it counts as one message.
 */
static void alike_add(const struct account_producer *producer, uint64_t messages)
{
	writer_add_shared(&producer_more(producer)->refused_alike, messages);
}

static void are_several(struct account_refused *entry)
{
	__atomic_fetch_or(&entry->again, SEVERAL, __ATOMIC_RELAXED);
}

/* A message of the entry was refused again, or accepted: it is not open any more. `error` is an
 * entry of trace_producer.errors, and counted first, so that the sum by errors is never less
 * than the total. */
static void retried(const struct account_producer *producer, struct account_refused *entry,
		    uint32_t error, bool accepted)
{
	struct trace_producer_more *more = producer_more(producer);
	uint64_t before = __atomic_fetch_add(&entry->again, 1, __ATOMIC_RELAXED);

	writer_add_shared(&more->refused_retried[error], 1);
	writer_add_shared(&producer_row(producer)->rejected_retried, 1);
	if (accepted && !(before & SEVERAL))
		writer_add_shared(&more->refused_settled, before);
	else
		alike_add(producer, 1);
}

static void lost_sight(const struct account_producer *producer, uint64_t messages)
{
	writer_add_shared(&producer_more(producer)->refused_lost_sight, messages);
}

static void open_add(struct account_producer *producer, uint32_t more)
{
	__atomic_fetch_add(&producer->refused_open, more, __ATOMIC_RELAXED);
	__atomic_fetch_add(&account_state->refused_total, more, __ATOMIC_RELAXED);
}

/* How many equal messages of this batch have been refused by now, including this one. */
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

static uint32_t error_passes(struct account_refused *entry, uint32_t error)
{
	return __atomic_exchange_n(&entry->error, error, __ATOMIC_RELAXED);
}

/* A refused message: its entry's print, and its error. */
struct refusal {
	struct account_producer *producer;
	struct refused_mark mark;
	uint64_t print;
	uint32_t error;
};

/* The message is refused again, or it is a further one of a batch; false: none is open any
 * more. */
static bool remembered_again(const struct refusal *refusal, struct account_refused *entry)
{
	struct account_producer *producer = refusal->producer;
	uint32_t ordinal = entry_ordinal(entry, refusal->mark.batch);
	uint64_t word = word_of(entry);

	open_add(producer, 1); /* before the entry, as below */
	while (PRINT(word) == PRINT(refusal->print) && COUNT(word)) {
		bool again = ordinal <= COUNT(word);

		if (!again && COUNT(word) == COUNT_MAX)
			break;
		if (!word_becomes(entry, &word, again ? word : word + 1))
			continue;
		uint32_t before = error_passes(entry, refusal->error);

		if (ordinal > 1)
			are_several(entry);
		if (again) {
			open_add(producer, -1u);
			retried(producer, entry, before, false);
		}
		return true;
	}
	open_add(producer, -1u);
	return false;
}

/* A settled message is not any more: the accepted one was another, unless it is the one that is
 * refused now. */
static void anew(const struct refusal *refusal, struct account_refused *entry)
{
	uint64_t again = __atomic_load_n(&entry->again, __ATOMIC_RELAXED);

	if (!(again & SEVERAL))
		alike_add(refusal->producer, again);
	if (!refusal->mark.unrolled)
		are_several(entry);
}

/* An equal message was accepted in the meantime; false: the entry is not free any more. */
static bool remembered_anew(const struct refusal *refusal, struct account_refused *entry)
{
	uint64_t word = PRINT(refusal->print) | KEPT;
	struct place place = place_of(entry);

	place_add(place, 1);
	open_add(refusal->producer, 1);
	if (word_becomes(entry, &word, word + 1)) {
		error_passes(entry, refusal->error);
		entry_ordinal(entry, refusal->mark.batch);
		anew(refusal, entry);
		return true;
	}
	place_add(place, -1u);
	open_add(refusal->producer, -1u);
	return remembered_again(refusal, entry);
}

/* Counted before it is entered, since a thread that accepts it subtracts one. */
static bool remembered_first(const struct refusal *refusal)
{
	const struct refused_mark *mark = &refusal->mark;
	struct account_refused *entry = entry_begin(refusal->print);

	if (!entry)
		return false;
	struct place place = {mark->file | producer_index(refusal->producer) << 24,
			      mark->sample};

	__atomic_store_n(&entry->filed, place.filed, __ATOMIC_RELAXED);
	__atomic_store_n(&entry->sample, place.sample, __ATOMIC_RELAXED);
	__atomic_store_n(&entry->batch, mark->batch << 16 | 1, __ATOMIC_RELAXED);
	__atomic_store_n(&entry->error, refusal->error, __ATOMIC_RELAXED);
	__atomic_store_n(&entry->again, 0, __ATOMIC_RELAXED);
	place_add(place, 1);
	open_add(refusal->producer, 1);
	__atomic_store_n(&entry->word, PRINT(refusal->print) | KEPT | 1, __ATOMIC_RELEASE);
	return true;
}

static bool remembered(const struct refusal *refusal)
{
	struct account_refused *entry;

	if (!refusal->mark.print)
		return false;
	entry = entry_find(refusal->print, true);
	if (entry && remembered_again(refusal, entry))
		return true;
	entry = entry_find(refusal->print, false);
	return (entry && remembered_anew(refusal, entry)) || remembered_first(refusal);
}

void refused_add(struct account_producer *producer, const char *topic, uint32_t site,
		 uint64_t bytes, int32_t error, struct refused_mark mark)
{
	struct guest_thread *self = guest_this_thread();

	count_in(count_row(producer, topic, -1), site, COUNT_REJECTED, 1, bytes);
	struct refusal refusal = {
		.producer = producer,
		.mark = mark,
		.print = print_in(producer, mark.print),
		.error = count_error(producer, error, COUNT_REJECTED, 1),
	};

	if (!remembered(&refusal))
		lost_sight(producer, 1);
	bool outermost = guest_enter_anyhow(self);

	writer_event(EVENT_REJECTED, producer_index(producer), error, (int64_t)bytes);
	guest_leave_anyhow(self, outermost);
}

/* ---- accepted ---- */

static bool entry_close(const struct account_producer *producer, struct account_refused *entry,
			uint64_t print)
{
	struct place place = place_of(entry);
	uint32_t error = __atomic_load_n(&entry->error, __ATOMIC_RELAXED);
	uint64_t word = word_of(entry);

	while (PRINT(word) == PRINT(print) && COUNT(word)) {
		if (!word_becomes(entry, &word, word - 1))
			continue;
		if (COUNT(word) == 1)
			place_add(place, -1u);
		retried(producer, entry, error, true);
		return true;
	}
	return false;
}

/* Two equal messages that were entered at the same time have an entry each: a thread whose
 * entry was closed by another looks for the other entry. */
static bool one_closed(const struct account_producer *producer, uint64_t print)
{
	struct account_refused *entry;

	while ((entry = entry_find(print, true)))
		if (entry_close(producer, entry, print))
			return true;
	return false;
}

/* A refused message that is never produced again must not cause every later message of its size
 * to be read. */
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
	if (!one_closed(producer, print_in(producer, print_of(message, topic)))) {
		read_in_vain(filed, message);
		return;
	}
	__atomic_store_n(&file_at(filed)->vain, 0, __ATOMIC_RELAXED);
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
