/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demangle.c - see demangle.h.
 *
 * The name comes from a file that is not trusted: a few bytes can stand for a text of any
 * length, because parts may refer to earlier parts. libiberty passes the text to a callback in
 * pieces and cannot be told to stop, so the callback leaves it with longjmp() when the text
 * becomes too long.
 */
#include "demangle/demangle.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"

#define MANGLED_MOST 4096 /* limits libiberty's recursion: one level for each nested part */
#define PLAIN_MOST 16384

struct plain {
	char text[PLAIN_MOST];
	size_t length;
	jmp_buf full;
};

static void piece_take(const char *piece, size_t bytes, void *opaque)
{
	struct plain *plain = opaque;

	if (bytes >= PLAIN_MOST - plain->length)
		longjmp(plain->full, 1);
	memcpy(plain->text + plain->length, piece, bytes);
	plain->length += bytes;
	plain->text[plain->length] = '\0';
}

static bool rust_find(const char *name, struct plain *plain)
{
	plain->length = 0;
	if (setjmp(plain->full) != 0)
		return false;
	return rust_demangle_callback(name, 0, piece_take, plain) != 0 && plain->length > 0;
}

static bool cpp_find(const char *name, struct plain *plain)
{
	plain->length = 0;
	if (setjmp(plain->full) != 0)
		return false;
	return cplus_demangle_v3_callback(name, DMGL_PARAMS | DMGL_TYPES, piece_take, plain) !=
		       0 &&
	       plain->length > 0;
}

char *demangle(const char *name)
{
	bool may_be_rust = strncmp(name, "_R", 2) == 0 || strncmp(name, "_ZN", 3) == 0;
	struct plain plain;

	if (strnlen(name, MANGLED_MOST) == MANGLED_MOST)
		return memory_text(name);
	/* Rust is tried first: its older mangling looks like C++'s. */
	if (may_be_rust && rust_find(name, &plain))
		return memory_text(plain.text);
	if (strncmp(name, "_Z", 2) == 0 && cpp_find(name, &plain))
		return memory_text(plain.text);
	return memory_text(name);
}
