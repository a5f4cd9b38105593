/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finding.h - one finding in the making: its subject, its evidence, whom it blames.
 */
#ifndef UNFLUSHED_JUDGE_FINDING_H
#define UNFLUSHED_JUDGE_FINDING_H

#include "model/model.h"

/* What a finding is about: socket and producer are NULL where the row's
 * subject is another. */
struct subject {
	struct run *run;
	const struct process *process;
	const struct producer *producer;
	const struct socket *socket;
};

/* The other end of a connection, in words. */
const char *finding_peer(const struct socket *socket);

/* Are there messages that may have gone down with this connection? */
bool finding_matters(const struct subject *at);

/* Another thing than the program kept its messages from getting out: no advice about waiting
 * would help. */
bool finding_is_cut_off(const struct subject *at);
/* In the place of such advice: the change and the fix of broker-unreachable. */
void finding_defers(struct finding *finding);

/* In the place of the words of fixes.def, where those contradict what was seen; `change` has
 * at most 70 characters. In nobody's language, so that it is true in all. */
void finding_advises(struct finding *finding, const char *change, const char *fix);
/* The producer of the subject, or of its connection; NULL. */
const struct producer *finding_producer(const struct subject *at);
/* The program waited behind its last message already, however that went: to call flush is
 * no advice. */
bool finding_has_waited(const struct producer *producer);
/* Its last flush did not come back with nothing left: one behind a purge does. */
bool finding_flush_failed(const struct producer *producer);
/* It is known to have answers to wait for. */
bool finding_has_acks(const struct producer *producer);
/* A fault of its own ended the process: no handler of it could have flushed. */
bool finding_crashed(const struct process *process);
void finding_advises_of_crash(const struct subject *at, struct finding *finding);

void finding_evidence(struct finding *finding, const char *name, int64_t value);
/* Names the call site that most messages of this end came from: OUTSTANDING,
 * FAILED, REJECTED or PRODUCED. Nothing, where that is not known per site. */
void finding_blames(const struct subject *at, struct finding *finding, enum amount amount);

#endif
