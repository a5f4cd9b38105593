/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings_producer.c - findings about a producer with outstanding messages at its end.
 *
 * These messages have one cause: the first that fits of inherited, destroyed,
 * flush that timed out, killed, exec, exit. So exactly one finding explains them.
 */
#include "judge/findings.h"

#include <signal.h>
#include <string.h>

#include "judge/judge.h"
#include "judge/refusals.h"
#include "model/words.h"

enum cause {
	CAUSE_NONE,
	CAUSE_RUNNING,
	CAUSE_FORK,
	CAUSE_IN_FLUSH,
	CAUSE_FLUSH_INTERRUPTED,
	CAUSE_FLUSH_TIMEOUT,
	CAUSE_DESTROY,
	CAUSE_KILLED,
	CAUSE_EXEC,
	CAUSE_EXIT_IN_FLIGHT,
	CAUSE_EXIT,
};

/* flush returned that messages were left, and no later wait succeeded. */
static bool flush_failed(const struct producer *producer)
{
	return producer->flush_result != UNKNOWN && producer->flush_result != 0 &&
	       producer->flush_was_last;
}

static bool was_killed(const struct process *process)
{
	return process->how == ENDED_SIGNAL || process->how == ENDED_ABORT;
}

/* A callback made flush end early: if it returns then, its result is "timed out", too. */
static bool flush_interrupted(const struct producer *producer)
{
	return producer->flush_left_how != FLUSH_NOT_LEFT && producer->flush_was_last;
}

static enum cause flush_cause(const struct producer *producer)
{
	if (flush_interrupted(producer))
		return CAUSE_FLUSH_INTERRUPTED;
	return flush_failed(producer) ? CAUSE_FLUSH_TIMEOUT : CAUSE_NONE;
}

static enum cause how_it_ended(const struct subject *at)
{
	const struct producer *producer = at->producer;

	if (producer->tally.messages[OUTSTANDING] <= 0 || producer->proof.cut)
		return CAUSE_NONE;
	/* The program waited, but its client did not (acks=0): acks0-unsent reports that. */
	if (producer->waited == WAITED_YES &&
	    producer->unwritten == producer->tally.messages[OUTSTANDING])
		return CAUSE_NONE;
	if (producer->flags & PRODUCER_INHERITED)
		return CAUSE_FORK;
	enum cause flush = flush_cause(producer);

	if (producer->state == PRODUCER_DESTROYED)
		return flush != CAUSE_NONE ? flush : CAUSE_DESTROY;
	if (at->process->how == ENDED_RUNNING)
		return CAUSE_RUNNING;
	if (producer->in_flush)
		return CAUSE_IN_FLUSH;
	/* In whatever way it ended later, it had been told that messages were left. */
	if (flush != CAUSE_NONE)
		return flush;
	if (was_killed(at->process))
		return CAUSE_KILLED;
	if (at->process->how == ENDED_EXEC)
		return CAUSE_EXEC;
	if (producer->state == PRODUCER_DESTROYING)
		return CAUSE_DESTROY;
	return producer->tally.messages[UNSENT] == 0 ? CAUSE_EXIT_IN_FLIGHT : CAUSE_EXIT;
}

/* The cause within the program. If no broker could be reached, ending without a wait is not why
 * messages are outstanding: broker-unreachable reports that. A wait that timed out is reported
 * all the same. */
static enum cause cause_of(const struct subject *at)
{
	enum cause cause = how_it_ended(at);

	switch (cause) {
	case CAUSE_DESTROY:
	case CAUSE_KILLED:
	case CAUSE_EXEC:
	case CAUSE_EXIT_IN_FLIGHT:
	case CAUSE_EXIT:
		return finding_is_cut_off(at) ? CAUSE_NONE : cause;
	default:
		return cause;
	}
}

static void evidence_outstanding(const struct subject *at, struct finding *finding)
{
	const struct tally *tally = &at->producer->tally;

	finding->verdict = judge_outstanding(at->process, at->producer);
	finding_blames(at, finding, OUTSTANDING);
	finding_evidence(finding, "produced", tally->messages[PRODUCED]);
	finding_evidence(finding, "outstanding", tally->messages[OUTSTANDING]);
	finding_evidence(finding, "outstanding_bytes", tally->bytes[OUTSTANDING]);
	finding_evidence(finding, "unsent", tally->messages[UNSENT]);
	finding_evidence(finding, "in_flight", tally->messages[IN_FLIGHT]);
	if (finding_is_cut_off(at))
		finding_defers(finding);
}

/* "950 of 1,000 messages (92.8 KiB)" */
static const char *of_produced(const struct subject *at, int64_t messages, int64_t bytes)
{
	const struct tally *tally = &at->producer->tally;

	if (bytes == UNKNOWN)
		return model_format(at->run, "%s of %s", words_number(at->run, messages),
				    words_count(at->run, tally->messages[PRODUCED], "message"));
	return model_format(at->run, "%s of %s, %s,", words_number(at->run, messages),
			    words_count(at->run, tally->messages[PRODUCED], "message"),
			    words_size_exact(at->run, bytes));
}

/* ": 900 never written, 50 written but unanswered" */
static const char *parts(const struct subject *at)
{
	const int64_t *messages = at->producer->tally.messages;

	if (messages[UNSENT] == UNKNOWN)
		return "; how many of them were written cannot be told";
	if (messages[IN_FLIGHT] == 0)
		return ", none of them ever written whole to the broker";
	if (messages[UNSENT] == 0)
		return at->producer->reset
			       ? ", all written, then thrown away by a reset of the connection"
			       : ", all written, none answered: nobody can know if they "
				 "arrived";
	return model_format(at->run, ": %s never written, %s %swritten but unanswered",
			    words_number(at->run, messages[UNSENT]),
			    words_number(at->run, messages[IN_FLIGHT]),
			    at->producer->written_unseen ? "perhaps " : "");
}

static const char *outstanding(const struct subject *at)
{
	const struct tally *tally = &at->producer->tally;

	return of_produced(at, tally->messages[OUTSTANDING], tally->bytes[OUTSTANDING]);
}

bool when_missing_flush(const struct subject *at)
{
	return cause_of(at) == CAUSE_EXIT;
}

void say_missing_flush(const struct subject *at, struct finding *finding)
{
	const char *flushed = at->producer->flush_calls == 0 ? "it never called flush"
			      : at->producer->flush_was_last
				      ? "its last flush did not wait for these"
				      : "it produced more after its last flush";

	evidence_outstanding(at, finding);
	finding_evidence(finding, "flush_calls", at->producer->flush_calls);
	finding->text = model_format(at->run, "The program %s with %s not delivered%s; %s.",
				     words_end(at->run, at->process), outstanding(at),
				     parts(at), flushed);
}

bool when_exit_in_flight(const struct subject *at)
{
	return cause_of(at) == CAUSE_EXIT_IN_FLIGHT;
}

void say_exit_in_flight(const struct subject *at, struct finding *finding)
{
	evidence_outstanding(at, finding);
	finding->text =
		model_format(at->run, "The program %s with %s in flight%s.",
			     words_end(at->run, at->process), outstanding(at), parts(at));
}

bool when_ended_in_flush(const struct subject *at)
{
	return cause_of(at) == CAUSE_IN_FLUSH;
}

void say_ended_in_flush(const struct subject *at, struct finding *finding)
{
	int64_t began = at->producer->flush_began_ns, end = at->process->end_ns;
	int64_t inside = end != UNKNOWN && end >= began ? end - began : UNKNOWN;

	evidence_outstanding(at, finding);
	finding_evidence(finding, "inside_ns", inside);
	if (finding_crashed(at->process) && !finding_is_cut_off(at))
		finding_advises_of_crash(at, finding);
	finding->text =
		model_format(at->run,
			     "The program %s inside flush, %s, with %s not "
			     "delivered%s.",
			     words_end(at->run, at->process),
			     inside == UNKNOWN ? "after an unknown time"
					       : model_format(at->run, "%s after that began",
							      words_time(at->run, inside)),
			     outstanding(at), parts(at));
}

bool when_flush_interrupted(const struct subject *at)
{
	return cause_of(at) == CAUSE_FLUSH_INTERRUPTED;
}

/* By what flush was left: a binding calls rd_kafka_yield() when a callback in its language has
 * raised an exception. */
static const char *what_left(const struct producer *producer, uint32_t how)
{
	bool delivery = how & FLUSH_LEFT_DELIVERY;

	switch (how & FLUSH_LEFT_WHAT) {
	case FLUSH_LEFT_YIELD:
		if (producer->binding == BINDING_NONE)
			return delivery ? "rd_kafka_yield(), called in a delivery callback,"
					: "rd_kafka_yield(), called in a callback,";
		/* fall through */
	case FLUSH_LEFT_EXCEPTION:
		if (producer->client != CLIENT_LIBRDKAFKA)
			return "An exception";
		return delivery ? "An exception out of a delivery callback"
				: "An exception out of a callback";
	case FLUSH_LEFT_JUMP:
		return delivery ? "A longjmp() out of a delivery callback" : "A longjmp()";
	case FLUSH_LEFT_INTERRUPT:
		return "An interrupt of the thread that called it (InterruptException)";
	default:
		return "The end of the thread that called it";
	}
}

/* The rows' advice is for exceptions out of a delivery callback. */
static void advise_of_leaving(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = at->producer;
	uint32_t what = producer->flush_left_how & FLUSH_LEFT_WHAT;

	if (finding_is_cut_off(at) || what == FLUSH_LEFT_EXCEPTION ||
	    (what == FLUSH_LEFT_YIELD && producer->binding != BINDING_NONE))
		return;
	if (what == FLUSH_LEFT_INTERRUPT && producer->client == CLIENT_KAFKA_CLIENTS)
		return;
	finding_advises(finding,
			what == FLUSH_LEFT_YIELD ? "call flush again after rd_kafka_yield()"
			: what == FLUSH_LEFT_JUMP
				? "do not longjmp() out of flush, or flush again"
				: "do not end the thread that is in flush",
			"What leaves flush early leaves in the queue what it had not delivered "
			"by then. Call flush again, before the program ends, until nothing is "
			"left.");
}

void say_flush_interrupted(const struct subject *at, struct finding *finding)
{
	evidence_outstanding(at, finding);
	finding_evidence(finding, "flush_left", at->producer->flush_left);
	advise_of_leaving(at, finding);
	finding->text = model_format(at->run, "%s ended flush early, with %s not delivered%s.",
				     what_left(at->producer, at->producer->flush_left_how),
				     outstanding(at), parts(at));
}

bool when_flush_timeout(const struct subject *at)
{
	return cause_of(at) == CAUSE_FLUSH_TIMEOUT;
}

void say_flush_timeout(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = at->producer;

	evidence_outstanding(at, finding);
	finding_evidence(finding, "flush_timeouts", producer->flush_timeouts);
	finding_evidence(finding, "flush_waited_ns", producer->flush_waited_ns);
	finding->text = model_format(at->run,
				     "flush gave up after %s (%s of %s timed out) and the "
				     "program went on with %s not "
				     "delivered%s.",
				     words_time(at->run, producer->flush_waited_ns),
				     words_number(at->run, producer->flush_timeouts),
				     words_count(at->run, producer->flush_calls, "call"),
				     outstanding(at), parts(at));
}

bool when_destroy_without_flush(const struct subject *at)
{
	return cause_of(at) == CAUSE_DESTROY;
}

void say_destroy_without_flush(const struct subject *at, struct finding *finding)
{
	uint32_t how = at->producer->close_left_how;
	const char *why =
		how == FLUSH_NOT_LEFT
			? ""
			: model_format(at->run,
				       "%s ended close early: ", what_left(at->producer, how));

	evidence_outstanding(at, finding);
	finding_evidence(finding, "dropped", at->producer->dropped);
	finding->text = model_format(
		at->run, "%s%she producer was destroyed with %s not delivered%s.", why,
		how == FLUSH_NOT_LEFT ? "T" : "t", outstanding(at), parts(at));
}

bool when_killed_in_flight(const struct subject *at)
{
	return cause_of(at) == CAUSE_KILLED;
}

/* `text` with SIGTERM, which the rows name, replaced by the signal that was seen. */
static const char *of_signal(const struct subject *at, const char *text)
{
	const char *signal = words_signal(at->run, at->process->signal), *found, *said = "";

	for (; (found = strstr(text, "SIGTERM")); text = found + strlen("SIGTERM"))
		said = model_format(at->run, "%s%.*s%s", said, (int)(found - text), text,
				    signal);
	return model_format(at->run, "%s%s", said, text);
}

static void advise_of_signal(const struct subject *at, struct finding *finding)
{
	if (finding_crashed(at->process))
		finding_advises_of_crash(at, finding);
	else if (at->process->signal == SIGKILL)
		finding_advises(
			finding, "end it by a signal that it can handle; flush more often",
			"Nothing runs after SIGKILL. Where a supervisor sent it, a "
			"gentler signal came before, or can: handle that, flush, and end "
			"before its patience does. Where the kernel did (no memory is "
			"left: dmesg), only a smaller queue helps (linger.ms, a flush "
			"after each batch), or a source that can be read again.");
	else if (at->process->signal != SIGTERM)
		finding_advises(finding, of_signal(at, finding->change),
				of_signal(at, finding->fix));
}

void say_killed_in_flight(const struct subject *at, struct finding *finding)
{
	evidence_outstanding(at, finding);
	finding_evidence(finding, "signal", at->process->signal);
	advise_of_signal(at, finding);
	finding->text =
		model_format(at->run, "The program %s with %s not delivered%s.",
			     words_end(at->run, at->process), outstanding(at), parts(at));
}

bool when_exec_in_flight(const struct subject *at)
{
	return cause_of(at) == CAUSE_EXEC;
}

void say_exec_in_flight(const struct subject *at, struct finding *finding)
{
	evidence_outstanding(at, finding);
	finding->text = model_format(
		at->run, "The program replaced itself by exec with %s not delivered%s.",
		outstanding(at), parts(at));
}

bool when_produced_after_fork(const struct subject *at)
{
	return cause_of(at) == CAUSE_FORK || refusal_is_of_fork(at->producer);
}

/* All its messages were refused, so none is outstanding. */
static void say_refused_after_fork(const struct subject *at, struct finding *finding)
{
	int64_t refused = at->producer->tally.messages[REJECTED];

	finding->verdict = VERDICT_AT_RISK;
	finding_blames(at, finding, REJECTED);
	finding_evidence(finding, "rejected", refused);
	finding_evidence(finding, "retried", at->producer->rejected_retried);
	finding->text = model_format(at->run,
				     "A child made by fork used its parent's producer, which "
				     "has no threads there: it refused %s.",
				     words_count(at->run, refused, "message"));
}

void say_produced_after_fork(const struct subject *at, struct finding *finding)
{
	if (cause_of(at) != CAUSE_FORK) {
		say_refused_after_fork(at, finding);
		return;
	}
	evidence_outstanding(at, finding);
	finding->text = model_format(at->run,
				     "A child made by fork produced with its parent's "
				     "producer, which has no threads "
				     "there: %s stayed in its memory.",
				     outstanding(at));
}

bool when_still_running(const struct subject *at)
{
	return at->process->how == ENDED_RUNNING && at->producer->verdict != VERDICT_CLEAN &&
	       (cause_of(at) == CAUSE_RUNNING || at->producer->waited != WAITED_YES);
}

void say_still_running(const struct subject *at, struct finding *finding)
{
	evidence_outstanding(at, finding);
	if (finding->verdict == VERDICT_CLEAN)
		finding->verdict = VERDICT_RACY;
	finding->text = model_format(
		at->run, "The program is still running; %s of %s under way at this moment.",
		words_number(at->run, at->producer->tally.messages[OUTSTANDING]),
		words_count(at->run, at->producer->tally.messages[PRODUCED], "message"));
}
