/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack.h - knows a thread's stack again, without the JVM.
 */
#ifndef UNFLUSHED_JAVA_STACK_H
#define UNFLUSHED_JAVA_STACK_H

#include <stdbool.h>
#include <stdint.h>

/* The site that this very stack had before; false: not known. */
bool java_stack_known(const void *caller, const void *frame, uint32_t *site);
void java_stack_learn(const void *caller, const void *frame, uint32_t site);

#endif
