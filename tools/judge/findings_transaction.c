/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings_transaction.c - what can be said about a producer's transactions, and about what
 * ends them all: another producer in its place, a fatal error.
 */
#include "judge/findings.h"

#include <librdkafka/rdkafka.h>

#include "judge/judge.h"
#include "model/words.h"

static bool is_fencing(int32_t error)
{
	return error == RD_KAFKA_RESP_ERR__FENCED ||
	       error == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
	       error == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

bool when_fenced(const struct subject *at)
{
	return is_fencing(at->producer->transaction_error) ||
	       is_fencing(at->producer->fatal_error);
}

bool when_fatal_error(const struct subject *at)
{
	return at->producer->fatal_error != 0 && !when_fenced(at);
}

/* ", and commit_transaction returned _FENCED", or nothing. */
static const char *what_returned(const struct subject *at)
{
	static const char *const calls[] = {
		[TRANSACTION_INIT] = "init_transactions",
		[TRANSACTION_BEGIN] = "begin_transaction",
		[TRANSACTION_SEND_OFFSETS] = "send_offsets_to_transaction",
		[TRANSACTION_COMMIT] = "commit_transaction",
		[TRANSACTION_ABORT] = "abort_transaction",
	};
	const struct producer *producer = at->producer;

	if (!producer->transaction_error || producer->transaction_call == TRANSACTION_NONE ||
	    producer->transaction_call > TRANSACTION_ABORT)
		return "";
	return model_format(
		at->run, ", and %s returned %s", calls[producer->transaction_call],
		rd_kafka_err2name((rd_kafka_resp_err_t)producer->transaction_error));
}

/* "all 40 messages", "20 of 60 messages" */
static const char *of_it(const struct subject *at)
{
	const struct producer *producer = at->producer;
	int64_t produced = producer->tally.messages[PRODUCED];

	if (producer->transaction_messages >= produced)
		return model_format(at->run, "%s%s", produced == 1 ? "the " : "all ",
				    words_count(at->run, produced, "message"));
	return model_format(at->run, "%s of %s",
			    words_number(at->run, producer->transaction_messages),
			    words_count(at->run, produced, "message"));
}

/* What both have in common: how much of a transaction went down with it. */
static void say_given_up(const struct subject *at, struct finding *finding, const char *what)
{
	const struct producer *producer = at->producer;
	bool open = judge_transaction_lost(at->process, producer);

	finding->verdict = open ? VERDICT_LOST : VERDICT_CLEAN;
	if (open)
		finding_blames(at, finding, PRODUCED);
	finding_evidence(finding, "transaction_messages",
			 open ? producer->transaction_messages : 0);
	finding_evidence(finding, "transaction_error", producer->transaction_error);
	finding_evidence(finding, "fatal_error", producer->fatal_error);
	finding->text =
		open ? model_format(at->run,
				    "%s%s: its transaction was never committed, and %s will "
				    "not be seen by consumers that read committed data only.",
				    what, what_returned(at), of_it(at))
		     : model_format(at->run, "%s%s.", what, what_returned(at));
}

void say_fenced(const struct subject *at, struct finding *finding)
{
	say_given_up(at, finding,
		     "Another producer with the same transactional.id took this one's place");
}

void say_fatal_error(const struct subject *at, struct finding *finding)
{
	say_given_up(at, finding,
		     model_format(at->run, "The client met a fatal error (%s)",
				  rd_kafka_err2name(
					  (rd_kafka_resp_err_t)at->producer->fatal_error)));
}

bool when_aborted_transaction(const struct subject *at)
{
	return judge_aborted(at->producer) > 0;
}

void say_aborted_transaction(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = at->producer;

	finding_evidence(finding, "aborted_messages", producer->aborted_messages);
	finding_evidence(finding, "committed_messages", producer->committed_messages);
	finding->text = model_format(
		at->run,
		"%s were in transactions that the program aborted; %s committed "
		"after that.",
		words_count(at->run, producer->aborted_messages, "message"),
		producer->committed_messages
			? model_format(
				  at->run, "%s were",
				  words_count(at->run, producer->committed_messages, "message"))
			: "none was");
}

bool when_open_transaction(const struct subject *at)
{
	return judge_transaction_lost(at->process, at->producer) && !when_fenced(at) &&
	       !when_fatal_error(at);
}

void say_open_transaction(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = at->producer;

	finding_evidence(finding, "produced", producer->tally.messages[PRODUCED]);
	finding_evidence(finding, "transaction_messages", producer->transaction_messages);
	finding_blames(at, finding, PRODUCED);
	finding_evidence(finding, "committed", producer->transactions_committed);
	finding_evidence(finding, "aborted", producer->transactions_aborted);
	finding->text = model_format(
		at->run,
		"A transaction was open at the end (%s committed, %s aborted before it%s): the "
		"%s in it will not be seen by consumers that read committed data only.",
		words_number(at->run, producer->transactions_committed),
		words_number(at->run, producer->transactions_aborted), what_returned(at),
		words_count(at->run, producer->transaction_messages, "message"));
}
