/* SPDX-License-Identifier: Apache-2.0 */
/*
 * object.c - see object.h.
 *
 * There is no libc here, and dl_iterate_phdr() does not show other namespaces than the
 * auditor's: everything is found from the dynamic section, which the loader passes.
 */
#include "audit/object.h"

#include <fcntl.h>
#include <stdint.h>

#include "guest/raw.h"

#define PAGE 4096u

bool text_is(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return *a == *b;
}

bool text_starts(const char *text, const char *with)
{
	for (; *with; with++)
		if (*text++ != *with)
			return false;
	return true;
}

size_t text_length(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

const char *base_name(const char *path)
{
	const char *base = path;

	for (; *path; path++)
		if (*path == '/')
			base = path + 1;
	return base;
}

/* Elf64_Sym: clang-format takes `ElfW(Sym) *` for a product. */
typedef ElfW(Sym) symbol_row;
typedef ElfW(Ehdr) elf_header;
typedef ElfW(Phdr) elf_segment;

struct symbols {
	const symbol_row *row;
	const char *text;
	const uint32_t *hash; /* DT_GNU_HASH */
};

/* The loader has relocated the addresses of DT_SYMTAB and the like, except in the vDSO, which
 * is read-only: there they are below its own address. */
static struct symbols symbols_of(const struct link_map *object)
{
	struct symbols found = {0};

	for (const ElfW(Dyn) *entry = object->l_ld; entry && entry->d_tag != DT_NULL; entry++) {
		if (entry->d_un.d_ptr < object->l_addr)
			continue;
		if (entry->d_tag == DT_SYMTAB)
			found.row = (const symbol_row *)entry->d_un.d_ptr;
		else if (entry->d_tag == DT_STRTAB)
			found.text = (const char *)entry->d_un.d_ptr;
		else if (entry->d_tag == DT_GNU_HASH)
			found.hash = (const uint32_t *)entry->d_un.d_ptr;
	}
	return found;
}

static const symbol_row *symbol_chain(const struct symbols *symbols, uint32_t index,
				      const uint32_t *chain, uint32_t hash, const char *name)
{
	for (;; index++, chain++) {
		const symbol_row *row = &symbols->row[index];

		if ((*chain | 1) == (hash | 1) && row->st_shndx != SHN_UNDEF &&
		    text_is(symbols->text + row->st_name, name))
			return row;
		if (*chain & 1)
			return NULL;
	}
}

void *object_symbol(const struct link_map *object, const char *name)
{
	struct symbols symbols = symbols_of(object);
	uint32_t hash = 5381;

	if (!symbols.row || !symbols.text || !symbols.hash || !symbols.hash[0])
		return NULL;
	for (const char *at = name; *at; at++)
		hash = hash * 33 + (uint8_t)*at;
	uint32_t buckets = symbols.hash[0], first = symbols.hash[1], words = symbols.hash[2];
	const uint32_t *bucket = symbols.hash + 4 + words * (sizeof(ElfW(Addr)) / 4);
	uint32_t index = bucket[hash % buckets];

	if (index < first)
		return NULL;
	const symbol_row *row =
		symbol_chain(&symbols, index, bucket + buckets + (index - first), hash, name);

	return row ? (void *)(object->l_addr + row->st_value) : NULL;
}

/* ---- thread-local storage ---- */

size_t segments_thread_bytes(const elf_header *header, size_t bytes)
{
	size_t found = 0;

	if (bytes < sizeof(*header) || header->e_ident[EI_MAG0] != ELFMAG0 ||
	    header->e_ident[EI_MAG1] != ELFMAG1 || header->e_phoff > bytes ||
	    header->e_phentsize != sizeof(elf_segment))
		return 0;
	const elf_segment *segment =
		(const elf_segment *)((const char *)header + header->e_phoff);
	size_t fit = (bytes - header->e_phoff) / sizeof(*segment);

	for (size_t i = 0; i < header->e_phnum && i < fit; i++)
		if (segment[i].p_type == PT_TLS && segment[i].p_memsz)
			found += segment[i].p_memsz + segment[i].p_align;
	return found;
}

/* If the tables are right behind the ELF header, where all linkers put them in a library, the
 * header is on the first page that the loader mapped. */
static bool header_is_mapped(const struct link_map *object)
{
	struct symbols symbols = symbols_of(object);
	uintptr_t page = object->l_addr;
	uintptr_t table = (uintptr_t)symbols.hash;

	if ((uintptr_t)symbols.row < table)
		table = (uintptr_t)symbols.row;
	return page && page % PAGE == 0 && table > page && table < page + PAGE;
}

static size_t file_thread_bytes(const char *path)
{
	union {
		elf_header header;
		char bytes[PAGE];
	} begin;
	long fd = RAW_4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);

	if (fd < 0)
		return 0;
	long got = RAW_4(SYS_pread64, fd, begin.bytes, sizeof(begin.bytes), 0);

	RAW_1(SYS_close, fd);
	return got < 0 ? 0 : segments_thread_bytes(&begin.header, (size_t)got);
}

size_t object_thread_bytes(const struct link_map *object)
{
	if (header_is_mapped(object))
		return segments_thread_bytes((const elf_header *)object->l_addr, PAGE);
	return object->l_name && object->l_name[0] == '/' ? file_thread_bytes(object->l_name)
							  : 0;
}

bool object_is_static(const struct link_map *object)
{
	for (const ElfW(Dyn) *entry = object->l_ld; entry && entry->d_tag != DT_NULL; entry++)
		if (entry->d_tag == DT_FLAGS)
			return entry->d_un.d_val & DF_STATIC_TLS;
	return false;
}

/* errno and the like, which parts of libc share; they are in libc's static block anyway. */
static bool is_libcs(const char *name)
{
	return text_starts(name, "__") || text_is(name, "errno") || text_is(name, "h_errno");
}

/* In the symbol table imported symbols are before defined ones. */
bool object_imports_thread_locals(const struct link_map *object)
{
	struct symbols symbols = symbols_of(object);

	if (!symbols.row || !symbols.text || !symbols.hash)
		return false;
	for (uint32_t i = 1; i < symbols.hash[1]; i++) {
		const symbol_row *row = &symbols.row[i];

		if ((row->st_info & 15) == STT_TLS && row->st_shndx == SHN_UNDEF &&
		    !is_libcs(symbols.text + row->st_name))
			return true;
	}
	return false;
}
