/* SPDX-License-Identifier: Apache-2.0 */
/*
 * object.h - what a loaded object says about itself, read from where it is mapped.
 */
#ifndef UNFLUSHED_AUDIT_OBJECT_H
#define UNFLUSHED_AUDIT_OBJECT_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>

bool text_is(const char *a, const char *b);
bool text_starts(const char *text, const char *with);
size_t text_length(const char *text);
const char *base_name(const char *path);

/* The function or variable of that name in an object; NULL: it defines none. */
void *object_symbol(const struct link_map *object, const char *name);

/* How much thread-local storage the object has, with what its alignment may cost. */
size_t object_thread_bytes(const struct link_map *object);

/* Whether it is always in the static block, as its own code is compiled to find it there... */
bool object_is_static(const struct link_map *object);
/* ...or looks there for that of another object, which does not know. */
bool object_imports_thread_locals(const struct link_map *object);

/* How much there is by an ELF header with its segments behind it, so many bytes in all. */
size_t segments_thread_bytes(const ElfW(Ehdr) * header, size_t bytes);

#endif
