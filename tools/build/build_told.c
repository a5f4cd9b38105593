/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_told.c - who was told that a producer's messages failed, and what was recorded of
 * its waits, flushes and transactions.
 *
 * It is in SECTION_PRODUCER_MORE for librdkafka's producers. For other clients, and in a
 * trace of an older guest, a failed message whose report was served counts as told.
 */
#include "build/builder.h"

#include <librdkafka/rdkafka.h>

#include "model/number.h"

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t floor_zero(int64_t number)
{
	return number < 0 ? 0 : number;
}

/* NULL: the guest did not fill it in. */
static const struct trace_producer_more *more_of(const struct builder *builder,
						 const struct producer *producer)
{
	if (!(builder->reader->header.compatible & TRACE_HAS_WAITS))
		return NULL;
	return reader_row(builder->reader, SECTION_PRODUCER_MORE, producer->row);
}

static struct told told_of(int64_t messages, uint64_t application, uint64_t binding)
{
	struct told told = {.application = least(number_of(application), messages)};

	told.binding = least(number_of(binding), messages - told.application);
	told.nobody = messages - told.application - told.binding;
	return told;
}

static void reports(const struct trace_producer *row, struct producer *producer)
{
	const int64_t *messages = producer->tally.messages;
	int64_t asked = 0;

	if (producer->flags & PRODUCER_REPORTS_ERRORS)
		asked = messages[FAILED] + messages[PURGED];
	else if (producer->flags & PRODUCER_REPORTS)
		asked = messages[DELIVERED] + messages[UNCONFIRMED] + messages[FAILED] +
			messages[PURGED];
	producer->waits.reports_served = number_of(row->reports_served);
	producer->reports_unserved = floor_zero(asked - producer->waits.reports_served);
	producer->failed_told = told_of(messages[FAILED], row->reports_served_failed, 0);
	producer->purged_told = (struct told){.application = messages[PURGED]};
}

static void waits(const struct trace_producer_more *more, struct waits *waits)
{
	waits->known = true;
	waits->reports_waited = number_of(more->reports_waited);
	waits->reports_other = number_of(more->reports_other);
	waits->other_how = more->other_how;
	waits->other_thread = more->other_thread;
	waits->unproven_for = number_of(more->unproven_for);
	waits->unproven_thread = more->unproven_thread;
	waits->bound_ms = more->wait_bound_ms == TRACE_UNKNOWN ? UNKNOWN : more->wait_bound_ms;
}

/* The process ended inside the last flush, so the guest has not added its time. If a flush is
 * split into several calls, the earlier ones are in the sum. */
static void time_in_flush(const struct process *process, struct producer *producer, bool cut)
{
	int64_t inside = process->end_ns == UNKNOWN
				 ? 0
				 : floor_zero(process->end_ns - producer->flush_began_ns);

	if (!cut)
		producer->flush_waited_ns = number_sum(producer->flush_waited_ns, inside);
	else if (inside > producer->flush_waited_ns)
		producer->flush_waited_ns = inside;
}

static void flushes(const struct process *process, const struct trace_producer_more *more,
		    struct producer *producer)
{
	int64_t continued = number_of(more->flush_continued);
	int64_t left_continued = number_of(more->flush_left_continued);

	/* Not recorded for all clients. */
	if (more->flush_began_ns > 0) {
		producer->flush_began_ns = number_at(more->flush_began_ns);
		producer->in_flush = producer->flush_calls > number_of(more->flush_ended);
	}
	if (producer->in_flush)
		time_in_flush(process, producer, continued + left_continued > 0);
	/* A flush that a binding splits into several calls counts once. */
	producer->flush_calls = floor_zero(producer->flush_calls - continued - left_continued);
	producer->flush_timeouts = floor_zero(producer->flush_timeouts - continued);
	producer->flush_left = floor_zero(number_of(more->flush_left) - left_continued);
	producer->flush_left_how = more->flush_left_how;
	producer->close_left_how = more->close_left_how;
}

/*
 * An exception of initTransactions(), except after which it can be called again, is a fatal
 * error of the client (KafkaProducer's documentation). The calling thread gets it before the
 * client notes the error (TransactionManager.TxnRequestHandler.fatalError), and may end the
 * program in between: then only the exception was recorded.
 */
static int32_t failed_init(const struct producer *producer)
{
	if (producer->client != CLIENT_KAFKA_CLIENTS ||
	    producer->transaction_call != TRANSACTION_INIT)
		return 0;
	switch (producer->transaction_error) {
	case RD_KAFKA_RESP_ERR__TIMED_OUT:
	case RD_KAFKA_RESP_ERR__INTR:
	case RD_KAFKA_RESP_ERR__STATE: /* the call was not allowed */
		return 0;
	default:
		return producer->transaction_error;
	}
}

static void transactions(const struct trace_producer_more *more, struct producer *producer)
{
	producer->transaction_messages = floor_zero(producer->tally.messages[PRODUCED] -
						    number_of(more->transaction_at));
	producer->aborted_messages = number_of(more->aborted_messages);
	producer->committed_messages = number_of(more->committed_messages);
	producer->transaction_error = more->transaction_error;
	producer->transaction_call = more->transaction_call;
	producer->committing = more->transaction_ending == TRANSACTION_COMMIT;
	producer->fatal_error = more->fatal_error ? more->fatal_error : failed_init(producer);
	/* The fatal error itself was not seen, only refusals after it. */
	for (size_t i = 0; i < producer->error_count; i++)
		if (!producer->fatal_error &&
		    producer->errors[i].code == RD_KAFKA_RESP_ERR__FATAL)
			producer->fatal_error = RD_KAFKA_RESP_ERR__FATAL;
}

/* By error, if the guest records it, and remembers all refusals. */
static void refused_errors(const struct trace_producer_more *more, struct producer *producer)
{
	int64_t sum = 0;

	for (size_t i = 0; i < TRACE_ERRORS; i++)
		sum = number_sum(sum, number_of(more->refused_retried[i]));
	if (producer->rejected_retried == UNKNOWN || sum < producer->rejected_retried)
		return;
	for (size_t i = 0; i < producer->error_count; i++)
		if (producer->errors[i].rejected)
			producer->errors[i].retried =
				number_of(more->refused_retried[producer->errors[i].entry]);
}

static void refused(const struct trace_producer_more *more, struct producer *producer)
{
	/* Two threads may count an equal message twice: at most all that were tried again. */
	producer->refused_alike =
		floor_zero(number_of(more->refused_alike) - number_of(more->refused_settled));
	if (producer->rejected_retried != UNKNOWN &&
	    producer->refused_alike > producer->rejected_retried)
		producer->refused_alike = producer->rejected_retried;
	producer->refused_lost_sight = number_of(more->refused_lost_sight);
	producer->refused_open =
		floor_zero(producer->tally.messages[REJECTED] - producer->rejected_retried -
			   producer->refused_lost_sight);
	if (producer->refused_lost_sight > 0)
		producer->rejected_retried = UNKNOWN;
	refused_errors(more, producer);
}

/* Facts that are recorded for some clients; for others they are 0. */
static void facts(const struct builder *builder, const struct trace_producer_more *more,
		  struct producer *producer)
{
	producer->binding = more->binding;
	flushes(builder->process, more, producer);
	transactions(more, producer);
	refused(more, producer);
	if (builder->reader->header.compatible & TRACE_HAS_MAYBE) {
		producer->failed_maybe = number_of(more->failed_maybe);
		producer->purged_maybe = number_of(more->purged_maybe);
	}
}

static void told(const struct trace_producer_more *more, struct producer *producer)
{
	const int64_t *messages = producer->tally.messages;

	producer->failed_told =
		told_of(messages[FAILED], more->failed_told, more->failed_told_binding);
	producer->purged_told =
		told_of(messages[PURGED], more->purged_told, more->purged_told_binding);
	producer->purges_own = number_of(more->purges_own);
	producer->purges_late = number_of(more->purges_late);
	producer->purges_wrapper = number_of(more->purges_wrapper);
	producer->purge_found = number_of(more->purge_found);
	/* An AIOProducer tells by futures, of which only the failed ones are counted (told.h).
	 */
	if (producer->flags & PRODUCER_ASYNCIO)
		producer->purged_told = (struct told){.application = messages[PURGED]};
}

void build_told(struct builder *builder, struct producer *producer)
{
	const struct trace_producer *row =
		reader_row(builder->reader, SECTION_PRODUCER, producer->row);
	const struct trace_producer_more *more = more_of(builder, producer);

	producer->waits.by = row->waited_by;
	producer->waits.waited_for = number_of(row->waited_for);
	producer->proof.gave_up_for = number_of(row->gave_up_for);
	producer->proof.withheld_ns = UNKNOWN;
	producer->waits.bound_ms = UNKNOWN;
	producer->failed_maybe = producer->purged_maybe = UNKNOWN;
	producer->transaction_messages = producer->tally.messages[PRODUCED];
	reports(row, producer);
	if (!more)
		return;
	facts(builder, more, producer);
	if (producer->client != CLIENT_LIBRDKAFKA)
		return;
	waits(more, &producer->waits);
	told(more, producer);
}
