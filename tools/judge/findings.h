/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings.h - what findings.c and the findings_*.c share.
 */
#ifndef UNFLUSHED_FINDINGS_H
#define UNFLUSHED_FINDINGS_H

#include "model/model.h"

/* What a finding is about: socket and producer are NULL where the row's
 * subject is another. */
struct subject {
	struct run *run;
	const struct process *process;
	const struct producer *producer;
	const struct socket *socket;
};

enum finding_kind {
#define FINDING(name, word, judged, about, short_fix, long_fix) FINDING_##name,
#include "judge/findings.def"
#undef FINDING
};

#define FINDING(name, word, judged, about, short_fix, long_fix)                                \
	bool when_##name(const struct subject *at);                                            \
	void say_##name(const struct subject *at, struct finding *finding);
#include "judge/findings.def"
#undef FINDING

/* The other end of a connection, in words. */
const char *finding_peer(const struct socket *socket);

/* Are there messages that may have gone down with this connection? */
bool finding_matters(const struct subject *at);

void finding_evidence(struct finding *finding, const char *name, int64_t value);
/* Names the call site that most messages of this end came from: OUTSTANDING,
 * FAILED, REJECTED or PRODUCED. Nothing, where that is not known per site. */
void finding_blames(const struct subject *at, struct finding *finding, enum amount amount);

#endif
