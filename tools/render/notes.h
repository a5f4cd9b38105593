/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notes.h - sentences for all renderers about how complete the record of a
 * process is.
 */
#ifndef UNFLUSHED_RENDER_NOTES_H
#define UNFLUSHED_RENDER_NOTES_H

#include "model/model.h"

/* One sentence for each note; NULL at the end. They live as long as the run. */
const char **notes_of(struct run *run, const struct process *process);

#endif
