/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frames.h - the stack map of a method's body.
 */
#ifndef UNFLUSHED_WEAVE_FRAMES_H
#define UNFLUSHED_WEAVE_FRAMES_H

#include "java/weave/body.h"
#include "java/weave/bytes.h"

/* Corrects the offsets in the content of a StackMapTable attribute for the moved code; false:
 * it cannot be read, or names an offset where no instruction begins. */
bool weave_frames(const struct weave_body *body, struct source *from, struct sink *to);

#endif
