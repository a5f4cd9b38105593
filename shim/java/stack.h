/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack.h - recognises a thread's stack that it has had before, without asking the JVM.
 */
#ifndef UNFLUSHED_JAVA_STACK_H
#define UNFLUSHED_JAVA_STACK_H

#include <stdbool.h>
#include <stdint.h>

/* Writes the site that this stack had before to *site; false: the stack is not known. */
bool java_stack_known(const void *caller, const void *frame, uint32_t *site);
void java_stack_learn(const void *caller, const void *frame, uint32_t site);

#endif
