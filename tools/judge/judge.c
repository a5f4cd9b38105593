/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge.c - judges by outcome first, and never by timing.
 *
 * Only counters are read, never events. Whether a producer waited does not
 * depend on how far its messages happened to get, so one that did not wait is
 * never clean. Where there is no evidence the verdict is blind.
 */
#include "judge/judge.h"

#include <librdkafka/rdkafka.h>

#include "model/origin.h"

/* Requests are counted for librdkafka only; during a write there may be one more. */
static bool nothing_in_flight(const struct producer *producer)
{
	return producer->client == CLIENT_LIBRDKAFKA && !producer->writing &&
	       producer->requests_sent == producer->requests_answered;
}

static int64_t lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t judge_never_arrived(const struct process *process, const struct producer *producer)
{
	const int64_t *messages = producer->tally.messages;

	if (producer->proof.cut)
		return 0;
	/* While the process runs, outstanding messages can still arrive. */
	if (messages[OUTSTANDING] <= 0 || process->how == ENDED_RUNNING)
		return 0;
	if (messages[UNSENT] == UNKNOWN)
		return nothing_in_flight(producer) ? messages[OUTSTANDING] : 0;
	return messages[UNSENT] + lesser(producer->dropped_least, messages[IN_FLIGHT]);
}

enum verdict judge_outstanding(const struct process *process, const struct producer *producer)
{
	if (producer->tally.messages[OUTSTANDING] == UNKNOWN)
		return VERDICT_BLIND;
	if (producer->tally.messages[OUTSTANDING] == 0)
		return VERDICT_CLEAN;
	if (producer->proof.cut)
		return VERDICT_RACY;
	return judge_never_arrived(process, producer) > 0 ? VERDICT_LOST : VERDICT_AT_RISK;
}

/* acks=0: the client calls a message done once it is written. */
enum verdict judge_unconfirmed(const struct producer *producer)
{
	if (producer->tally.messages[UNCONFIRMED] <= 0)
		return VERDICT_CLEAN;
	if (producer->reset)
		return VERDICT_LOST;
	return producer->kernel_bytes > 0 || producer->kernel_open || producer->may_forget
		       ? VERDICT_AT_RISK
		       : VERDICT_CLEAN;
}

/* Subtracts at most `most` from `from`; returns how many of `most` are left. */
static int64_t take(int64_t *from, int64_t most)
{
	int64_t taken = *from < most ? *from : most;

	*from -= taken;
	return most - taken;
}

/* Whether the program or the client purged, too (the client does after a fatal error). Then
 * only the messages that the binding's last purge found count as purged by that. */
static bool purged_by_others(const struct producer *producer)
{
	return producer->purges_own > 0 || producer->purges_late > 0 ||
	       producer->fatal_error != 0;
}

/*
 * A program that aborts a transaction knows that its messages are lost, whatever their reports
 * say: they are subtracted from the failed and purged ones.
 */
struct bad_ends judge_bad_ends(const struct producer *producer)
{
	struct bad_ends ends = {.failed = producer->failed_told,
				.purged = producer->purged_told};
	int64_t known = producer->aborted_messages;

	/* A purge by a binding, or by the client itself, which the application did not call, is
	 * a loss. Not one by the client after a fatal error: that is a failure, and reported as
	 * one. */
	if (producer->proof.cut && producer->proof.at_purge)
		ends.purged = (struct told){0};
	int64_t unasked =
		purged_by_others(producer) ? producer->purge_found : ends.purged.binding;

	ends.purged.nobody += unasked - take(&ends.purged.binding, unasked);
	known = take(&ends.purged.nobody, known);
	known = take(&ends.failed.nobody, known);
	known = take(&ends.purged.binding, known);
	known = take(&ends.failed.binding, known);
	known = take(&ends.purged.application, known);
	take(&ends.failed.application, known);
	return ends;
}

int64_t judge_dropped(const struct producer *producer)
{
	int64_t nobody = judge_bad_ends(producer).purged.nobody;

	if (producer->purges_wrapper == 0)
		return 0;
	if (!purged_by_others(producer))
		return nobody;
	return nobody < producer->purge_found ? nobody : producer->purge_found;
}

static bool judge_nothing_arrived(const struct producer *producer)
{
	const int64_t *messages = producer->tally.messages;

	return messages[DELIVERED] <= 0 && messages[UNCONFIRMED] <= 0;
}

/* Not an aborted transaction that was repeated: as many messages were committed afterwards. */
int64_t judge_aborted(const struct producer *producer)
{
	bool again = producer->aborted_messages <= producer->committed_messages;

	return again && !judge_nothing_arrived(producer) ? 0 : producer->aborted_messages;
}

int64_t judge_not_retried(const struct producer *producer)
{
	int64_t rejected = producer->tally.messages[REJECTED],
		retried = producer->rejected_retried;

	if (retried == UNKNOWN)
		return rejected > 0 ? UNKNOWN : 0;
	return rejected > retried ? rejected - retried : 0;
}

bool judge_transaction_lost(const struct process *process, const struct producer *producer)
{
	return producer->transaction_open && process->how != ENDED_RUNNING &&
	       producer->transaction_messages > 0;
}

bool judge_commit_unknown(const struct producer *producer)
{
	bool gave_up = producer->transaction_error == RD_KAFKA_RESP_ERR__TIMED_OUT ||
		       producer->transaction_error == RD_KAFKA_RESP_ERR__INTR;

	bool cut_short = producer->transaction_call == TRANSACTION_COMMIT && gave_up;

	/* Commit sends its request after all messages are delivered. */
	return (cut_short || producer->committing) && !producer->fatal_error &&
	       producer->tally.messages[OUTSTANDING] == 0;
}

int64_t judge_gone(const struct told *told, int64_t maybe)
{
	int64_t gone = told->nobody - (maybe == UNKNOWN ? 0 : maybe);

	return gone > 0 ? gone : 0;
}

enum verdict judge_bad_end(const struct told *told, int64_t maybe)
{
	if (judge_gone(told, maybe) > 0)
		return VERDICT_LOST;
	/* Written, and then given up by the client: it is not known whether they arrived. */
	if (told->nobody > 0 || told->binding > 0)
		return VERDICT_AT_RISK;
	return told->application > 0 ? VERDICT_FAILED : VERDICT_CLEAN;
}

static enum verdict judge_ends(const struct producer *producer)
{
	const struct bad_ends ends = judge_bad_ends(producer);
	enum verdict verdict =
		verdict_worse(judge_bad_end(&ends.failed, producer->failed_maybe),
			      judge_bad_end(&ends.purged, producer->purged_maybe));

	return judge_aborted(producer) > 0 ? verdict_worse(verdict, VERDICT_FAILED) : verdict;
}

static enum verdict judge_wait(const struct producer *producer)
{
	if (producer->proof.cut)
		return VERDICT_RACY;
	if (producer->waited == WAITED_YES)
		return VERDICT_CLEAN;
	if (producer->waited == WAITED_UNPROVEN)
		return VERDICT_UNPROVEN;
	return producer->flags & PRODUCER_WAITS_UNSEEN ? VERDICT_BLIND : VERDICT_RACY;
}

/*
 * With --prove: it ended, or purged, while answers were withheld from it. If it had waited,
 * they would have been let through. If a wait of its own gave up, the messages that are left
 * decide.
 */
static bool is_cut(const struct process *process, const struct producer *producer)
{
	const int64_t *messages = producer->tally.messages;
	const struct proof *proof = &producer->proof;
	bool left = (proof->at_end && messages[OUTSTANDING] > 0) ||
		    (proof->at_purge && messages[PURGED] > 0);

	return left && !process->waiting && process->how != ENDED_RUNNING &&
	       proof->gave_up_for < messages[PRODUCED];
}

int64_t judge_unanswered(const struct producer *producer)
{
	const int64_t *messages = producer->tally.messages;

	if (!producer->proof.cut)
		return 0;
	return messages[OUTSTANDING] + (producer->proof.at_purge ? messages[PURGED] : 0);
}

static enum verdict judge_producer(const struct process *process,
				   const struct producer *producer)
{
	enum verdict verdict = judge_outstanding(process, producer);

	verdict = verdict_worse(verdict, judge_unconfirmed(producer));
	verdict = verdict_worse(verdict, judge_ends(producer));
	if (judge_transaction_lost(process, producer))
		verdict = judge_commit_unknown(producer)
				  ? verdict_worse(verdict, VERDICT_AT_RISK)
				  : VERDICT_LOST;
	if (judge_not_retried(producer) != 0)
		verdict = verdict_worse(verdict, VERDICT_AT_RISK);
	if (producer->flags & PRODUCER_HELD_UNSEEN)
		verdict = verdict_worse(verdict, VERDICT_BLIND);
	return verdict_worse(verdict, judge_wait(producer));
}

/* The connection of a client that only the wire layer sees. */
bool judge_wire_only(const struct socket *socket)
{
	return socket->producer == UNKNOWN && socket->flags & SOCKET_KAFKA && !socket->shared;
}

/* Bytes of a write that did not return are not counted: they may have been all of the rest. */
bool judge_cut_produce(const struct socket *socket)
{
	return socket_cut_produce(socket) && !socket->kept_elsewhere && !socket->writing;
}

bool judge_cut_in_write(const struct socket *socket)
{
	return socket_cut_produce(socket) && !socket->kept_elsewhere && socket->writing;
}

bool judge_left_produce(const struct socket *socket)
{
	return socket_cut_produce(socket) && socket->kept_elsewhere;
}

/* If the messages of the connection's producer are counted, those counts decide: an
 * unfinished request may have been written again on another connection. */
static enum verdict judge_socket(const struct process *process, const struct socket *socket)
{
	bool ended = process->how != ENDED_RUNNING;

	if (!judge_wire_only(socket))
		return VERDICT_CLEAN;
	if (judge_cut_produce(socket))
		return VERDICT_LOST;
	bool open = socket->produce_open_requests > 0;
	bool acks0 = socket->produce_unanswerable > 0 && socket->unsent_bytes > 0;
	bool held = (acks0 && !(socket->flags & SOCKET_UNDER_WAY)) || socket->queue_open ||
		    (socket->may_forget && socket->produce_unanswerable > 0);
	if (ended && socket->reset && (open || acks0))
		return VERDICT_LOST;
	bool unknown_end = judge_left_produce(socket) || judge_cut_in_write(socket);

	return ended && (open || held || unknown_end) ? VERDICT_AT_RISK : VERDICT_CLEAN;
}

/* A client other than librdkafka, whose messages are not counted. Only reported when the
 * API layer found its own connections: otherwise they would look like another client's. */
static bool uncounted_client(const struct process *process, const struct socket *socket)
{
	if (!judge_wire_only(socket) || socket->produce_requests == 0)
		return false;
	for (size_t i = 0; i < process->producer_count; i++) {
		bool found = process->producers[i].requests_sent == 0;

		for (size_t j = 0; j < process->socket_count && !found; j++)
			found = process->sockets[j].producer == (int64_t)i;
		if (!found)
			return false;
	}
	return true;
}

/*
 * Writes through io_uring are not seen. They were made on a connection of which TCP took more
 * bytes than were counted; they may have been made on one that was never seen to end, and to
 * which no write was seen. A ring that is used for files matches neither.
 */
static bool may_be_of_a_ring(const struct socket *socket)
{
	if (socket->producer != UNKNOWN || socket->flags & SOCKET_ACCEPTED)
		return false;
	return socket->unseen_bytes > 0 ||
	       (socket->unseen_bytes == UNKNOWN && socket->writes == 0 &&
		socket->state == SOCKET_OPEN && !(socket->flags & SOCKET_INHERITED));
}

bool judge_ring_unseen(const struct process *process)
{
	if (!(process->notes & NOTE_IO_URING))
		return false;
	for (size_t i = 0; i < process->socket_count; i++)
		if (may_be_of_a_ring(&process->sockets[i]))
			return true;
	return false;
}

bool judge_inside_send(const struct process *process)
{
	return process->inside_send > 0 && process->how != ENDED_RUNNING;
}

/* Only consumers of librdkafka were made, and there is no client that was not instrumented. */
static bool only_consumes(const struct process *process)
{
	return process->notes & NOTE_CONSUMER && !process->librdkafka_static &&
	       !(process->notes &
		 (NOTE_PROBE_REFUSED | NOTE_LIBRDKAFKA_STATIC | NOTE_CONFLICT));
}

/* Why the process cannot be called clean, whatever was counted. */
enum blindness judge_blindness(const struct process *process)
{
	bool looked_into = process->producer_count || only_consumes(process);
	bool wire = false;

	if (!process->shim_loaded)
		return BLIND_NOT_LOADED;
	if (process->doubt)
		return BLIND_DOUBTED;
	if (process->damaged)
		return BLIND_DAMAGED;
	if (process->silent_reason)
		return BLIND_SILENT;
	if (process->sends_unseen > 0)
		return BLIND_FULL;
	if (judge_ring_unseen(process))
		return BLIND_IO_URING;
	for (size_t i = 0; i < process->socket_count; i++) {
		wire |= judge_wire_only(&process->sockets[i]);
		if (looked_into && uncounted_client(process, &process->sockets[i]))
			return BLIND_WIRE_ONLY;
	}
	if (process->notes & NOTE_JVM_REFUSED) /* also beside a client that is counted */
		return BLIND_WIRE_ONLY;
	if (process->notes & NOTE_JVM_LATE)
		return BLIND_LATE;
	if (looked_into)
		return BLIND_NOT;
	if (wire || process->notes & NOTE_KAFKA_WIRE)
		return BLIND_WIRE_ONLY;
	return process->librdkafka_static ? BLIND_STATIC : BLIND_NOTHING;
}

static void judge_process(struct process *process)
{
	enum blindness blindness = judge_blindness(process);

	process->verdict = blindness == BLIND_NOT ? VERDICT_CLEAN : VERDICT_BLIND;
	process->judged = blindness != BLIND_NOTHING;
	if (judge_inside_send(process))
		process->verdict = verdict_worse(process->verdict, VERDICT_AT_RISK);
	for (size_t i = 0; i < process->producer_count; i++) {
		struct producer *producer = &process->producers[i];

		producer->proof.cut = is_cut(process, producer);
		producer->channel_open = waits_channel_open(process, producer);
		producer->waited = waits_judge(process, producer);
		if (producer->waited != WAITED_YES && waits_outlasted(process, producer)) {
			producer->proof.outlasted = true;
			producer->waited = WAITED_YES;
		}
		producer->verdict = judge_producer(process, producer);
		process->verdict = verdict_worse(process->verdict, producer->verdict);
	}
	for (size_t i = 0; i < process->socket_count; i++) {
		struct socket *socket = &process->sockets[i];

		socket->verdict = judge_socket(process, socket);
		process->verdict = verdict_worse(process->verdict, socket->verdict);
	}
}

/* A process without any Kafka (a shell, say) does not count if another one
 * used Kafka; if none did, the run was not judged. */
void judge_run(struct run *run)
{
	origin_mark(run);
	run->without_kafka = 0;
	run->verdict = VERDICT_CLEAN;
	for (size_t i = 0; i < run->process_count; i++) {
		judge_process(&run->processes[i]);
		if (run->processes[i].judged)
			run->verdict = verdict_worse(run->verdict, run->processes[i].verdict);
		else
			run->without_kafka++;
	}
	if (run->without_kafka == run->process_count)
		run->verdict = VERDICT_BLIND;
}
