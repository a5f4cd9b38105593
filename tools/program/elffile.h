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
	ELFFILE_LIBRDKAFKA_NEEDED,   /* asks the loader for librdkafka.so */
	ELFFILE_LIBRDKAFKA_EXPORTED, /* holds it and shows its functions */
	ELFFILE_LIBRDKAFKA_HIDDEN,   /* holds it, nothing can be interposed */
};

/* Can the shim find the functions of a librdkafka that the program itself holds? */
enum elffile_linked {
	ELFFILE_LINKED_NONE = 0,   /* there is none in it */
	ELFFILE_LINKED_NAMELESS,   /* no symbol table names them */
	ELFFILE_LINKED_INCOMPLETE, /* nothing in it tells of each message */
	ELFFILE_LINKED_INSIDE,	   /* the linker has left out what adds interceptors */
	ELFFILE_LINKED_FOUND,
};

/* What a program file says about itself. Filled by elffile_read(). */
struct elffile {
	char path[4096];       /* the ELF file, after scripts were followed */
	char script[4096];     /* the script that led to it; empty if none */
	char interpreter[256]; /* PT_INTERP; empty = statically linked */
	char machine[16];      /* "x86-64", "aarch64", ...; empty unknown */
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
 * Reads the file at `path` (no search along PATH: see search.h) without
 * running it. Scripts are followed as the kernel, env(1) and execvp() do (script.h). On
 * failure returns false with a sentence's end in `why` ("is not a program: ...").
 */
bool elffile_read(const char *path, struct elffile *elf, char *why, size_t why_bytes);
void elffile_clear(struct elffile *elf);

/* Does this file hold librdkafka itself (not: ask the loader for it)? */
bool elffile_has_static_librdkafka(const char *path);

/* What the symbol tables of a program that holds librdkafka say of it. */
enum elffile_linked elffile_linked(const char *path);

/* Does the file's dynamic symbol table define `name`? */
bool elffile_exports(const char *path, const char *name);

/* Does it ask the loader for a symbol that begins with one of these? */
bool elffile_asks_for(const char *path, const char *const *beginnings, size_t count);

#endif
