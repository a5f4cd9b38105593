/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finding.h - functions that make a finding: its subject, its evidence, the blamed call site.
 */
#ifndef UNFLUSHED_JUDGE_FINDING_H
#define UNFLUSHED_JUDGE_FINDING_H

#include "model/model.h"

/* What a finding is about: socket and producer are NULL where the row has another
 * subject. */
struct subject {
	struct run *run;
	const struct process *process;
	const struct producer *producer;
	const struct socket *socket;
};

/* The other end of a connection, in words. */
const char *finding_peer(const struct socket *socket);

/* Whether messages may have been lost with this connection. */
bool finding_matters(const struct subject *at);

/* The producer's messages could not be sent for a reason outside the program (no broker could
 * be reached): advice to wait for them would not help. */
bool finding_is_cut_off(const struct subject *at);
/* Replaces such advice by the change and the fix of broker-unreachable. */
void finding_defers(struct finding *finding);

/* Replaces the advice of fixes.def where that contradicts what was seen; `change` has at most
 * 70 characters. It must not name a function of one language, because it is used for all. */
void finding_advises(struct finding *finding, const char *change, const char *fix);
/* The producer of the subject, or of its connection; NULL. */
const struct producer *finding_producer(const struct subject *at);
/* The program has already waited after its last message, with or without success: advice to
 * call flush would not help. */
bool finding_has_waited(const struct producer *producer);
/* Its last flush did not return with nothing left (one after a purge does). */
bool finding_flush_failed(const struct producer *producer);
/* Whether it is known that brokers answer its requests (acks is not 0). */
bool finding_has_acks(const struct producer *producer);
/* A crash ended the process: no handler of the program could have flushed. */
bool finding_crashed(const struct process *process);
void finding_advises_of_crash(const struct subject *at, struct finding *finding);

void finding_evidence(struct finding *finding, const char *name, int64_t value);
/* Sets the call site that produced most of the messages with this end: OUTSTANDING,
 * FAILED, REJECTED or PRODUCED. Sets none where that is not known per site. */
void finding_blames(const struct subject *at, struct finding *finding, enum amount amount);

#endif
