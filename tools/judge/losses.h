/* SPDX-License-Identifier: Apache-2.0 */
/*
 * losses.h - how much was lost: for certain, and possibly, never added up.
 *
 * Certain is a lower bound of what did not arrive, certain plus possible an upper one of
 * what the program was not told of: whatever comes to be known, it lies between the two.
 *
 *	certain   unsent; failed or purged and never written, with nobody told; thrown away by a
 *		  reset; in a transaction that was open at the end
 *	possible  written and unanswered; acks=0 in the kernel's queue; refused and not offered
 *		  again; failed or purged after it was written, or told to a binding
 */
#ifndef UNFLUSHED_JUDGE_LOSSES_H
#define UNFLUSHED_JUDGE_LOSSES_H

#include "model/model.h"

/* Fills the losses of every producer and process of a judged run, and of the run; those of the
 * lines that produced, and of the topics, never more than the producer's; and the line that
 * lost most of what is certain. */
void losses_count(struct run *run);

#endif
