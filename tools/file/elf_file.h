/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_file.h - an ELF file or an archive of object files, opened for libelf.
 *
 * Damaged files are a normal input: libelf answers NULL for what it cannot read.
 */
#ifndef UNFLUSHED_FILE_ELF_FILE_H
#define UNFLUSHED_FILE_ELF_FILE_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#if defined(__x86_64__)
#define ELF_FILE_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define ELF_FILE_MACHINE EM_AARCH64
#else
#error "which machine is this?"
#endif

struct elf_file {
	int fd;
	Elf *elf;
	GElf_Ehdr header; /* of an ELF file; an archive has none */
	struct stat stat;
};

/* Opens an ELF file (ELF_K_ELF) or an archive (ELF_K_AR). False: it is of another kind, or
 * cannot be read, and `why` has the end of a sentence ("is not an ELF file"). A file beyond 4
 * GiB is not opened. */
bool elf_file_open(struct elf_file *file, const char *path, Elf_Kind kind, char *why,
		   size_t why_bytes);

void elf_file_close(struct elf_file *file);

/* NULL: there is no section of that name. */
Elf_Scn *elf_file_section(Elf *elf, const char *name);

#endif
