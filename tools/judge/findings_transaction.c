/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings_transaction.c - findings about a producer's transactions, and about events that end
 * all of them: another producer with its transactional.id, a fatal error.
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

/* The names of the calls about transactions, by language. */
static const char *const calls_of_c[] = {
	[TRANSACTION_NONE] = "returned",
	[TRANSACTION_INIT] = "init_transactions",
	[TRANSACTION_BEGIN] = "begin_transaction",
	[TRANSACTION_SEND_OFFSETS] = "send_offsets_to_transaction",
	[TRANSACTION_COMMIT] = "commit_transaction",
	[TRANSACTION_ABORT] = "abort_transaction",
};
static const char *const calls_of_java[] = {
	[TRANSACTION_NONE] = "threw",
	[TRANSACTION_INIT] = "initTransactions()",
	[TRANSACTION_BEGIN] = "beginTransaction()",
	[TRANSACTION_SEND_OFFSETS] = "sendOffsetsToTransaction()",
	[TRANSACTION_COMMIT] = "commitTransaction()",
	[TRANSACTION_ABORT] = "abortTransaction()",
};

static const char *const *calls_of(const struct producer *producer)
{
	return producer->client == CLIENT_KAFKA_CLIENTS ? calls_of_java : calls_of_c;
}

/* "commit_transaction returned _FENCED"; NULL: no call failed last. */
static const char *what_failed(const struct subject *at)
{
	const struct producer *producer = at->producer;
	const char *const *calls = calls_of(producer);

	if (!producer->transaction_error || producer->transaction_call == TRANSACTION_NONE ||
	    producer->transaction_call > TRANSACTION_ABORT)
		return NULL;
	return model_format(
		at->run, "%s %s %s", calls[producer->transaction_call], calls[TRANSACTION_NONE],
		rd_kafka_err2name((rd_kafka_resp_err_t)producer->transaction_error));
}

/* ", and commit_transaction returned _FENCED", or nothing. */
static const char *what_returned(const struct subject *at)
{
	const char *failed = what_failed(at);

	return failed ? model_format(at->run, ", and %s", failed) : "";
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

/* The common text of both findings: how much of a transaction was lost. */
static void say_given_up(const struct subject *at, struct finding *finding, const char *what)
{
	const struct producer *producer = at->producer;
	bool open = judge_transaction_lost(at->process, producer);

	finding->verdict = open ? VERDICT_LOST : VERDICT_CLEAN;
	finding->is_cause = open;
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

/* The client continues the commit as long as it exists. */
static void say_commit_unknown(const struct subject *at, struct finding *finding)
{
	finding->verdict = VERDICT_AT_RISK;
	if (at->producer->committing) {
		finding->text = model_format(
			at->run,
			"The last transaction, with %s in it, may not be committed: the "
			"program "
			"ended inside %s (%s), and whether the broker was asked by then is not "
			"known.",
			words_count(at->run, at->producer->transaction_messages, "message"),
			calls_of(at->producer)[TRANSACTION_COMMIT],
			words_end(at->run, at->process));
		return;
	}
	finding->text = model_format(
		at->run,
		"The last transaction, with %s in it, may not be committed: %s before the "
		"broker had answered, and the program did not call it again.",
		words_count(at->run, at->producer->transaction_messages, "message"),
		what_failed(at));
}

/* Advice to commit does not fit where the program has tried to. */
static void advise_of_commit(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = at->producer;
	bool committed = producer->transaction_call == TRANSACTION_COMMIT;

	if (finding_is_cut_off(at))
		finding_defers(finding);
	else if (producer->committing)
		finding_advises(finding, "give the commit the time it needs before the end",
				"A transaction is committed when the broker has answered that. "
				"Give the program more time before it is ended, and read "
				"committed data to see whether this one was.");
	else if (producer->transaction_error && judge_commit_unknown(producer))
		finding_advises(finding, "call commit again until it says how that ended",
				"A commit that gave up goes on in the client: called again, it "
				"says how it ended. Messages of a transaction that is never "
				"committed are not visible to read_committed consumers.");
	else if (producer->transaction_error && committed)
		finding_advises(
			finding, "act on commit's error: abort, and produce again",
			"A commit that fails leaves its transaction open. Its error says "
			"whether to call it again, or to abort and to produce the "
			"messages again in a new transaction.");
}

void say_open_transaction(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = at->producer;

	finding_evidence(finding, "produced", producer->tally.messages[PRODUCED]);
	finding_evidence(finding, "transaction_messages", producer->transaction_messages);
	finding_blames(at, finding, PRODUCED);
	finding_evidence(finding, "committed", producer->transactions_committed);
	finding_evidence(finding, "aborted", producer->transactions_aborted);
	advise_of_commit(at, finding);
	if (judge_commit_unknown(producer)) {
		say_commit_unknown(at, finding);
		return;
	}
	finding->text = model_format(
		at->run,
		"A transaction was open at the end (%s committed, %s aborted before it%s): the "
		"%s in it will not be seen by consumers that read committed data only.",
		words_number(at->run, producer->transactions_committed),
		words_number(at->run, producer->transactions_aborted), what_returned(at),
		words_count(at->run, producer->transaction_messages, "message"));
}
