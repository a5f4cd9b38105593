/* SPDX-License-Identifier: Apache-2.0 */
/*
 * losses.h - how many messages were lost, certainly and possibly; the two are never added up.
 *
 * `certain` is a lower bound of the messages that did not arrive and of which the program was
 * not told; `certain` plus `possible` is an upper bound of them.
 *
 *	certain   unsent; failed or purged and never written, not reported; dropped by a
 *		  reset; in a transaction that was open at the end
 *	possible  written and unanswered; acks=0 in the kernel's queue; refused and not offered
 *		  again; failed or purged after it was written, or told to a binding
 */
#ifndef UNFLUSHED_JUDGE_LOSSES_H
#define UNFLUSHED_JUDGE_LOSSES_H

#include "model/model.h"

/* Fills the losses of every producer and process of a judged run, and of the run; those of the
 * lines that produced and of the topics, which never exceed the producer's; and the line that
 * lost the most messages for certain. */
void losses_count(struct run *run);

#endif
