/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge.h - the rules behind the verdicts, one function each, so that a finding
 * which explains a verdict calls the same rule that made the verdict.
 */
#ifndef UNFLUSHED_JUDGE_H
#define UNFLUSHED_JUDGE_H

#include "model/model.h"

/* Judges every producer, socket and process of the run, by counters only, and the run.
 * Before findings_raise(). */
void judge_run(struct run *run);

enum blindness {
	BLIND_NOT,
	BLIND_NOT_LOADED,
	BLIND_DOUBTED, /* another user may have chosen which traces there are */
	BLIND_DAMAGED,
	BLIND_SILENT,	 /* the guest stopped recording, with a reason */
	BLIND_FULL,	 /* messages of producers that found no row */
	BLIND_IO_URING,	 /* bytes went out through a ring of io_uring */
	BLIND_WIRE_ONLY, /* a client whose messages the guest cannot see */
	BLIND_LATE,	 /* a client that may have refused messages before it was found */
	BLIND_STATIC,
	BLIND_NOTHING,
};

enum blindness judge_blindness(const struct process *process);
/* How many of the outstanding messages certainly did not arrive, at least. */
int64_t judge_never_arrived(const struct process *process, const struct producer *producer);
enum verdict judge_outstanding(const struct process *process, const struct producer *producer);
enum verdict judge_unconfirmed(const struct producer *producer);

/* Failed and purged messages by who was told, without those of aborted transactions. */
struct bad_ends {
	struct told failed, purged;
};
struct bad_ends judge_bad_ends(const struct producer *producer);
/* How many of its purged.nobody a binding purged when its producer object was dropped. */
int64_t judge_dropped(const struct producer *producer);
/* Of those whose outcome was not reported, how many certainly did not arrive: the broker may
 * have `maybe` of all (UNKNOWN: an older trace does not say, and they are taken for gone). */
int64_t judge_gone(const struct told *told, int64_t maybe);
/* LOST, AT_RISK, FAILED, or CLEAN if there are none. */
enum verdict judge_bad_end(const struct told *told, int64_t maybe);
/* Messages of aborted transactions; 0 if as many were committed afterwards. */
int64_t judge_aborted(const struct producer *producer);
/* With --prove: messages whose answers were withheld, or that were behind such ones, when the
 * program ended (or purged) and did not wait for them. */
int64_t judge_unanswered(const struct producer *producer);
/* Messages that were refused and not tried again; UNKNOWN: there may be some. */
int64_t judge_not_retried(const struct producer *producer);
bool judge_transaction_lost(const struct process *process, const struct producer *producer);
/* For an open transaction: the broker may have committed it, because commit only timed out. */
bool judge_commit_unknown(const struct producer *producer);
/* The process ended inside send(), before the client had accepted the message: it is not in
 * Kafka, and was not sent again. */
bool judge_inside_send(const struct process *process);
bool judge_ring_unseen(const struct process *process);
bool judge_wire_only(const struct socket *socket);
bool judge_cut_produce(const struct socket *socket);
bool judge_cut_in_write(const struct socket *socket);

/* Ended in the middle of a Produce request on a connection that another process
 * may have, too. */
bool judge_left_produce(const struct socket *socket);

/* ---- waits.c ---- */

/* Whether the program waited for this producer's last message. By counters alone. */
enum waited waits_judge(const struct process *process, const struct producer *producer);
/* The same of what its client was given, whatever lies in front of the client. */
enum waited waits_of_produced(const struct process *process, const struct producer *producer);
/* Messages may have been in Go's ProduceChannel() at the end, which the guest cannot see:
 * nothing shows that it was empty. */
bool waits_channel_open(const struct process *process, const struct producer *producer);
/* With --prove: its last answer was withheld and all messages arrived, so it ran until then. */
bool waits_outlasted(const struct process *process, const struct producer *producer);

/* Nothing was left, and its last messages had a callback or a future that the application kept:
 * a framework completes its own future by that, and the guest does not see whether the
 * application waits for it. False for a producer whose client is not instrumented, or that
 * shares its row. */
bool waits_by_futures(const struct producer *producer);

#endif
