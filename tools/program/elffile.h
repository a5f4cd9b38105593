/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_PROGRAM_ELFFILE_H
#define UNFLUSHED_PROGRAM_ELFFILE_H

#include <stdbool.h>
#include <stddef.h>

enum elffile_libc {
	ELFFILE_LIBC_UNKNOWN = 0,
	ELFFILE_LIBC_GLIBC,
	ELFFILE_LIBC_MUSL,
};

enum elffile_librdkafka {
	ELFFILE_LIBRDKAFKA_NONE = 0,
	ELFFILE_LIBRDKAFKA_NEEDED,   /* names librdkafka.so as a library that it needs */
	ELFFILE_LIBRDKAFKA_EXPORTED, /* contains it and exports its functions */
	ELFFILE_LIBRDKAFKA_HIDDEN,   /* contains it, but its functions cannot be interposed */
};

/* Whether the shim can find the functions of a librdkafka inside the program. */
enum elffile_linked {
	ELFFILE_LINKED_NONE = 0,   /* the program contains no librdkafka */
	ELFFILE_LINKED_NAMELESS,   /* no symbol table has its functions */
	ELFFILE_LINKED_INCOMPLETE, /* no function that reports each message */
	ELFFILE_LINKED_INSIDE,	   /* the linker left out what adds interceptors */
	ELFFILE_LINKED_FOUND,
};

/* What a program file says about itself. Filled by elffile_read(). */
struct elffile {
	char path[4096];       /* the ELF file, at the end of a chain of scripts */
	char script[4096];     /* the script that names it as interpreter; empty if none */
	char interpreter[256]; /* PT_INTERP; empty = statically linked */
	char machine[16];      /* "x86-64", "aarch64", ...; empty: unknown */
	enum elffile_libc libc;
	bool is_static;
	bool is_shared_object; /* a library, not a program */
	bool is_go;
	bool native;	 /* this machine's class and architecture */
	bool privileged; /* setuid, setgid or file capabilities: no preload */
	enum elffile_librdkafka librdkafka;
	char **needed; /* DT_NEEDED, in order */
	size_t needed_count;
};

/*
 * Reads the file at `path` (does not search PATH: see search.h) without running
 * it. Follows scripts as the kernel, env(1) and execvp() do (script.h). On
 * failure returns false, with the end of a sentence in `why` ("is not a
 * program: ...").
 */
bool elffile_read(const char *path, struct elffile *elf, char *why, size_t why_bytes);
void elffile_clear(struct elffile *elf);

/* Whether this file contains librdkafka itself (not: needs it as a library). */
bool elffile_has_static_librdkafka(const char *path);

/* What the symbol tables of a program that contains librdkafka say of it. */
enum elffile_linked elffile_linked(const char *path);

/* Whether the file's dynamic symbol table defines `name`. */
bool elffile_exports(const char *path, const char *name);

/* Whether the file imports a symbol that begins with one of these. */
bool elffile_asks_for(const char *path, const char *const *beginnings, size_t count);

#endif
