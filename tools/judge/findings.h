/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings.h - the functions of findings.def's rows, and the one that calls them all.
 */
#ifndef UNFLUSHED_JUDGE_FINDINGS_H
#define UNFLUSHED_JUDGE_FINDINGS_H

#include "judge/finding.h"

enum finding_kind {
#define FINDING(name, word, judged, about, change, meaning, how) FINDING_##name,
#include "judge/findings.def"
#undef FINDING
};

#define FINDING(name, word, judged, about, change, meaning, how)                               \
	bool when_##name(const struct subject *at);                                            \
	void say_##name(const struct subject *at, struct finding *finding);
#include "judge/findings.def"
#undef FINDING

/* Fills the findings of every process of a run that judge_run() has judged, worst first. */
void findings_raise(struct run *run);

#endif
