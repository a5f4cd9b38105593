/* SPDX-License-Identifier: Apache-2.0 */
/*
 * absent.h - what is called in place of functions of librdkafka that the linker left out.
 */
#ifndef UNFLUSHED_LINKED_ABSENT_H
#define UNFLUSHED_LINKED_ABSENT_H

/* A function of the same type that answers what one answers who does not know; NULL: the guest
 * does not call `name` in a copy that lacks it, or cannot do without it. */
void *absent_function(const char *name);

#endif
