/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings_wait.c - findings about a producer without outstanding messages: whether its program
 * waited for them.
 */
#include "judge/findings.h"

#include "judge/judge.h"
#include "model/words.h"

/* "ended", or how it ended its producer. */
static const char *how_cut(const struct subject *at)
{
	if (at->producer->proof.at_purge && at->producer->tally.messages[PURGED] > 0)
		return "purged its producer";
	if (at->producer->state == PRODUCER_DESTROYED)
		return "destroyed its producer";
	return words_end(at->run, at->process);
}

/* For a program that flushed with too short a timeout, or whose client does not wait (acks=0).
 */
static void advise_of_giving_up(const struct subject *at, struct finding *finding)
{
	if (finding_is_cut_off(at))
		finding_defers(finding);
	else if (finding_flush_failed(at->producer))
		finding_advises(finding, "check what flush returns: nothing may be left",
				"A flush that gives up has waited for nothing that is left by "
				"then: give it more time, or call it again until nothing is.");
}

bool when_ended_unanswered(const struct subject *at)
{
	return judge_unanswered(at->producer) > 0;
}

void say_ended_unanswered(const struct subject *at, struct finding *finding)
{
	int64_t unanswered = judge_unanswered(at->producer);
	const struct withheld *withheld = &at->process->withheld;

	finding_evidence(finding, "produced", at->producer->tally.messages[PRODUCED]);
	finding_evidence(finding, "unanswered", unanswered);
	finding_evidence(finding, "withheld_ns", withheld->patience_ns);
	finding_evidence(finding, "flush_calls", at->producer->flush_calls);
	advise_of_giving_up(at, finding);
	finding->text = model_format(
		at->run,
		"%s of %s were unanswered when the program %s: answers were withheld from "
		"it, for %s at most, and it waited for none of them.",
		words_number(at->run, unanswered),
		words_count(at->run, at->producer->tally.messages[PRODUCED], "message"),
		how_cut(at), words_time(at->run, withheld->patience_ns));
}

bool when_racy_exit(const struct subject *at)
{
	const struct producer *producer = at->producer;

	return !producer->proof.cut && producer->waited == WAITED_NO &&
	       !(producer->flags & PRODUCER_WAITS_UNSEEN) &&
	       producer->tally.messages[OUTSTANDING] == 0 &&
	       !judge_transaction_lost(at->process, producer) &&
	       at->process->how != ENDED_RUNNING;
}

void say_racy_exit(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = at->producer;

	finding_evidence(finding, "produced", producer->tally.messages[PRODUCED]);
	finding_evidence(finding, "waited_for", producer->waits.waited_for);
	finding_evidence(finding, "flush_calls", producer->flush_calls);
	advise_of_giving_up(at, finding);
	finding->text = model_format(
		at->run, "Nothing was left of %s when the program %s, but it waited for %s.",
		words_count(at->run, producer->tally.messages[PRODUCED], "message"),
		words_end(at->run, at->process),
		producer->waits.waited_for > 0 && producer->waits.by != WAITED_PURGE
			? model_format(at->run, "the first %s only",
				       words_number(at->run, producer->waits.waited_for))
			: "none of them");
}

/* No message is missing, and it is not known whether the program waited. */
bool when_waits_unseen(const struct subject *at)
{
	const struct producer *producer = at->producer;

	return producer->waited == WAITED_NO && producer->flags & PRODUCER_WAITS_UNSEEN &&
	       producer->tally.messages[OUTSTANDING] == 0 && at->process->how != ENDED_RUNNING;
}

void say_waits_unseen(const struct subject *at, struct finding *finding)
{
	finding_evidence(finding, "produced", at->producer->tally.messages[PRODUCED]);
	finding->text = model_format(
		at->run,
		"Nothing was left of %s, but whether the program waited for %s was not seen.",
		words_count(at->run, at->producer->tally.messages[PRODUCED], "message"),
		at->producer->tally.messages[PRODUCED] == 1 ? "it" : "them");
}

bool when_waits_unproven(const struct subject *at)
{
	return at->producer->waited == WAITED_UNPROVEN &&
	       waits_of_produced(at->process, at->producer) == WAITED_UNPROVEN &&
	       at->producer->tally.messages[OUTSTANDING] == 0 &&
	       at->process->how != ENDED_RUNNING;
}

static const char *why_unproven(const struct subject *at)
{
	const struct producer *producer = at->producer;

	if (at->process->how == ENDED_SIGNAL)
		return "a signal ended it, and it had no way out on which to wait";
	if (at->process->how == ENDED_VANISHED || at->process->how == ENDED_UNKNOWN)
		return "how it ended was not seen, nor a way out on which it would wait";
	if (waits_by_futures(producer))
		return "the last ones had a callback or a future that it kept, and who waits "
		       "for "
		       "those, by a framework's future or a latch, cannot be seen";
	if (!producer->waits.known)
		return "who took the delivery reports, and how, is not in this trace";
	if (producer->in_flush)
		return "it ended inside flush";
	if (producer->waits.unproven_for >= producer->tally.messages[PRODUCED])
		return producer->waits.unproven_thread > 0
			       ? "it was another thread that saw the queue empty"
			       : "it had purged the queue before it saw it empty";
	switch (producer->waits.other_how) {
	case REPORT_BINDING:
		return "a library's own poller took the last report";
	case REPORT_OWN_POLLING_AGAIN:
		return "a poll that cannot block took the last report";
	case REPORT_WOKEN:
		return "the client woke it, and a poll that cannot block took the last report";
	default:
		return "another thread took the last report";
	}
}

static bool is_over_tls(const struct subject *at)
{
	for (size_t i = 0; i < at->process->socket_count; i++)
		if (at->process->sockets[i].flags & SOCKET_TLS &&
		    at->process->sockets[i].producer == at->producer - at->process->producers)
			return true;
	return false;
}

/* Why --prove, if it was asked for, could not tell either: a sentence, or "". */
static const char *why_not_proven(const struct subject *at)
{
	if (!at->process->proves || at->process->how == ENDED_SIGNAL ||
	    at->process->how == ENDED_VANISHED || at->process->how == ENDED_UNKNOWN)
		return "";
	if (at->process->proof_broke)
		return " --prove could not tell: its relay did not last until the end.";
	if (is_over_tls(at))
		return " --prove could not tell: over TLS no answer can be withheld.";
	if (at->producer->tally.messages[UNCONFIRMED] > 0)
		return " --prove could not tell: with acks=0 there are no answers.";
	return " --prove could not tell: no answer to its last message was withheld.";
}

/* Replaces the rows' advice to call flush where the program did. */
static void advise_of_wait(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = at->producer;

	if (finding_is_cut_off(at))
		finding_defers(finding);
	else if (producer->in_flush)
		finding_advises(
			finding, "give flush the time it needs before the program ends",
			"Everything arrived, but flush had not come back: that it would "
			"have waited for a slower broker is not shown.");
	else if (producer->flush_was_last)
		finding_advises(
			finding, "flush on the thread that produces, or ends the program",
			"Everything arrived and a flush came back, but not one that the "
			"end of the program is known to wait for: flush on the thread "
			"that produced or that ends the program, without a purge "
			"before, and check the result.");
}

void say_waits_unproven(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = at->producer;

	finding_evidence(finding, "produced", producer->tally.messages[PRODUCED]);
	finding_evidence(finding, "waited_for", producer->waits.waited_for);
	finding_evidence(finding, "reports_served", producer->waits.reports_served);
	advise_of_wait(at, finding);
	finding->text = model_format(
		at->run,
		"Nothing was left of %s, but that the program waited is not shown: %s.%s",
		words_count(at->run, producer->tally.messages[PRODUCED], "message"),
		why_unproven(at), why_not_proven(at));
}

bool when_held_unseen(const struct subject *at)
{
	return at->producer->flags & PRODUCER_HELD_UNSEEN;
}

void say_held_unseen(const struct subject *at, struct finding *finding)
{
	finding_evidence(finding, "produced", at->producer->tally.messages[PRODUCED]);
	finding->text = model_format(
		at->run,
		"%s reached librdkafka; how many more confluent-kafka's AIOProducer held "
		"in its list at the end was not seen.",
		words_count(at->run, at->producer->tally.messages[PRODUCED], "message"));
}

bool when_channel_unseen(const struct subject *at)
{
	return at->producer->channel_open;
}

static const char *why_channel(const struct subject *at)
{
	const struct producer *producer = at->producer;

	if (producer->channel == CHANNEL_UNKNOWN)
		return model_format(
			at->run,
			"Whether the program uses ProduceChannel() could not be "
			"read, for %s is not there any more, is another file, or has "
			"no table of Go's functions that is understood",
			at->process->exe ? at->process->exe : "its file");
	if (producer->channel == CHANNEL_POSSIBLE)
		return model_format(
			at->run,
			producer->tally.messages[PRODUCED] == 0
				? "The program has ProduceChannel(), which it calls or "
				  "reflection keeps, and librdkafka got no message "
				  "of this producer"
				: "The program has ProduceChannel(), which it calls or "
				  "reflection keeps, and whether it has put messages of "
				  "this producer there was not seen");
	return model_format(at->run, "%s came from ProduceChannel()",
			    words_count(at->run, producer->channel_messages, "message"));
}

void say_channel_unseen(const struct subject *at, struct finding *finding)
{
	finding_evidence(finding, "produced", at->producer->tally.messages[PRODUCED]);
	finding_evidence(finding, "from_channel", at->producer->channel_messages);
	finding_evidence(finding, "flush_calls", at->producer->flush_calls);
	if (at->producer->channel == CHANNEL_UNKNOWN)
		finding_advises(
			finding, "report the trace where the program's file is",
			"Run `unflushed report` where the program's file is, as it was "
			"when it ran, under the path that it had: its own table says "
			"whether it uses ProduceChannel() at all. Or let it call Close() "
			"before main returns.");
	finding->text =
		model_format(at->run,
			     "%s: how many were still in that channel, which librdkafka never "
			     "got, cannot be "
			     "seen, and the producer was not closed when the program %s.",
			     why_channel(at), words_end(at->run, at->process));
}
