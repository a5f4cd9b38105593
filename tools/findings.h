/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings.h - what findings.c and the findings_*.c share.
 */
#ifndef UNFLUSHED_FINDINGS_H
#define UNFLUSHED_FINDINGS_H

#include "model.h"

/* What a finding is about: socket and producer are NULL where the row's
 * subject is another. */
struct subject {
	struct run *run;
	const struct process *process;
	const struct producer *producer;
	const struct socket *socket;
};

#define FINDING(name, word, judged, about, short_fix, long_fix)                                \
	bool when_##name(const struct subject *at);                                            \
	void say_##name(const struct subject *at, struct finding *finding);
#include "findings.def"
#undef FINDING

void finding_evidence(struct finding *finding, const char *name, int64_t value);

#endif
