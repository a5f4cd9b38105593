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

/* Bytes of thread-local storage that the object has, and at most loses to its alignment. */
size_t object_thread_bytes(const struct link_map *object);

/* Whether the object's thread-local storage must be in the static block, because its own code
 * is compiled to find it there (DF_STATIC_TLS)... */
bool object_is_static(const struct link_map *object);
/* ...or its code uses thread-local variables of another object, which then must be there, too,
 * without that object saying so. */
bool object_imports_thread_locals(const struct link_map *object);

/* As object_thread_bytes(), read from an ELF header that its program headers follow; `bytes`:
 * of both together. */
size_t segments_thread_bytes(const ElfW(Ehdr) * header, size_t bytes);

#endif
