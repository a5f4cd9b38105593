/* SPDX-License-Identifier: Apache-2.0 */
/*
 * begin.h - while the loader loads the program: will it start with an auditor?
 */
#ifndef UNFLUSHED_AUDIT_BEGIN_H
#define UNFLUSHED_AUDIT_BEGIN_H

#include <link.h>

/* Each object of the program, the executable first. */
void begin_object(const struct link_map *object);

/* All of them are loaded, and none of their code has run. */
void begin_is_over(void);

#endif
