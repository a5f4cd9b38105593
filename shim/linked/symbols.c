/* SPDX-License-Identifier: Apache-2.0 */
/*
 * symbols.c - see symbols.h.
 *
 * The file is not trusted: every offset is compared with the file's size before
 * it is used.
 */
#include "linked/symbols.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "guest/raw.h"

struct image {
	const uint8_t *bytes;
	size_t size;
};

static bool image_open(struct image *image)
{
	long fd = RAW_4(SYS_openat, AT_FDCWD, "/proc/self/exe", O_RDONLY | O_CLOEXEC, 0);
	long size;

	if (fd < 0)
		return false;
	size = RAW_3(SYS_lseek, fd, 0, SEEK_END);
	long mapped =
		size > 0 ? raw_call6(SYS_mmap, 0, size, PROT_READ, MAP_PRIVATE, fd, 0) : -1;

	RAW_1(SYS_close, fd);
	if (mapped < 0 && mapped > -4096)
		return false;
	*image = (struct image){(const uint8_t *)mapped, (size_t)size};
	return true;
}

/* `bytes` of the file from `offset` on; NULL: the file is shorter. */
static const void *image_at(const struct image *image, uint64_t offset, uint64_t bytes)
{
	return offset <= image->size && bytes <= image->size - offset ? image->bytes + offset
								      : NULL;
}

static const ElfW(Shdr) * sections(const struct image *image, size_t *count)
{
	const ElfW(Ehdr) *header = image_at(image, 0, sizeof *header);

	if (!header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
	    header->e_shentsize != sizeof(ElfW(Shdr)) || header->e_shoff % sizeof(uint64_t))
		return NULL;
	*count = header->e_shnum;
	return image_at(image, header->e_shoff, *count * sizeof(ElfW(Shdr)));
}

/* The bytes in the file that the loader maps at this address; NULL: the file has none. */
static const void *image_of(const struct image *image, uint64_t address, uint64_t bytes)
{
	const ElfW(Ehdr) *header = image_at(image, 0, sizeof *header);
	const ElfW(Phdr) *headers =
		header->e_phentsize == sizeof *headers &&
				header->e_phoff % sizeof(uint64_t) == 0
			? image_at(image, header->e_phoff, header->e_phnum * sizeof *headers)
			: NULL;

	for (size_t i = 0; headers && i < header->e_phnum; i++) {
		uint64_t into = address - headers[i].p_vaddr;

		if (headers[i].p_type == PT_LOAD && headers[i].p_flags & PF_R &&
		    address >= headers[i].p_vaddr && into <= headers[i].p_filesz &&
		    bytes <= headers[i].p_filesz - into)
			return image_at(image, headers[i].p_offset + into, bytes);
	}
	return NULL;
}

static void symbol_take(const struct image *image, struct symbol *symbol,
			const ElfW(Sym) * found, uintptr_t bias)
{
	uintptr_t address = bias + found->st_value;
	const void *filed = image_of(image, found->st_value, found->st_size);

	if (!symbol->address) {
		symbol->address = address;
		symbol->bytes = found->st_size;
		symbol->as_filed =
			filed && memcmp(filed, (const void *)address, found->st_size) == 0;
	} else if (symbol->address != address) {
		symbol->address = UINTPTR_MAX;
	}
}

/* Reads one symbol table and its string table. */
static bool table_read(const struct image *image, const ElfW(Shdr) * all, size_t all_count,
		       const ElfW(Shdr) * table, const char *prefix, struct symbol *symbols,
		       size_t count, uintptr_t bias)
{
	const ElfW(Sym) *rows = image_at(image, table->sh_offset, table->sh_size);
	const ElfW(Shdr) *strings = table->sh_link < all_count ? &all[table->sh_link] : NULL;
	const char *names =
		strings ? image_at(image, strings->sh_offset, strings->sh_size) : NULL;
	size_t prefix_bytes = strlen(prefix);
	bool any = false;

	if (!rows || !names || !strings->sh_size || names[strings->sh_size - 1] != '\0' ||
	    table->sh_offset % sizeof(uint64_t))
		return false;
	for (size_t i = 0; i < table->sh_size / sizeof *rows; i++) {
		const char *name = names + rows[i].st_name;

		if (rows[i].st_name >= strings->sh_size ||
		    ELF64_ST_TYPE(rows[i].st_info) != STT_FUNC || !rows[i].st_value ||
		    rows[i].st_shndx == SHN_UNDEF || strncmp(name, prefix, prefix_bytes) != 0)
			continue;
		for (size_t j = 0; j < count; j++)
			if (strcmp(name, symbols[j].name) == 0) {
				symbol_take(image, &symbols[j], &rows[i], bias);
				any = true;
			}
	}
	return any;
}

static enum symbols_found image_read(const struct image *image, const char *prefix,
				     struct symbol *symbols, size_t count, uintptr_t bias)
{
	static const ElfW(Word) kinds[] = {SHT_SYMTAB, SHT_DYNSYM};
	size_t all_count = 0;
	const ElfW(Shdr) *all = sections(image, &all_count);

	if (!all)
		return SYMBOLS_UNREADABLE;
	for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
		for (size_t i = 0; i < all_count; i++)
			if (all[i].sh_type == kinds[kind] &&
			    table_read(image, all, all_count, &all[i], prefix, symbols, count,
				       bias))
				return SYMBOLS_SOME;
	return SYMBOLS_NONE;
}

/* Whether the row's first bytes are those of the program's file at that address. If not, the
 * recipe was made for another program. */
static bool row_fits(const struct image *image, const struct recipe_row *row)
{
	const void *filed = row->bytes ? image_of(image, row->address, row->bytes) : NULL;

	return filed &&
	       memcmp(filed, row->begin,
		      row->bytes < RECIPE_BEGIN_BYTES ? row->bytes : RECIPE_BEGIN_BYTES) == 0;
}

static enum symbols_found recipe_take(const struct image *image,
				      const struct recipe_file *recipe, struct symbol *symbols,
				      size_t count, uintptr_t bias)
{
	enum symbols_found found = SYMBOLS_NONE;

	for (size_t i = 0; i < recipe->count; i++) {
		const struct recipe_row *row = &recipe->rows[i];

		for (size_t j = 0; j < count; j++) {
			const ElfW(Sym)
				symbol = {.st_value = row->address, .st_size = row->bytes};

			if (strncmp(row->name, symbols[j].name, sizeof row->name) != 0)
				continue;
			symbols[j].is_lost = !row->address;
			if (row->address && !row_fits(image, row))
				return SYMBOLS_NONE;
			if (row->address)
				symbol_take(image, &symbols[j], &symbol, bias);
			found = SYMBOLS_BY_RECIPE;
		}
	}
	return found;
}

/* If a name was found at two addresses, it is not certain which one the program calls. */
static void symbols_settle(struct symbol *symbols, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (symbols[i].address == UINTPTR_MAX)
			symbols[i] = (struct symbol){.name = symbols[i].name, .is_lost = true};
}

enum symbols_found symbols_find(const char *prefix, struct symbol *symbols, size_t count,
				uintptr_t bias)
{
	struct image image;

	if (!image_open(&image))
		return SYMBOLS_UNREADABLE;
	enum symbols_found found = image_read(&image, prefix, symbols, count, bias);

	RAW_2(SYS_munmap, image.bytes, image.size);
	symbols_settle(symbols, count);
	return found;
}

enum symbols_found symbols_by_recipe(const struct recipe_file *recipe, struct symbol *symbols,
				     size_t count, uintptr_t bias)
{
	struct image image;

	if (!image_open(&image))
		return SYMBOLS_UNREADABLE;
	enum symbols_found found = recipe_take(&image, recipe, symbols, count, bias);

	RAW_2(SYS_munmap, image.bytes, image.size);
	symbols_settle(symbols, count);
	return found;
}
