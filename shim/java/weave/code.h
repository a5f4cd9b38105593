/* SPDX-License-Identifier: Apache-2.0 */
/*
 * code.h - a method's instructions, with calls woven in.
 */
#ifndef UNFLUSHED_WEAVE_CODE_H
#define UNFLUSHED_WEAVE_CODE_H

#include "java/weave/body.h"
#include "java/weave/bytes.h"

/* Weaves the content of a Code attribute; false: it cannot be read, or no longer fits. */
bool weave_code(struct weave_body *body, struct source *from, struct sink *to);

#endif
