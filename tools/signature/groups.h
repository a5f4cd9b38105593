/* SPDX-License-Identifier: Apache-2.0 */
/*
 * groups.h - groups findings with the same signature, over all processes of a run.
 */
#ifndef UNFLUSHED_SIGNATURE_GROUPS_H
#define UNFLUSHED_SIGNATURE_GROUPS_H

#include "model/model.h"

/*
 * Fills run->groups (struct group). A group counts messages and processes;
 * remarks (findings that are no fault) make none. To be called after
 * signature_give() and losses_count().
 */
void groups_make(struct run *run);

/* The finding that puts a producer (NULL: the process) into its group: its worst one. NULL: it
 * has only remarks, or none. */
const struct finding *groups_chief(const struct process *process,
				   const struct producer *producer);

#endif
