/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_ELF_H
#define UNFLUSHED_ELF_H

#include <stdbool.h>
#include <stddef.h>

enum elf_libc {
	ELF_LIBC_UNKNOWN = 0,
	ELF_LIBC_GLIBC,
	ELF_LIBC_MUSL,
};

enum elf_librdkafka {
	ELF_LIBRDKAFKA_NONE = 0,
	ELF_LIBRDKAFKA_NEEDED,	 /* asks the loader for librdkafka.so */
	ELF_LIBRDKAFKA_EXPORTED, /* holds it and shows its functions */
	ELF_LIBRDKAFKA_HIDDEN,	 /* holds it, nothing can be interposed */
};

/* What a program file says about itself. Filled by elf_read(). */
struct elf {
	char path[4096];	/* the ELF file, after scripts were followed */
	char script[4096];	/* the script that led to it; empty if none */
	char interpreter[256];	/* PT_INTERP; empty = statically linked */
	char machine[16];	/* "x86-64", "aarch64", ...; empty unknown */
	enum elf_libc libc;
	bool is_static;
	bool is_shared_object;	/* a library, not a program */
	bool is_go;
	bool native;		/* this machine's class and architecture */
	bool privileged;	/* setuid, setgid or file capabilities: no preload */
	enum elf_librdkafka librdkafka;
	char **needed;		/* DT_NEEDED, in order */
	size_t needed_count;
};

/*
 * Reads the file at `path` (no search along PATH: see elf_search) without
 * running it. A `#!` line is followed, also through env(1). On failure
 * returns false with a sentence's end in `why` ("is not a program: ...").
 */
bool elf_read(const char *path, struct elf *elf, char *why, size_t why_bytes);
void elf_clear(struct elf *elf);

/* Where execvp() would find `program`; false: nowhere. */
bool elf_search(const char *program, char *path, size_t path_bytes);

/* Does this file hold librdkafka itself (not: ask the loader for it)? */
bool elf_has_static_librdkafka(const char *path);

/* Does the file's dynamic symbol table define `name`? */
bool elf_exports(const char *path, const char *name);

#endif
