/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin.h - whose code a frame is, and which frame of a stack a report names.
 *
 * A report is for whoever can change the program: it names the first frame of the user's
 * own code, not the library, framework or wrapper from elsewhere that called the client.
 * origin.def lists what is not the user's.
 */
#ifndef UNFLUSHED_MODEL_ORIGIN_H
#define UNFLUSHED_MODEL_ORIGIN_H

#include "model/model.h"

/* By origin.def, first row first; then `patterns` (each a part of a path, a function's full
 * name or a module's path, where * stands for anything) make a framework's code. */
enum origin origin_of(const struct frame *frame, const struct not_mine *patterns);

/* Says it of the frames of all sites of a run, and chooses each one's place. */
void origin_mark(struct run *run);

const char *origin_name(enum origin origin); /* user, library, framework, runtime, client */

#endif
