/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elffile.c - what a program file says about itself, without running it
 *
 * Answers one question: will the loader load our library into this program, and
 * will there be anything to see. Damaged files are a normal input: libelf
 * answers NULL for what it cannot read, and then that fact stays unknown.
 */
#include "program/elffile.h"

#include <elf.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "file/elf_file.h"
#include "file/regular.h"
#include "memory/memory.h"
#include "program/script.h"

/* Strings that only librdkafka itself contains; which one depends on its version, so either is
 * enough. */
static const char *const librdkafka_says[] = {
	"still in queue or transit",
	"Maximum total message size sum allowed on the producer queue",
};

static void read_machine(const struct elf_file *file, struct elffile *elf)
{
	static const struct {
		int machine;
		const char *name;
	} machines[] = {
		{EM_X86_64, "x86-64"}, {EM_AARCH64, "aarch64"}, {EM_386, "i386"},
		{EM_ARM, "arm"},       {EM_RISCV, "riscv"},	{EM_PPC64, "ppc64"},
		{EM_S390, "s390x"},
	};

	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (machines[i].machine == file->header.e_machine)
			snprintf(elf->machine, sizeof(elf->machine), "%s", machines[i].name);
	elf->native = file->header.e_machine == ELF_FILE_MACHINE &&
		      gelf_getclass(file->elf) == ELFCLASS64;
}

static void read_interpreter(const struct elf_file *file, const GElf_Phdr *segment,
			     struct elffile *elf)
{
	size_t bytes = segment->p_filesz;

	if (bytes >= sizeof(elf->interpreter))
		return;
	if (regular_read(file->fd, elf->interpreter, bytes, (off_t)segment->p_offset) < bytes)
		elf->interpreter[0] = '\0';
	if (strstr(elf->interpreter, "ld-musl"))
		elf->libc = ELFFILE_LIBC_MUSL;
	else if (strstr(elf->interpreter, "ld-linux"))
		elf->libc = ELFFILE_LIBC_GLIBC;
}

static void needed_add(struct elffile *elf, const char *name)
{
	elf->needed = memory_grown(elf->needed, elf->needed_count + 1, sizeof(*elf->needed));
	elf->needed[elf->needed_count++] = memory_text(name);
}

/* Returns DT_FLAGS_1. */
static GElf_Xword read_dynamic(const struct elf_file *file, struct elffile *elf)
{
	GElf_Xword flags = 0;
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(file->elf, section))) {
		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_DYNAMIC)
			continue;
		Elf_Data *data = elf_getdata(section, NULL);
		GElf_Dyn entry;
		for (int i = 0; data && gelf_getdyn(data, i, &entry); i++) {
			if (entry.d_tag == DT_NULL)
				break;
			const char *name =
				elf_strptr(file->elf, header.sh_link, entry.d_un.d_val);
			if (entry.d_tag == DT_NEEDED && name)
				needed_add(elf, name);
			if (entry.d_tag == DT_FLAGS_1)
				flags = entry.d_un.d_val;
		}
	}
	return flags;
}

/* Whether a symbol table of this type (SHT_DYNSYM, SHT_SYMTAB) defines `name`. */
static bool defines(const struct elf_file *file, GElf_Word type, const char *name)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(file->elf, section))) {
		if (!gelf_getshdr(section, &header) || header.sh_type != type)
			continue;
		Elf_Data *data = elf_getdata(section, NULL);
		GElf_Sym symbol;
		for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
			if (symbol.st_shndx == SHN_UNDEF)
				continue;
			const char *found =
				elf_strptr(file->elf, header.sh_link, symbol.st_name);
			if (found && strcmp(found, name) == 0)
				return true;
		}
	}
	return false;
}

bool elffile_asks_for(const char *path, const char *const *beginnings, size_t count)
{
	struct elf_file file;
	char why[128];
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	bool found = false;

	if (!elf_file_open(&file, path, ELF_K_ELF, why, sizeof(why)))
		return false;
	while (!found && (section = elf_nextscn(file.elf, section))) {
		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_DYNSYM)
			continue;
		Elf_Data *data = elf_getdata(section, NULL);
		GElf_Sym symbol;
		for (int i = 0; !found && data && gelf_getsym(data, i, &symbol); i++) {
			const char *name =
				symbol.st_shndx == SHN_UNDEF
					? elf_strptr(file.elf, header.sh_link, symbol.st_name)
					: NULL;

			for (size_t j = 0; name && !found && j < count; j++)
				found = strncmp(name, beginnings[j], strlen(beginnings[j])) ==
					0;
		}
	}
	elf_file_close(&file);
	return found;
}

/* A stripped program still contains librdkafka's strings. */
static bool holds_sentences(const struct elf_file *file)
{
	Elf_Scn *constants = elf_file_section(file->elf, ".rodata");
	Elf_Data *data = constants ? elf_getdata(constants, NULL) : NULL;
	size_t size = 0;
	const char *bytes = data ? data->d_buf : elf_rawfile(file->elf, &size);

	if (data)
		size = data->d_size;
	for (size_t i = 0; bytes && i < sizeof(librdkafka_says) / sizeof(char *); i++)
		if (memmem(bytes, size, librdkafka_says[i], strlen(librdkafka_says[i])))
			return true;
	return false;
}

static bool is_program(const struct elf_file *file, GElf_Xword flags, bool interpreter)
{
	return file->header.e_type == ET_EXEC || interpreter || (flags & DF_1_PIE);
}

static enum elffile_librdkafka read_librdkafka(const struct elf_file *file,
					       const struct elffile *elf)
{
	for (size_t i = 0; i < elf->needed_count; i++)
		if (strncmp(elf->needed[i], "librdkafka", 10) == 0)
			return ELFFILE_LIBRDKAFKA_NEEDED;
	/* An executable's own calls are bound inside it, even with -rdynamic; calls in a
	 * shared object go through its PLT, where LD_PRELOAD can replace the function. */
	if (defines(file, SHT_DYNSYM, "rd_kafka_produce"))
		return elf->is_shared_object ? ELFFILE_LIBRDKAFKA_EXPORTED
					     : ELFFILE_LIBRDKAFKA_HIDDEN;
	if (defines(file, SHT_SYMTAB, "rd_kafka_produce") || holds_sentences(file))
		return ELFFILE_LIBRDKAFKA_HIDDEN;
	return ELFFILE_LIBRDKAFKA_NONE;
}

static bool names(const struct elf_file *file, const char *function)
{
	return defines(file, SHT_SYMTAB, function) || defines(file, SHT_DYNSYM, function);
}

static bool names_all(const struct elf_file *file, const char *const *functions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!names(file, functions[i]))
			return false;
	return true;
}

/* Whether the symbol tables have the functions that shim/linked/ needs. */
static enum elffile_linked read_linked(const struct elf_file *file)
{
	static const char *const adds[] = {"rd_kafka_conf_interceptor_add_on_new",
					   "rd_kafka_interceptor_add_on_send",
					   "rd_kafka_interceptor_add_on_acknowledgement"};
	static const char *const calls[] = {"rd_kafka_interceptors_on_send",
					    "rd_kafka_interceptors_on_acknowledgement"};

	if (!names(file, "rd_kafka_new"))
		return ELFFILE_LINKED_NAMELESS;
	if (names_all(file, adds, sizeof(adds) / sizeof(adds[0])))
		return ELFFILE_LINKED_FOUND;
	return names_all(file, calls, sizeof(calls) / sizeof(calls[0]))
		       ? ELFFILE_LINKED_INSIDE
		       : ELFFILE_LINKED_INCOMPLETE;
}

/* Whether the kernel will run it with AT_SECURE for this user. Then the loader ignores
 * LD_PRELOAD without a message. */
static bool is_privileged(const struct elf_file *file)
{
	char capability[64];

	if ((file->stat.st_mode & S_ISUID) && file->stat.st_uid != getuid())
		return true;
	if ((file->stat.st_mode & S_ISGID) && (file->stat.st_mode & S_IXGRP) &&
	    file->stat.st_gid != getgid())
		return true;
	return getuid() != 0 &&
	       fgetxattr(file->fd, "security.capability", capability, sizeof(capability)) > 0;
}

static void read_segments(const struct elf_file *file, struct elffile *elf)
{
	size_t count = 0;
	GElf_Phdr segment;

	if (elf_getphdrnum(file->elf, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++)
		if (gelf_getphdr(file->elf, (int)i, &segment) && segment.p_type == PT_INTERP)
			read_interpreter(file, &segment, elf);
}

static void read_all(const struct elf_file *file, struct elffile *elf)
{
	read_machine(file, elf);
	read_segments(file, elf);
	GElf_Xword flags = read_dynamic(file, elf);
	bool program = is_program(file, flags, elf->interpreter[0] != '\0');

	elf->is_shared_object = !program;
	elf->is_static = program && !elf->interpreter[0];
	elf->is_go = elf_file_section(file->elf, ".go.buildinfo") ||
		     elf_file_section(file->elf, ".note.go.buildid");
	elf->privileged = is_privileged(file);
	elf->librdkafka = read_librdkafka(file, elf);
}

bool elffile_read(const char *path, struct elffile *elf, char *why, size_t why_bytes)
{
	struct elf_file file;

	*elf = (struct elffile){0};
	snprintf(elf->path, sizeof(elf->path), "%s", path);
	if (!script_follow(elf->path, sizeof(elf->path), why, why_bytes))
		return false;
	if (strcmp(elf->path, path) != 0)
		snprintf(elf->script, sizeof(elf->script), "%s", path);
	if (!elf_file_open(&file, elf->path, ELF_K_ELF, why, why_bytes))
		return false;
	read_all(&file, elf);
	elf_file_close(&file);
	return true;
}

void elffile_clear(struct elffile *elf)
{
	for (size_t i = 0; i < elf->needed_count; i++)
		free(elf->needed[i]);
	free(elf->needed);
	*elf = (struct elffile){0};
}

bool elffile_has_static_librdkafka(const char *path)
{
	struct elffile elf;
	char why[128];
	bool held = elffile_read(path, &elf, why, sizeof(why)) &&
		    elf.librdkafka == ELFFILE_LIBRDKAFKA_HIDDEN;

	elffile_clear(&elf);
	return held;
}

enum elffile_linked elffile_linked(const char *path)
{
	struct elf_file file;
	char why[128];

	if (!elf_file_open(&file, path, ELF_K_ELF, why, sizeof(why)))
		return ELFFILE_LINKED_NONE;
	enum elffile_linked linked = read_linked(&file);

	elf_file_close(&file);
	return linked;
}

bool elffile_exports(const char *path, const char *name)
{
	struct elf_file file;
	char why[128];

	if (!elf_file_open(&file, path, ELF_K_ELF, why, sizeof(why)))
		return false;
	bool found = defines(&file, SHT_DYNSYM, name);
	elf_file_close(&file);
	return found;
}
