/* SPDX-License-Identifier: Apache-2.0 */
/*
 * begin.h - decides, while the loader loads the program, whether the program can start with an
 * auditor, and with how large a reserve of thread-local storage (room.h).
 */
#ifndef UNFLUSHED_AUDIT_BEGIN_H
#define UNFLUSHED_AUDIT_BEGIN_H

#include <link.h>

/* To be called for each object of the program that is loaded, the executable first. */
void begin_object(const struct link_map *object);

/* To be called when all objects are loaded, and none of their code has run. */
void begin_is_over(void);

#endif
