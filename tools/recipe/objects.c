/* SPDX-License-Identifier: Apache-2.0 */
/*
 * objects.c - see objects.h.
 *
 * In a section a linker changes the bytes that the object file's relocations
 * name. For some relocations it changes the instruction, too: it replaces an
 * access through the global offset table or to thread-local storage by a
 * shorter one (x86-64 psABI, "Linker Optimization"; ELF Handling For
 * Thread-Local Storage, "Linker Optimizations"; on AArch64 each such
 * instruction has a relocation of its own).
 */
#include "recipe/objects.h"

#include <elf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file/elf_file.h"
#include "memory/memory.h"
#include "recipe/needed.h"

/* The bytes that one relocation may change: `before` its offset, and from it on. */
struct reach {
	uint32_t type;
	uint8_t before, from;
};

static struct reach reach_of(uint16_t machine, uint32_t type)
{
	static const struct reach x86_64[] = {
		{R_X86_64_64, 0, 8},
		{R_X86_64_PC64, 0, 8},
		{R_X86_64_GOTPCRELX, 2, 4},
		{R_X86_64_REX_GOTPCRELX, 3, 4},
		{R_X86_64_GOTPCREL, 3, 4},
		{R_X86_64_GOTTPOFF, 3, 4},
		{R_X86_64_TLSGD, 4, 12},
		{R_X86_64_TLSLD, 3, 10},
		{R_X86_64_GOTPC32_TLSDESC, 3, 4},
	};

	if (machine == EM_AARCH64)
		return (struct reach){type, 0, type == R_AARCH64_ABS64 ? 8 : 4};
	for (size_t i = 0; i < sizeof x86_64 / sizeof *x86_64; i++)
		if (x86_64[i].type == type)
			return x86_64[i];
	return (struct reach){type, 0, 4};
}

/* A section with code of an object file, as it is read. */
struct section {
	Elf *object;
	uint16_t machine;
	size_t index;
	GElf_Shdr header;
};

static void forget(uint8_t *known, size_t bytes, const struct reach *reach, uint64_t offset)
{
	uint64_t begin = offset > reach->before ? offset - reach->before : 0;

	for (uint64_t i = begin; i < bytes && i < offset + reach->from; i++)
		known[i] = 0;
}

static void relocations_forget(const struct section *section, uint8_t *known)
{
	Elf_Scn *table = NULL;
	GElf_Shdr header;
	GElf_Rela row;

	while ((table = elf_nextscn(section->object, table))) {
		if (!gelf_getshdr(table, &header) || header.sh_type != SHT_RELA ||
		    header.sh_info != section->index)
			continue;
		Elf_Data *data = elf_getdata(table, NULL);

		for (int i = 0; data && gelf_getrela(data, i, &row); i++) {
			struct reach reach =
				reach_of(section->machine, (uint32_t)GELF_R_TYPE(row.r_info));

			forget(known, section->header.sh_size, &reach, row.r_offset);
		}
	}
}

/* The section's functions rd_kafka_*, each with a text of its own. */
static size_t functions_read(const struct section *section, struct piece_function **functions)
{
	Elf_Scn *table = NULL;
	GElf_Shdr header;
	GElf_Sym symbol;
	size_t count = 0;

	while ((table = elf_nextscn(section->object, table))) {
		if (!gelf_getshdr(table, &header) || header.sh_type != SHT_SYMTAB)
			continue;
		Elf_Data *data = elf_getdata(table, NULL);

		for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
			const char *name =
				elf_strptr(section->object, header.sh_link, symbol.st_name);

			if (symbol.st_shndx != section->index || !symbol.st_size ||
			    GELF_ST_TYPE(symbol.st_info) != STT_FUNC || !name ||
			    !piece_wants(name) || symbol.st_value > section->header.sh_size ||
			    symbol.st_size > section->header.sh_size - symbol.st_value)
				continue;
			*functions = memory_grown(*functions, count + 1, sizeof **functions);
			(*functions)[count++] =
				(struct piece_function){.name = memory_text(name),
							.offset = symbol.st_value,
							.bytes = symbol.st_size};
		}
	}
	return count;
}

static bool any_needed(const struct piece_function *functions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (needed(functions[i].name))
			return true;
	return false;
}

static void functions_free(const struct piece_function *functions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free((void *)(uintptr_t)functions[i].name);
	free((void *)(uintptr_t)functions);
}

static void piece_add(struct objects *objects, const struct section *section,
		      const Elf_Data *data)
{
	struct piece_function *functions = NULL;
	size_t count = functions_read(section, &functions);

	if (!any_needed(functions, count)) {
		functions_free(functions, count);
		return;
	}
	uint8_t *value = memory_take(data->d_size), *known = memory_take(data->d_size);
	struct window *window = memory_zeroed(1, sizeof *window);

	memcpy(value, data->d_buf, data->d_size);
	memset(known, 1, data->d_size);
	relocations_forget(section, known);
	*window = (struct window){.bytes = data->d_size, .value = value, .known = known};
	objects->pieces =
		memory_grown(objects->pieces, objects->count + 1, sizeof *objects->pieces);
	objects->pieces[objects->count++] = (struct piece){
		.windows = window,
		.window_count = 1,
		.functions = functions,
		.function_count = count,
	};
}

/* -ffunction-sections: the linker leaves out functions one by one, and of those that it keeps
 * some have the same known bytes as one that it left out. */
static bool is_of_one_function(Elf *object, const GElf_Shdr *header)
{
	size_t names;
	const char *name = elf_getshdrstrndx(object, &names) == 0
				   ? elf_strptr(object, names, header->sh_name)
				   : NULL;

	return name && strncmp(name, ".text.", 6) == 0 && piece_wants(name + 6);
}

static void object_read(Elf *object, uint16_t machine, struct objects *objects)
{
	struct section section = {.object = object, .machine = machine};
	GElf_Ehdr header;
	Elf_Scn *found = NULL;

	if (elf_kind(object) != ELF_K_ELF || !gelf_getehdr(object, &header) ||
	    header.e_type != ET_REL || header.e_machine != machine)
		return;
	while ((found = elf_nextscn(object, found))) {
		if (!gelf_getshdr(found, &section.header) ||
		    section.header.sh_type != SHT_PROGBITS ||
		    !(section.header.sh_flags & SHF_EXECINSTR))
			continue;
		Elf_Data *data = elf_getdata(found, NULL);

		section.index = elf_ndxscn(found);
		objects->by_function |= is_of_one_function(object, &section.header);
		if (data && data->d_buf && data->d_size == section.header.sh_size)
			piece_add(objects, &section, data);
	}
}

bool objects_read(const char *path, uint16_t machine, struct objects *objects, char *why,
		  size_t why_bytes)
{
	struct elf_file file;
	Elf_Cmd next = ELF_C_READ_MMAP;
	Elf *object;

	*objects = (struct objects){.pieces = NULL};
	if (!elf_file_open(&file, path, ELF_K_AR, why, why_bytes))
		return false;
	while ((object = elf_begin(file.fd, next, file.elf))) {
		object_read(object, machine, objects);
		next = elf_next(object);
		elf_end(object);
	}
	elf_file_close(&file);
	if (objects->count && !objects->by_function)
		return true;
	snprintf(why, why_bytes, "%s",
		 objects->by_function ? "was compiled with -ffunction-sections: its functions "
					"cannot be told apart for certain"
				      : "has no function of librdkafka for this processor");
	objects_free(objects);
	return false;
}

void objects_free(struct objects *objects)
{
	for (size_t i = 0; i < objects->count; i++) {
		const struct piece *piece = &objects->pieces[i];

		functions_free(piece->functions, piece->function_count);
		free((void *)(uintptr_t)piece->windows->value);
		free((void *)(uintptr_t)piece->windows->known);
		free((void *)(uintptr_t)piece->windows);
	}
	free(objects->pieces);
	*objects = (struct objects){.pieces = NULL};
}
