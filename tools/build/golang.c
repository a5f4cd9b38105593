/* SPDX-License-Identifier: Apache-2.0 */
/*
 * golang.c - see golang.h.
 *
 * runtime.pclntab begins with a header (runtime.pcHeader) that says where five
 * tables lie: names, the compile units' files, the files' paths, the tables
 * that give a value for each pc, and the functions, sorted by address.
 * Only runtime.firstmoduledata has, in all versions, the address that the code's
 * offsets are relative to. That structure is found by its first word, the
 * address of the header, and used only if its tables are those of the header:
 *
 *	moduledata -> pcHeader
 *	           -> the tables
 *	text + entry of a function -> _func -> pcfile, pcln, pcdata
 *	gofunc + offset            -> the tree of inlined calls
 *
 * In a position-independent program (PIE) the words of moduledata are
 * relocations.
 *
 * Source of the layouts: Go's src/runtime/symtab.go (pcHeader, moduledata,
 * findfunc, pcvalue, step), symtabinl.go (inlinedCall), runtime2.go (_func) and
 * src/internal/abi/symtab.go (the magic numbers, PCDATA_*, FUNCDATA_*).
 *
 * The file is not trusted: a number from it is read once and checked before it
 * is used, and all bytes are reached through struct span. Every loop ends,
 * whatever the file contains.
 */
#include "build/golang.h"

#include <endian.h>
#include <gelf.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"

#define WORD 8 /* a pointer */

/* Bytes of the file. */
struct span {
	const uint8_t *bytes;
	uint64_t size;
};

/* What differs between versions of Go. The offsets in moduledata are in words. */
struct layout {
	uint32_t magic;
	bool addresses;	       /* functions have addresses; else offsets from `text` */
	unsigned header_words; /* of the header, before the offsets of the tables */
	unsigned func_bytes;   /* of a _func, before its pcdata */
	unsigned gofunc_word;
	unsigned call_bytes, call_name, call_parent; /* of an inlinedCall */
};

static const struct layout layouts[] = {
	/* 1.16, 1.17 */
	{0xfffffffa, true, 3, 44, 0, 20, 12, 16},
	/* 1.18, 1.19 */
	{0xfffffff0, false, 4, 40, 38, 20, 12, 16},
	/* since 1.20 */
	{0xfffffff1, false, 4, 44, 40, 16, 4, 8},
};

/* Indexes of words in moduledata, the same in all these versions. */
enum {
	MODULE_NAMES = 1,
	MODULE_UNITS = 4,
	MODULE_FILES = 7,
	MODULE_VALUES = 10,
	MODULE_FUNCTIONS = 13,
	MODULE_SORTED = 16,
	MODULE_FIRST_PC = 20,
	MODULE_LAST_PC = 21,
	MODULE_TEXT = 22
};

/* Offsets in the rest of a _func, behind its entry. */
enum { FUNC_NAME = 0, FUNC_FILE = 16, FUNC_LINE = 20, FUNC_PCDATA = 24, FUNC_UNIT = 28 };

#define PCDATA_INLINED 2   /* PCDATA_InlTreeIndex */
#define FUNCDATA_INLINED 3 /* FUNCDATA_InlTree */

#define INLINED_MOST 64	  /* deeper than any compiler inlines; more is a circle */
#define CANDIDATES_MOST 8 /* at most so many places that look like the table are tried */

struct segment {
	uint64_t address;
	struct span span;
	bool writable;
};

struct relocation {
	uint64_t at, value;
};

struct golang {
	struct span file;
	struct segment *segments;
	size_t segment_count;
	struct relocation *relocations; /* sorted */
	size_t relocation_count;

	const struct layout *layout;
	uint64_t table; /* the header's address */
	unsigned quantum;
	struct span names, units, files, values, functions;
	uint64_t function_count, functions_at;
	uint64_t first, last, text, gofunc;
};

/* ---- bytes ---- */

static struct span span_from(struct span span, uint64_t offset)
{
	if (offset >= span.size)
		return (struct span){NULL, 0};
	return (struct span){span.bytes + offset, span.size - offset};
}

static struct span span_part(struct span span, uint64_t offset, uint64_t size)
{
	span = span_from(span, offset);
	if (size > span.size)
		return (struct span){NULL, 0};
	span.size = size;
	return span;
}

static bool read32(struct span span, uint64_t offset, uint32_t *value)
{
	struct span part = span_part(span, offset, sizeof *value);

	if (part.size == 0)
		return false;
	memcpy(value, part.bytes, sizeof *value);
	*value = le32toh(*value);
	return true;
}

static bool read64(struct span span, uint64_t offset, uint64_t *value)
{
	struct span part = span_part(span, offset, sizeof *value);

	if (part.size == 0)
		return false;
	memcpy(value, part.bytes, sizeof *value);
	*value = le64toh(*value);
	return true;
}

/* The bytes that the file has of a segment, from an address on. */
static struct span at_address(const struct golang *go, uint64_t address)
{
	for (size_t i = 0; i < go->segment_count; i++) {
		const struct segment *segment = &go->segments[i];

		if (address >= segment->address &&
		    address - segment->address < segment->span.size)
			return span_from(segment->span, address - segment->address);
	}
	return (struct span){NULL, 0};
}

static int by_place(const void *a, const void *b)
{
	const struct relocation *left = a, *right = b;

	return left->at < right->at ? -1 : left->at > right->at;
}

/* A pointer, relocated as if the program were loaded at the addresses in its file. */
static bool read_pointer(const struct golang *go, uint64_t address, uint64_t *value)
{
	struct relocation key = {.at = address};
	const struct relocation *found =
		go->relocation_count ? bsearch(&key, go->relocations, go->relocation_count,
					       sizeof key, by_place)
				     : NULL;

	if (found)
		*value = found->value;
	return found || read64(at_address(go, address), 0, value);
}

/* ---- the file ---- */

static void segments_find(struct golang *go, Elf *elf)
{
	size_t count;
	GElf_Phdr header;

	if (elf_getphdrnum(elf, &count) != 0 || count > go->file.size / sizeof(Elf64_Phdr))
		return;
	go->segments = memory_zeroed(count + 1, sizeof *go->segments);
	for (size_t i = 0; i < count && i <= INT_MAX; i++) {
		if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_LOAD)
			continue;
		struct span span = span_from(go->file, header.p_offset);

		if (span.size > header.p_filesz)
			span.size = header.p_filesz;
		if (header.p_vaddr <= UINT64_MAX - span.size)
			go->segments[go->segment_count++] = (struct segment){
				header.p_vaddr, span, (header.p_flags & PF_W) != 0};
	}
}

static bool is_relative(uint64_t info)
{
	return ELF64_R_TYPE(info) == R_X86_64_RELATIVE ||
	       ELF64_R_TYPE(info) == R_AARCH64_RELATIVE;
}

static void relocations_take(struct golang *go, struct span table)
{
	uint64_t at, info, value;

	go->relocations =
		memory_zeroed(table.size / sizeof(Elf64_Rela) + 1, sizeof *go->relocations);
	for (uint64_t row = 0; read64(table, row + 16, &value); row += sizeof(Elf64_Rela))
		if (read64(table, row, &at) && read64(table, row + 8, &info) &&
		    is_relative(info))
			go->relocations[go->relocation_count++] =
				(struct relocation){at, value};
	if (go->relocation_count)
		qsort(go->relocations, go->relocation_count, sizeof *go->relocations, by_place);
}

static void relocations_find(struct golang *go, struct span dynamic)
{
	uint64_t tag, value, address = 0, bytes = 0;

	for (uint64_t row = 0; read64(dynamic, row, &tag) && tag != DT_NULL; row += 2 * WORD) {
		if (!read64(dynamic, row + WORD, &value))
			return;
		if (tag == DT_RELA)
			address = value;
		if (tag == DT_RELASZ)
			bytes = value;
	}
	relocations_take(go, span_part(at_address(go, address), 0, bytes));
}

static void dynamic_find(struct golang *go, Elf *elf)
{
	GElf_Phdr header;

	for (int i = 0; gelf_getphdr(elf, i, &header); i++)
		if (header.p_type == PT_DYNAMIC && !go->relocations)
			relocations_find(go,
					 span_part(go->file, header.p_offset, header.p_filesz));
}

/* ---- the table ---- */

static const struct layout *layout_of(struct span header)
{
	uint32_t magic, sizes;

	/* Two zeros, the quantum of instructions, the size of a pointer. */
	if (!read32(header, 0, &magic) || !read32(header, 4, &sizes) || sizes & 0xffff ||
	    sizes >> 24 != WORD)
		return NULL;
	uint8_t quantum = sizes >> 16 & 0xff;

	if (quantum != 1 && quantum != 2 && quantum != 4)
		return NULL;
	for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
		if (layouts[i].magic == magic)
			return &layouts[i];
	return NULL;
}

/* Finds one of the tables; the header and moduledata must give the same address for it. */
static bool part_find(const struct golang *go, uint64_t module, unsigned word, unsigned part,
		      uint64_t item, struct span *out)
{
	uint64_t offset, address, count;
	struct span header = at_address(go, go->table);

	if (!read64(header, (uint64_t)(go->layout->header_words + part) * WORD, &offset) ||
	    !read_pointer(go, module + (uint64_t)word * WORD, &address) ||
	    !read_pointer(go, module + (uint64_t)(word + 1) * WORD, &count) ||
	    address != go->table + offset || count > header.size / item)
		return false;
	*out = span_part(header, offset, count * item);
	return out->size > 0;
}

static uint64_t sorted_bytes(const struct golang *go)
{
	return go->layout->addresses ? 2 * WORD : 8;
}

/* The address at which the nth function begins. */
static bool entry_of(const struct golang *go, uint64_t number, uint64_t *entry)
{
	uint64_t offset = number * sorted_bytes(go);
	uint32_t from_text;

	if (go->layout->addresses)
		return read_pointer(go, go->functions_at + offset, entry);
	if (!read32(go->functions, offset, &from_text))
		return false;
	*entry = go->text + from_text;
	return true;
}

static bool functions_find(struct golang *go, uint64_t module)
{
	uint64_t sorted, rows, count, first, last;

	if (!read_pointer(go, module + MODULE_FUNCTIONS * WORD, &go->functions_at) ||
	    !read_pointer(go, module + MODULE_SORTED * WORD, &sorted) ||
	    !read_pointer(go, module + (MODULE_SORTED + 1) * WORD, &rows) ||
	    !read64(at_address(go, go->table), WORD, &count))
		return false;
	/* The last row is the end of the last function; it is not a function itself. */
	if (sorted != go->functions_at || count < 1 || count > UINT32_MAX ||
	    rows != count + 1 || count > go->functions.size / sorted_bytes(go))
		return false;
	go->function_count = count;
	/* Differs if the linker split the code into several sections: then nothing is
	 * answered. */
	return entry_of(go, 0, &first) && entry_of(go, count, &last) && first == go->first &&
	       last == go->last && go->first < go->last;
}

static bool module_is(struct golang *go, uint64_t module)
{
	const struct layout *layout = go->layout;

	if (!part_find(go, module, MODULE_NAMES, 0, 1, &go->names) ||
	    !part_find(go, module, MODULE_UNITS, 1, sizeof(uint32_t), &go->units) ||
	    !part_find(go, module, MODULE_FILES, 2, 1, &go->files) ||
	    !part_find(go, module, MODULE_VALUES, 3, 1, &go->values) ||
	    !part_find(go, module, MODULE_FUNCTIONS, 4, 1, &go->functions) ||
	    !read_pointer(go, module + MODULE_FIRST_PC * WORD, &go->first) ||
	    !read_pointer(go, module + MODULE_LAST_PC * WORD, &go->last) ||
	    !read_pointer(go, module + MODULE_TEXT * WORD, &go->text))
		return false;
	if (!layout->addresses &&
	    !read_pointer(go, module + (uint64_t)layout->gofunc_word * WORD, &go->gofunc))
		return false;
	return functions_find(go, module);
}

/* Finds moduledata by its first word, the header's address: as a relocation, or in writable
 * memory. */
static bool module_find(struct golang *go)
{
	uint64_t word;

	for (size_t i = 0; i < go->relocation_count; i++)
		if (go->relocations[i].value == go->table &&
		    module_is(go, go->relocations[i].at))
			return true;
	for (size_t i = 0; i < go->segment_count; i++) {
		const struct segment *segment = &go->segments[i];

		for (uint64_t at = -segment->address % WORD;
		     segment->writable && read64(segment->span, at, &word); at += WORD)
			if (word == go->table && module_is(go, segment->address + at))
				return true;
	}
	return false;
}

static bool table_is_at(struct golang *go, uint64_t address)
{
	struct span header = at_address(go, address);
	uint32_t sizes;

	go->layout = layout_of(header);
	if (!go->layout || !read32(header, 4, &sizes))
		return false;
	go->quantum = sizes >> 16 & 0xff;
	go->table = address;
	return module_find(go);
}

/* The C linker puts the table of a PIE into a section with other data. */
static bool table_is_in(struct golang *go, const GElf_Shdr *section)
{
	struct span span = span_part(go->file, section->sh_offset, section->sh_size);
	int candidates = 0;

	for (uint64_t at = 0; at + WORD <= span.size && candidates < CANDIDATES_MOST;
	     at += WORD)
		if (layout_of(span_from(span, at))) {
			candidates++;
			if (table_is_at(go, section->sh_addr + at))
				return true;
		}
	return false;
}

static bool table_find(struct golang *go, Elf *elf)
{
	GElf_Shdr header, data = {0};
	size_t names;
	bool is_go = false;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return false;
	for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section));) {
		const char *name = gelf_getshdr(section, &header)
					   ? elf_strptr(elf, names, header.sh_name)
					   : NULL;

		if (!name || header.sh_type == SHT_NOBITS)
			continue;
		if (!strcmp(name, ".gopclntab") || !strcmp(name, ".data.rel.ro.gopclntab"))
			return table_is_at(go, header.sh_addr);
		is_go |= !strcmp(name, ".go.buildinfo") || !strcmp(name, ".note.go.buildid");
		if (!strcmp(name, ".data.rel.ro"))
			data = header;
	}
	return is_go && table_is_in(go, &data);
}

/* For a program that is not Go's, only the names of the sections are read. */
bool golang_is(Elf *elf)
{
	size_t names;
	GElf_Shdr header;

	if (gelf_getclass(elf) != ELFCLASS64 || elf_getshdrstrndx(elf, &names) != 0)
		return false;
	const char *ident = elf_getident(elf, NULL);

	if (!ident || ident[EI_DATA] != ELFDATA2LSB)
		return false;
	for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section));) {
		const char *name = gelf_getshdr(section, &header)
					   ? elf_strptr(elf, names, header.sh_name)
					   : NULL;

		if (name && (strstr(name, "gopclntab") || !strcmp(name, ".go.buildinfo") ||
			     !strcmp(name, ".note.go.buildid")))
			return true;
	}
	return false;
}

struct golang *golang_open(Elf *elf)
{
	size_t size;
	const char *bytes = golang_is(elf) ? elf_rawfile(elf, &size) : NULL;

	if (!bytes)
		return NULL;
	struct golang *go = memory_zeroed(1, sizeof *go);

	go->file = (struct span){(const uint8_t *)bytes, size};
	segments_find(go, elf);
	dynamic_find(go, elf);
	if (table_find(go, elf))
		return go;
	golang_close(go);
	return NULL;
}

void golang_close(struct golang *go)
{
	if (!go)
		return;
	free(go->segments);
	free(go->relocations);
	free(go);
}

/* ---- an address ---- */

bool golang_covers(const struct golang *go, uint64_t address)
{
	return address >= go->first && address < go->last;
}

struct function {
	uint64_t entry, end;
	uint64_t at;		/* the address of its _func */
	struct span span, rest; /* ... from its start, and from behind its entry */
};

static bool function_find(const struct golang *go, uint64_t address, struct function *out)
{
	uint64_t from = 0, to = go->function_count, entry;
	uint64_t bytes = sorted_bytes(go), offset;
	uint32_t short_offset;

	if (!golang_covers(go, address))
		return false;
	while (to - from > 1) {
		uint64_t middle = from + (to - from) / 2;

		if (!entry_of(go, middle, &entry))
			return false;
		if (entry <= address)
			from = middle;
		else
			to = middle;
	}
	if (!entry_of(go, from, &out->entry) || !entry_of(go, from + 1, &out->end) ||
	    address < out->entry || address >= out->end)
		return false;
	if (go->layout->addresses) {
		if (!read64(go->functions, from * bytes + WORD, &offset))
			return false;
	} else {
		if (!read32(go->functions, from * bytes + 4, &short_offset))
			return false;
		offset = short_offset;
	}
	out->at = go->functions_at + offset;
	out->span = span_from(go->functions, offset);
	out->rest = span_from(out->span, go->layout->addresses ? WORD : 4);
	return out->rest.size > 0;
}

static bool varint(struct span *span, uint32_t *value)
{
	*value = 0;
	for (unsigned shift = 0; shift < 35 && span->size; shift += 7) {
		uint8_t byte = *span->bytes;

		*span = span_from(*span, 1);
		*value |= (uint32_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

/* The value that a table has for an address: the table is a list of pairs, the differences to
 * the value and the address before. */
static bool value_at(const struct golang *go, const struct function *function, uint32_t table,
		     uint64_t address, int32_t *value)
{
	struct span span = span_from(go->values, table);
	uint64_t pc = function->entry;
	uint32_t difference, bytes, sum = (uint32_t)-1;

	if (table == 0)
		return false;
	while (pc <= address) {
		if (!varint(&span, &difference) || !varint(&span, &bytes) || bytes == 0 ||
		    (difference == 0 && pc != function->entry))
			return false;
		sum += difference & 1 ? ~(difference >> 1) : difference >> 1;
		pc += (uint64_t)bytes * go->quantum;
	}
	*value = (int32_t)sum;
	return true;
}

/* A text that ends within its table; NULL: there is none. */
static const char *text_at(struct span table, uint64_t offset)
{
	struct span text = span_from(table, offset);

	return text.size && memchr(text.bytes, '\0', text.size) && *text.bytes
		       ? (const char *)text.bytes
		       : NULL;
}

/* Each name is preceded by the end of another one: an offset to other bytes is damaged. */
static const char *name_at(const struct golang *go, uint32_t offset)
{
	if (offset > 0 && (offset > go->names.size || go->names.bytes[offset - 1]))
		return NULL;
	return text_at(go->names, offset);
}

static bool line_find(const struct golang *go, const struct function *function,
		      uint64_t address, const char **file, int *line)
{
	uint32_t files, lines, unit, offset;
	int32_t number, found;

	if (!read32(function->rest, FUNC_FILE, &files) ||
	    !read32(function->rest, FUNC_LINE, &lines) ||
	    !read32(function->rest, FUNC_UNIT, &unit) ||
	    !value_at(go, function, files, address, &number) || number < 0 ||
	    !value_at(go, function, lines, address, &found) || found < 1 ||
	    !read32(go->units, ((uint64_t)unit + (uint32_t)number) * sizeof offset, &offset))
		return false;
	*file = text_at(go->files, offset);
	*line = found;
	return *file != NULL;
}

/* Finds the row of the tree of inlined calls that contains an address; -1: the function
 * itself. */
static bool inlined_find(const struct golang *go, const struct function *function,
			 uint64_t address, int32_t *row)
{
	uint32_t count, table;

	*row = -1;
	if (!read32(function->rest, FUNC_PCDATA, &count))
		return false;
	if (count <= PCDATA_INLINED)
		return true;
	if (!read32(function->span, go->layout->func_bytes + PCDATA_INLINED * sizeof table,
		    &table))
		return false;
	return table == 0 || (value_at(go, function, table, address, row) && *row >= -1);
}

static bool tree_find(const struct golang *go, const struct function *function,
		      struct span *tree)
{
	struct span tables = span_from(function->span, go->layout->func_bytes - 4);
	uint32_t sizes, count, offset;
	uint64_t behind, address;

	if (!read32(tables, 0, &sizes) || sizes >> 24 <= FUNCDATA_INLINED ||
	    !read32(function->rest, FUNC_PCDATA, &count))
		return false;
	behind = go->layout->func_bytes + (uint64_t)count * sizeof count;
	if (go->layout->addresses) {
		behind += (function->at + behind) & 4;
		if (!read_pointer(go, function->at + behind + FUNCDATA_INLINED * WORD,
				  &address))
			return false;
	} else {
		if (!read32(function->span, behind + FUNCDATA_INLINED * sizeof offset,
			    &offset) ||
		    offset == UINT32_MAX)
			return false;
		address = go->gofunc + offset;
	}
	*tree = at_address(go, address);
	return tree->size > 0;
}

/* Finds the name of an inlined call's function, and an instruction on the line of the call. */
static bool call_find(const struct golang *go, const struct function *function, int32_t row,
		      const char **name, uint64_t *address)
{
	const struct layout *layout = go->layout;
	struct span tree, call;
	uint32_t offset, parent;

	if (!tree_find(go, function, &tree))
		return false;
	call = span_part(tree, (uint64_t)(uint32_t)row * layout->call_bytes,
			 layout->call_bytes);
	if (!read32(call, layout->call_name, &offset) ||
	    !read32(call, layout->call_parent, &parent) ||
	    parent >= function->end - function->entry)
		return false;
	*name = name_at(go, offset);
	*address = function->entry + parent;
	return *name != NULL;
}

struct place {
	const char *name, *file;
	int line;
};

/* The innermost function first; 0: not all of them can be read. */
static size_t places_find(const struct golang *go, const struct function *function,
			  uint64_t address, struct place places[INLINED_MOST])
{
	int32_t row;
	uint32_t name;

	for (size_t i = 0; i < INLINED_MOST; i++) {
		if (!line_find(go, function, address, &places[i].file, &places[i].line) ||
		    !inlined_find(go, function, address, &row))
			return 0;
		if (row < 0) {
			places[i].name = read32(function->rest, FUNC_NAME, &name)
						 ? name_at(go, name)
						 : NULL;
			return places[i].name ? i + 1 : 0;
		}
		if (!call_find(go, function, row, &places[i].name, &address))
			return 0;
	}
	return 0;
}

/* The file may change while it is mapped, so the end of the text is searched again, up to the
 * file's end. */
static char *text_copy(const struct golang *go, const char *text)
{
	size_t most = go->file.size - (size_t)((const uint8_t *)text - go->file.bytes);
	size_t length = strnlen(text, most);
	char *copy = memory_zeroed(length + 1, 1);

	memcpy(copy, text, length);
	return copy;
}

bool golang_find(const struct golang *go, uint64_t address, struct symbol *out)
{
	struct function function;
	struct place places[INLINED_MOST];

	if (!function_find(go, address, &function))
		return false;
	size_t count = places_find(go, &function, address, places);

	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			out = out->into = memory_zeroed(1, sizeof *out);
		out->function = text_copy(go, places[i].name);
		out->file = text_copy(go, places[i].file);
		out->line = places[i].line;
	}
	return count > 0;
}

bool golang_names(const struct golang *go, const char *ending)
{
	return memmem(go->names.bytes, go->names.size, ending, strlen(ending) + 1) != NULL;
}
