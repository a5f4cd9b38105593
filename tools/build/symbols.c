/* SPDX-License-Identifier: Apache-2.0 */
/*
 * symbols.c - from an address in a file to a function and a line
 *
 * elfutils' libdw does the work: DWARF where there is some (in the file or,
 * by build id, under /usr/lib/debug), else the symbol tables. With inlined code
 * the answer is the innermost function and its line, followed by those it was
 * inlined into. A file that is not the one which the process had mapped gives no
 * answer. No debuginfod server is asked: a report must not wait for a network.
 *
 * Functions and lines of Go code come from Go's own table (golang.c): libdw has no lines for it
 * if the program is stripped, and wrong ones if it is not. C code of the same program is
 * resolved by libdw.
 */
#include "build/symbols.h"

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <limits.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build/debug_files.h"
#include "build/golang.h"
#include "demangle/demangle.h"
#include "file/regular.h"
#include "file/shrunk.h"
#include "memory/memory.h"

/* libdw maps the file; a larger one is no program, but a sparse file made as an attack. */
#define MODULE_BYTES_MAX ((off_t)64 << 30)

/* The result for an address of a module. */
struct answer {
	struct answer *next;
	uint64_t offset;
	struct symbol symbol; /* all 0: nothing */
};

#define ANSWER_LISTS 256 /* a power of two */

/* One opened file. `module` is NULL when it could not be opened: kept, so that a
 * missing file is not searched again for each frame. */
struct module {
	struct module *next;
	char *path;
	Dwfl *dwfl;
	Dwfl_Module *module;
	const unsigned char *build_id; /* libdw's; NULL: it has none */
	size_t build_id_bytes;
	struct golang *go; /* NULL: it is no Go program */
	bool is_go;	   /* perhaps one that is not understood: then `go` is NULL */
	struct answer *answers[ANSWER_LISTS];
};

static struct module *modules;

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf, /* never called: each module has its file */
	.find_debuginfo = debug_files_find,
};

/* Only ELF files: libdw also decompresses compressed ones, to any size. */
static bool is_elf(int fd, const struct stat *about)
{
	char magic[SELFMAG];

	return about->st_size <= MODULE_BYTES_MAX &&
	       regular_read(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
	       memcmp(magic, ELFMAG, SELFMAG) == 0;
}

/* The path comes from the trace: it may be any kind of file. */
static void module_open(struct module *module)
{
	struct stat about;
	int fd = regular_open(module->path, O_RDONLY, &about);

	if (fd < 0)
		return;
	unsetenv("DEBUGINFOD_URLS");
	module->dwfl = is_elf(fd, &about) ? dwfl_begin(&callbacks) : NULL;
	/* With base 0 libdw's addresses are the file's own, as `offset` is. */
	if (module->dwfl)
		module->module =
			dwfl_report_elf(module->dwfl, module->path, module->path, fd, 0, true);
	if (!module->module) {
		close(fd); /* else it is libdw's */
		return;
	}
	if (dwfl_report_end(module->dwfl, NULL, NULL) != 0)
		module->module = NULL;
	GElf_Addr address, bias;

	/* The build id is read only once the file is open. */
	Elf *elf = module->module ? dwfl_module_getelf(module->module, &bias) : NULL;

	if (elf) {
		int bytes = dwfl_module_build_id(module->module, &module->build_id, &address);

		module->build_id_bytes = bytes > 0 ? (size_t)bytes : 0;
		module->is_go = golang_is(elf);
		module->go = golang_open(elf);
	}
}

static struct module *module_find(const char *path)
{
	struct module *module;

	for (module = modules; module; module = module->next)
		if (strcmp(module->path, path) == 0)
			return module;
	if (!modules)
		shrunk_begin();
	module = memory_zeroed(1, sizeof(*module));
	module->path = memory_text(path);
	module_open(module);
	module->next = modules;
	modules = module;
	return module;
}

/* A trace has the first 20 bytes; of longer ids only these are compared. */
static bool module_is(const struct module *module, const uint8_t *build_id,
		      size_t build_id_bytes)
{
	return build_id_bytes == 0 || (module->build_id_bytes >= build_id_bytes &&
				       memcmp(module->build_id, build_id, build_id_bytes) == 0);
}

static const char *die_name(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	const char *linkage =
		dwarf_formstring(dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute));

	return linkage ? linkage : dwarf_diename(die);
}

static char *die_function(Dwarf_Die *die)
{
	const char *name = die_name(die);

	return name ? demangle(name) : NULL;
}

/* The line of the call of an inlined DIE's function. */
static void call_line_find(Dwarf_Die *unit, Dwarf_Die *inlined, struct symbol *out)
{
	Dwarf_Attribute attribute;
	Dwarf_Word file = 0, line = 0;
	Dwarf_Files *files;
	size_t count;

	if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &file) != 0 ||
	    dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &line) != 0 ||
	    dwarf_getsrcfiles(unit, &files, &count) != 0 || file >= count || line > INT_MAX)
		return;
	const char *path = dwarf_filesrc(files, file, NULL, NULL);

	out->file = path ? memory_text(path) : NULL;
	out->line = (int)line;
}

/*
 * The functions that contain a DIE, from the inside out: `out` is the
 * innermost, and each inlined one has the one that it was inlined into.
 */
static void functions_find(Dwarf_Die *unit, Dwarf_Die *scopes, int count, struct symbol *out)
{
	Dwarf_Die *inlined = NULL; /* the one before, inlined into what comes next */

	for (int i = 0; i < count; i++) {
		int tag = dwarf_tag(&scopes[i]);

		if (tag != DW_TAG_subprogram && tag != DW_TAG_inlined_subroutine)
			continue;
		if (inlined) {
			out->into = memory_zeroed(1, sizeof(*out->into));
			out = out->into;
			call_line_find(unit, inlined, out);
		}
		out->function = die_function(&scopes[i]);
		if (tag == DW_TAG_subprogram)
			return;
		inlined = &scopes[i];
	}
}

static void functions_from_dwarf(Dwfl_Module *module, Dwarf_Addr address, struct symbol *out)
{
	Dwarf_Addr bias;
	Dwarf_Die *unit = dwfl_module_addrdie(module, address, &bias);
	Dwarf_Die *scopes = NULL, *around = NULL;

	/* Scopes that follow an inlined one are those where its function was
	 * defined; where it was inlined is found by its own DIE. */
	if (unit && dwarf_getscopes(unit, address - bias, &scopes) > 0) {
		int count = dwarf_getscopes_die(&scopes[0], &around);

		functions_find(unit, around, count, out);
	}
	free(around);
	free(scopes);
}

static char *function_from_symtab(Dwfl_Module *module, Dwarf_Addr address)
{
	GElf_Off from_symbol;
	GElf_Sym symbol;
	const char *name =
		dwfl_module_addrinfo(module, address, &from_symbol, &symbol, NULL, NULL, NULL);

	return name && *name ? demangle(name) : NULL;
}

static void line_find(Dwfl_Module *module, Dwarf_Addr address, struct symbol *out)
{
	Dwfl_Line *line = dwfl_module_getsrc(module, address);
	int number = 0;
	const char *file = line ? dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL) : NULL;

	if (!file)
		return;
	out->file = memory_text(file);
	out->line = number;
}

/* The cached result, or the place for a new one. */
static struct answer *answer_find(struct module *module, uint64_t offset, bool *found)
{
	/* Fibonacci hashing: neighbouring calls go to different lists. */
	struct answer **list =
		&module->answers[offset * 0x9e3779b97f4a7c15u >> 56 & (ANSWER_LISTS - 1)];
	struct answer *answer = *list;

	while (answer && answer->offset != offset)
		answer = answer->next;
	*found = answer != NULL;
	if (answer)
		return answer;
	answer = memory_zeroed(1, sizeof(*answer));
	answer->offset = offset;
	answer->next = *list;
	*list = answer;
	return answer;
}

static void symbol_find(struct module *module, uint64_t offset, struct symbol *symbol)
{
	bool is_go = module->go && golang_covers(module->go, offset);

	if (is_go && golang_find(module->go, offset, symbol))
		return;
	bool safe = !is_go && debug_files_are_safe(module->module);

	if (safe)
		functions_from_dwarf(module->module, offset, symbol);
	if (!symbol->function)
		symbol->function = function_from_symtab(module->module, offset);
	if (safe)
		line_find(module->module, offset, symbol);
}

const struct symbol *symbols_resolve(const char *module_path, const uint8_t *build_id,
				     size_t build_id_bytes, uint64_t offset)
{
	struct module *module = module_find(module_path);
	bool found;

	if (!module->module || !module_is(module, build_id, build_id_bytes))
		return NULL;
	struct symbol *symbol = &answer_find(module, offset, &found)->symbol;

	if (!found)
		symbol_find(module, offset, symbol);
	return symbol->function || symbol->file ? symbol : NULL;
}

enum symbols_named symbols_go_names(const char *module_path, const uint8_t *build_id,
				    size_t build_id_bytes, const char *ending)
{
	struct module *module = module_find(module_path);

	if (!module->module || !module_is(module, build_id, build_id_bytes))
		return SYMBOLS_UNREAD;
	if (!module->go)
		return module->is_go ? SYMBOLS_UNREAD : SYMBOLS_NO_GO;
	return golang_names(module->go, ending) ? SYMBOLS_NAMED : SYMBOLS_NOT_NAMED;
}

static void symbol_clear(struct symbol *symbol)
{
	if (symbol->into)
		symbol_clear(symbol->into);
	free(symbol->into);
	free(symbol->function);
	free(symbol->file);
}

static void answers_free(struct answer *answer)
{
	while (answer) {
		struct answer *next = answer->next;

		symbol_clear(&answer->symbol);
		free(answer);
		answer = next;
	}
}

void symbols_close(void)
{
	if (modules)
		shrunk_end();
	while (modules) {
		struct module *module = modules;

		modules = module->next;
		for (size_t i = 0; i < ANSWER_LISTS; i++)
			answers_free(module->answers[i]);
		golang_close(module->go);
		dwfl_end(module->dwfl);
		free(module->path);
		free(module);
	}
}
