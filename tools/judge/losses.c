/* SPDX-License-Identifier: Apache-2.0 */
/*
 * losses.c - see losses.h.
 */
#include "judge/losses.h"

#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "memory/memory.h"
#include "model/number.h"
#include "model/words.h"

static int64_t above_zero(int64_t number)
{
	return number > 0 ? number : 0;
}

static int64_t lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void losses_add(struct losses *losses, const struct losses *more)
{
	losses->certain = number_sum(losses->certain, more->certain);
	losses->possible = number_sum(losses->possible, more->possible);
	losses->certain_bytes = number_sum(losses->certain_bytes, more->certain_bytes);
	losses->possible_bytes = number_sum(losses->possible_bytes, more->possible_bytes);
}

/* The bytes of `messages` out of `all`, which have `bytes`: known if it is all or none. */
static int64_t bytes_of(int64_t messages, int64_t all, int64_t bytes)
{
	return messages == 0 ? 0 : messages == all ? bytes : UNKNOWN;
}

static struct losses split(int64_t certain, int64_t all, int64_t bytes)
{
	return (struct losses){
		.certain = certain,
		.possible = all - certain,
		.certain_bytes = bytes_of(certain, all, bytes),
		.possible_bytes = bytes_of(all - certain, all, bytes),
	};
}

/* ---- of a producer, by the ends of its messages ---- */

static struct losses of_outstanding(const struct process *process,
				    const struct producer *producer)
{
	const struct tally *tally = &producer->tally;
	struct losses losses = split(judge_never_arrived(process, producer),
				     tally->messages[OUTSTANDING], tally->bytes[OUTSTANDING]);

	if (losses.certain > 0 && losses.certain == tally->messages[UNSENT]) {
		losses.certain_bytes = tally->bytes[UNSENT];
		losses.possible_bytes = tally->bytes[IN_FLIGHT];
	}
	return losses;
}

/* An older guest did not record how many of them the broker may have: it may have all. */
static int64_t known_or_all(int64_t maybe, const struct tally *tally, enum amount end)
{
	return maybe == UNKNOWN ? tally->messages[end] : maybe;
}

/* Failed or purged messages: those whose outcome was not reported, and those reported to a
 * binding. */
static struct losses of_bad_end(const struct told *told, int64_t maybe,
				const struct tally *tally, enum amount end)
{
	int64_t certain = judge_gone(told, maybe);

	return (struct losses){
		.certain = certain,
		.possible = told->nobody - certain + told->binding,
		.certain_bytes = bytes_of(certain, tally->messages[end], tally->bytes[end]),
		.possible_bytes = bytes_of(told->nobody - certain + told->binding,
					   tally->messages[end], tally->bytes[end]),
	};
}

static struct losses of_refused(const struct producer *producer)
{
	int64_t refused = judge_not_retried(producer);

	return (struct losses){
		.possible = refused,
		.possible_bytes = bytes_of(refused, producer->tally.messages[REJECTED],
					   producer->tally.bytes[REJECTED]),
	};
}

static struct losses of_unconfirmed(const struct producer *producer)
{
	const struct tally *tally = &producer->tally;
	int64_t unconfirmed = tally->messages[UNCONFIRMED];

	if (judge_unconfirmed(producer) == VERDICT_CLEAN)
		return (struct losses){0};
	struct losses losses = split(lesser(producer->dropped_least, unconfirmed), unconfirmed,
				     tally->bytes[UNCONFIRMED]);

	losses.possible_bytes = losses.possible ? UNKNOWN : 0; /* not of all of them */
	return losses;
}

/* Messages of a transaction that was open at the end are never read, whether they arrived or
 * not. Outstanding messages belong to it: a commit has waited for all earlier ones. */
static void transaction_covers(const struct producer *producer, struct losses *losses,
			       const struct losses *outstanding)
{
	int64_t open = producer->transaction_messages;

	if (losses->certain >= open)
		return;
	losses->possible = number_sum(
		losses->possible, -lesser(outstanding->possible, open - outstanding->certain));
	losses->certain = open;
	losses->certain_bytes = bytes_of(open, producer->tally.messages[PRODUCED],
					 producer->tally.bytes[PRODUCED]);
	losses->possible_bytes = losses->possible ? UNKNOWN : 0;
}

/* No message of it is outstanding; it is not known which failed or purged ones belong to it. */
static void transaction_may_cover(const struct producer *producer, struct losses *losses)
{
	int64_t open = producer->transaction_messages;

	if (losses->possible >= open)
		return;
	losses->possible = open;
	losses->possible_bytes = bytes_of(open, producer->tally.messages[PRODUCED],
					  producer->tally.bytes[PRODUCED]);
}

/* The ends that losses are made of. */
enum part { PART_OUTSTANDING, PART_FAILED, PART_PURGED, PART_REFUSED, PART_UNCONFIRMED, PARTS };

static const enum amount amount_of[PARTS] = {OUTSTANDING, FAILED, PURGED, REJECTED,
					     UNCONFIRMED};

static struct losses of_producer(const struct process *process, const struct producer *producer,
				 struct losses parts[PARTS])
{
	const struct bad_ends ends = judge_bad_ends(producer);
	const struct tally *tally = &producer->tally;
	struct losses losses = {0};

	parts[PART_OUTSTANDING] = of_outstanding(process, producer);
	parts[PART_FAILED] =
		of_bad_end(&ends.failed, known_or_all(producer->failed_maybe, tally, FAILED),
			   tally, FAILED);
	parts[PART_PURGED] =
		of_bad_end(&ends.purged, known_or_all(producer->purged_maybe, tally, PURGED),
			   tally, PURGED);
	parts[PART_REFUSED] = of_refused(producer);
	parts[PART_UNCONFIRMED] = of_unconfirmed(producer);
	for (size_t i = 0; i < PARTS; i++)
		losses_add(&losses, &parts[i]);
	if (!judge_transaction_lost(process, producer))
		return losses;
	if (judge_commit_unknown(producer))
		transaction_may_cover(producer, &losses);
	else
		transaction_covers(producer, &losses, &parts[PART_OUTSTANDING]);
	return losses;
}

/* ---- of the lines that produced, and of the topics ---- */

/* Some of a producer's messages: a line's, a topic's. */
struct own {
	int64_t produced, ends[PARTS]; /* UNKNOWN */
	int64_t outstanding_lost;      /* of the outstanding, at least so many certainly */
};

/* The part of a producer's losses that is not yet assigned to a line, or topic. It limits the
 * following ones, because in an inconsistent trace their sum could exceed the producer's. */
struct rest {
	int64_t certain, possible; /* INT64_MAX: not known */
};

static struct rest rest_of(const struct losses *losses)
{
	return (struct rest){losses->certain,
			     losses->possible == UNKNOWN ? INT64_MAX : losses->possible};
}

static int64_t rest_take(int64_t *rest, int64_t messages)
{
	messages = above_zero(lesser(messages, *rest));
	*rest -= *rest == INT64_MAX ? 0 : messages;
	return messages;
}

/* `part` of `all` messages are lost, and `own` of all are a line's: at least how many of these
 * are lost. */
static int64_t share_least(int64_t own, int64_t all, int64_t part)
{
	if (own == UNKNOWN || all == UNKNOWN || part == UNKNOWN)
		return 0;
	return above_zero(own - above_zero(all - part));
}

static int64_t share_of_outstanding(const struct producer *producer, int64_t outstanding,
				    int64_t unsent, int64_t certain)
{
	const int64_t *messages = producer->tally.messages;
	int64_t least = share_least(outstanding, messages[OUTSTANDING], certain);
	int64_t of_unsent = share_least(unsent, messages[UNSENT], certain);

	return lesser(least < of_unsent ? of_unsent : least, certain);
}

static int64_t site_outstanding_lost(const struct producer *producer,
				     const struct call_site *site, int64_t certain)
{
	int64_t least =
		share_of_outstanding(producer, site->outstanding, site->unsent_least, certain);

	return lesser(least < site->unwritable ? site->unwritable : least, certain);
}

static int64_t share_certain(const struct process *process, const struct producer *producer,
			     const struct own *own, const struct losses parts[PARTS])
{
	const int64_t *messages = producer->tally.messages;
	int64_t ends = own->outstanding_lost;

	if (own->produced == messages[PRODUCED])
		return producer->losses.certain;
	for (int i = PART_FAILED; i < PARTS; i++)
		ends += share_least(own->ends[i], messages[amount_of[i]], parts[i].certain);
	if (!judge_transaction_lost(process, producer) || judge_commit_unknown(producer))
		return ends;
	int64_t open =
		share_least(own->produced, messages[PRODUCED], producer->transaction_messages);

	return open > ends ? open : ends;
}

static int64_t share_possible(const struct process *process, const struct producer *producer,
			      const struct own *own, const struct losses parts[PARTS])
{
	const int64_t *messages = producer->tally.messages;
	int64_t ends = 0;

	if (own->produced == messages[PRODUCED] &&
	    own->ends[PART_REFUSED] == messages[REJECTED] &&
	    producer->losses.possible != UNKNOWN)
		return producer->losses.possible;
	/* The ends of messages do not show which of them were in the transaction. */
	if (judge_transaction_lost(process, producer))
		return 0;
	for (int i = 0; i < PARTS; i++)
		ends += share_least(own->ends[i], messages[amount_of[i]], parts[i].possible);
	return ends;
}

static void of_sites(const struct process *process, struct producer *producer,
		     const struct losses parts[PARTS])
{
	struct rest rest = rest_of(&producer->losses);

	for (size_t i = 0; i < producer->site_count; i++) {
		struct call_site *site = &producer->sites[i];
		struct own own = {
			.produced = site->produced,
			.ends = {site->outstanding, site->failed, site->purged, site->rejected,
				 UNKNOWN},
			.outstanding_lost = site_outstanding_lost(
				producer, site, parts[PART_OUTSTANDING].certain),
		};

		site->outstanding_lost = own.outstanding_lost;
		site->lost_least =
			rest_take(&rest.certain, share_certain(process, producer, &own, parts));
		site->possible_least = rest_take(
			&rest.possible, share_possible(process, producer, &own, parts));
	}
}

/* Only whole topics: how many messages were produced to a partition is not known. */
static void of_topics(const struct process *process, struct producer *producer,
		      const struct losses parts[PARTS])
{
	struct rest rest = rest_of(&producer->losses);

	for (size_t i = 0; i < producer->topic_count; i++) {
		struct topic *topic = &producer->topics[i];
		const int64_t *messages = topic->tally.messages;
		struct own own = {.produced = messages[PRODUCED]};

		if (topic->partition != UNKNOWN)
			continue;
		for (int j = 0; j < PARTS; j++)
			own.ends[j] = messages[amount_of[j]];
		own.outstanding_lost =
			share_of_outstanding(producer, messages[OUTSTANDING], messages[UNSENT],
					     parts[PART_OUTSTANDING].certain);
		topic->lost_least =
			rest_take(&rest.certain, share_certain(process, producer, &own, parts));
		topic->possible_least = rest_take(
			&rest.possible, share_possible(process, producer, &own, parts));
	}
}

/* ---- sums ---- */

static void of_process(struct process *process)
{
	static const struct losses unknown = {UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN};

	process->losses = (struct losses){0};
	for (size_t i = 0; i < process->producer_count; i++) {
		struct producer *producer = &process->producers[i];
		struct losses parts[PARTS];

		if (producer->tally.messages[OUTSTANDING] == UNKNOWN) {
			process->losses = producer->losses = unknown;
			continue;
		}
		producer->losses = of_producer(process, producer, parts);
		of_sites(process, producer, parts);
		of_topics(process, producer, parts);
		losses_add(&process->losses, &producer->losses);
	}
}

/* ---- by line: one place, over all processes and producers ---- */

struct place {
	const char *words;
	const struct process *process;
	const struct producer *producer;
	const struct call_site *site;
};

/* By line; the sites of one line by their losses, the most first. */
static int by_words(const void *a, const void *b)
{
	const struct place *left = a, *right = b;
	int order = strcmp(left->words, right->words);

	if (order)
		return order;
	return (left->site->lost_least < right->site->lost_least) -
	       (left->site->lost_least > right->site->lost_least);
}

struct places {
	struct place *rows;
	size_t count;
};

/* The places of a producer's lines that lost messages. */
static void places_add(struct places *places, struct run *run, const struct process *process,
		       const struct producer *producer)
{
	for (size_t i = 0; i < producer->site_count; i++) {
		const struct call_site *site = &producer->sites[i];
		const struct frame *frame = words_place_frame(site);

		if (site->lost_least <= 0 || !frame)
			continue;
		places->rows =
			memory_grown(places->rows, places->count + 1, sizeof *places->rows);
		places->rows[places->count++] =
			(struct place){words_frame(run, frame), process, producer, site};
	}
}

static struct places places_of_run(struct run *run)
{
	struct places places = {0};

	for (size_t i = 0; i < run->process_count; i++) {
		const struct process *process = &run->processes[i];

		for (size_t j = 0; j < process->producer_count; j++)
			places_add(&places, run, process, &process->producers[j]);
	}
	return places;
}

/* The sum of the losses of the places from `first` on with the same words; returns how many
 * there are. */
static size_t line_sum(const struct place *places, size_t count, size_t first,
		       int64_t *messages)
{
	size_t end = first;

	*messages = 0;
	for (; end < count && !strcmp(places[end].words, places[first].words); end++)
		*messages = number_sum(*messages, places[end].site->lost_least);
	return end - first;
}

static struct where most_of(const struct place *places, size_t count, int64_t certain)
{
	struct where where = {0};
	int64_t all = 0, messages;

	for (size_t i = 0; i < count; i += line_sum(places, count, i, &messages)) {
		line_sum(places, count, i, &messages);
		all = number_sum(all, messages);
		if (messages <= where.messages)
			continue;
		where.process = places[i].process;
		where.producer = places[i].producer;
		where.site = places[i].site;
		where.messages = messages;
	}
	where.exact = all == certain;
	return where;
}

static struct where where_find(struct run *run)
{
	struct where where = {0};

	if (run->losses.certain == UNKNOWN)
		return where;
	struct places places = places_of_run(run);

	if (places.rows) {
		qsort(places.rows, places.count, sizeof *places.rows, by_words);
		where = most_of(places.rows, places.count, run->losses.certain);
		free(places.rows);
	}
	return where;
}

void losses_count(struct run *run)
{
	run->losses = (struct losses){0};
	for (size_t i = 0; i < run->process_count; i++) {
		of_process(&run->processes[i]);
		losses_add(&run->losses, &run->processes[i].losses);
	}
	run->where = where_find(run);
}
