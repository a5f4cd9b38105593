/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linked.c - see linked.h.
 */
#define _GNU_SOURCE 1
#include "linked/linked.h"

#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <fcntl.h>

#include "calls/resolve.h"
#include "format/format.h"
#include "guest/loaded.h"
#include "guest/raw.h"
#include "guest/settings.h"
#include "librdkafka/inside.h"
#include "linked/absent.h"
#include "linked/patch.h"
#include "linked/symbols.h"

#define PREFIX "rd_kafka_"

/* The functions that are patched (those of calls.def) and the functions that are only
 * called. */
enum linked_id {
#define LINKED_LIBC(name)
#define LINKED_JVM(name)
#define LINKED_KAFKA(name) LINKED_##name,
#define ROW(name, library, ...) LINKED_##library(name)
#include "calls/calls.def"
	LINKED_USES,
#undef LINKED_KAFKA
};

/* librdkafka calls this function to report all messages of a queue as acknowledged
 * (rdkafka_interceptor.c). */
#define QUEUE "rd_kafka_interceptors_on_acknowledgement_queue"

#define LINKED_INSIDE ((size_t)LINKED_USES + USE_COUNT)
#define LINKED_QUEUE (LINKED_INSIDE + INSIDE_COUNT)
#define SYMBOLS (LINKED_QUEUE + 1)

static const struct {
	const char *name;
	enum call_id call;
} patched[] = {
#define LINKED_KAFKA(name) {#name, CALL_##name},
#define ROW(name, library, ...) LINKED_##library(name)
#include "calls/calls.def"
#undef LINKED_KAFKA
};
_Static_assert(LINKED_USES + INSIDE_COUNT <= PATCH_FUNCTIONS,
	       "there is a place for each on the island");

static const struct {
	const char *name;
	bool optional;
} used[USE_COUNT] = {
#define USE_ROW(name, is_optional) [USE_##name] = {#name, is_optional},
#undef USE
#define USE(name) USE_ROW(name, false)
#define OPTIONAL(name) USE_ROW(name, true)
#include "calls/uses.def"
#undef USE
#undef OPTIONAL
};

/* ---- does the program contain librdkafka? ---- */

/* The program's own addresses in this process. */
struct program {
	uintptr_t bias;
	uintptr_t text, text_end;  /* the segment that is executable and not writable */
	const ElfW(Sym) * symbols; /* .dynsym: undefined symbols (from libraries) come first */
	const char *names;
	size_t names_bytes;
	size_t symbol_count;
};

/* The number of undefined symbols: the first symbol in GNU's hash table is the first that is
 * defined here. If the program exports nothing, GNU ld writes a table with one empty bucket,
 * in which that index is 1; then the count follows from the string table, which GNU ld places
 * right behind the symbols. */
static size_t symbols_count(const uint32_t *hash, const struct program *program)
{
	bool is_empty = hash[0] == 1 && !hash[4 + hash[2] * (sizeof(ElfW(Addr)) / 4)];
	uintptr_t begin = (uintptr_t)program->symbols, end = (uintptr_t)program->names;

	return is_empty && end > begin ? (end - begin) / sizeof *program->symbols : hash[1];
}

static void dynamic_read(const ElfW(Dyn) * dynamic, struct program *program)
{
	const uint32_t *hash = NULL;

	for (; dynamic->d_tag != DT_NULL; dynamic++) {
		uintptr_t at = dynamic->d_un.d_ptr;

		/* The loader writes addresses in place of offsets, on most processors. */
		at += at < program->bias ? program->bias : 0;
		if (dynamic->d_tag == DT_SYMTAB)
			program->symbols = (const ElfW(Sym) *)at;
		else if (dynamic->d_tag == DT_STRTAB)
			program->names = (const char *)at;
		else if (dynamic->d_tag == DT_STRSZ)
			program->names_bytes = dynamic->d_un.d_val;
		else if (dynamic->d_tag == DT_GNU_HASH)
			hash = (const uint32_t *)at;
		else if (dynamic->d_tag == DT_HASH)
			program->symbol_count = ((const uint32_t *)at)[1];
	}
	if (hash && program->symbols && program->names)
		program->symbol_count = symbols_count(hash, program);
}

/* The first object in the loader's list is the program. */
static int program_visit(struct dl_phdr_info *info, size_t bytes, void *context)
{
	struct program *program = context;
	const ElfW(Dyn) *dynamic = NULL;

	(void)bytes;
	program->bias = info->dlpi_addr;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		uintptr_t at = info->dlpi_addr + header->p_vaddr;

		if (header->p_type == PT_DYNAMIC)
			dynamic = (const ElfW(Dyn) *)at;
		else if (header->p_type == PT_LOAD && header->p_flags == (PF_R | PF_X)) {
			program->text = at;
			program->text_end = at + header->p_filesz;
		}
	}
	if (dynamic)
		dynamic_read(dynamic, program);
	return 1;
}

/* librdkafka calls these two functions, and few programs that do not use a network do. This
 * check makes sure that the file of a program without Kafka is not even opened. */
static bool program_takes(const struct program *program, const char *name)
{
	for (size_t i = 1; i < program->symbol_count; i++)
		if (program->symbols[i].st_shndx == SHN_UNDEF &&
		    program->symbols[i].st_name < program->names_bytes &&
		    strcmp(program->names + program->symbols[i].st_name, name) == 0)
			return true;
	return false;
}

static bool program_find(struct program *program)
{
	return dl_iterate_phdr(program_visit, program) == 1 && program->text &&
	       program->symbols && program->names && program_takes(program, "sendmsg") &&
	       program_takes(program, "getaddrinfo");
}

/* ---- may its code be written? ---- */

static bool is_libc(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	return strncmp(name, "libc.so", 7) == 0 || strncmp(name, "ld-musl-", 8) == 0;
}

static bool holds(const struct dl_phdr_info *info, uintptr_t address)
{
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];

		if (header->p_type == PT_LOAD &&
		    address - (info->dlpi_addr + header->p_vaddr) < header->p_memsz)
			return true;
	}
	return false;
}

/* Sets 1 if our library comes first in the list, 2 if libc does. */
static int order_visit(struct dl_phdr_info *info, size_t bytes, void *context)
{
	(void)bytes, (void)context;
	if (holds(info, (uintptr_t)is_libc))
		return 1;
	return is_libc(info->dlpi_name) ? 2 : 0;
}

/*
 * The loader's list has objects in the order in which they were loaded: the
 * program, preloaded libraries, then their dependencies, libc among them. An
 * object behind libc was opened with dlopen() by the running program:
 * librdkafka does that with our library inside rd_kafka_conf_set() if
 * "plugin.library.paths" names it.
 */
static bool is_preloaded(void)
{
	return dl_iterate_phdr(order_visit, NULL) == 1;
}

/* Code must not be written while another thread may run it. A library whose constructor ran
 * before ours may have started threads. */
static bool is_alone(void)
{
	struct stat status;

	/* The directory has two links of its own, and one for each thread
	 * (proc_task_getattr). */
	return RAW_4(SYS_newfstatat, AT_FDCWD, "/proc/self/task", &status, 0) == 0 &&
	       status.st_nlink == 3;
}

/* ---- the copy ---- */

static bool in_text(const struct program *program, const struct symbol *symbol)
{
	return symbol->address >= program->text &&
	       symbol->bytes <= program->text_end - program->text &&
	       symbol->address <= program->text_end - symbol->bytes;
}

/* Whether the copy, together with the functions of absent.c, has every function that the guest
 * needs of a copy without interceptors. The function that acknowledges a whole queue must call
 * the function for one message: if the compiler inlined that, the messages cannot be seen. */
static bool is_complete_inside(const struct symbol *symbols)
{
	const struct symbol *one = &symbols[LINKED_INSIDE + INSIDE_ACKNOWLEDGEMENT];
	const struct symbol *queue = &symbols[LINKED_QUEUE];

	return symbols[LINKED_USES + USE_rd_kafka_topic_name].address &&
	       symbols[LINKED_USES + USE_rd_kafka_conf_new].address &&
	       symbols[LINKED_INSIDE + INSIDE_SEND].address && one->address && queue->address &&
	       patch_calls(queue->address, queue->bytes, one->address);
}

/* Whether the copy has every function that the guest needs. */
static bool is_complete(const struct symbol *uses)
{
	for (size_t i = 0; i < USE_COUNT; i++)
		if (!uses[i].address && !used[i].optional)
			return false;
	return uses[USE_rd_kafka_conf_interceptor_add_on_new].address &&
	       uses[USE_rd_kafka_interceptor_add_on_send].address &&
	       uses[USE_rd_kafka_interceptor_add_on_acknowledgement].address;
}

/* Calls of the guest to a patched function go to its trampoline, which does what the function
 * did before. */
static void copy_fill(struct copy *copy, const struct symbol *symbols,
		      const struct patch *patches, size_t count)
{
	for (size_t i = 0; i < USE_COUNT; i++) {
		void *found = (void *)symbols[LINKED_USES + i].address;

		copy->use[i] = found ? found : absent_function(used[i].name);
	}
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < INSIDE_COUNT; j++)
			if (symbols[LINKED_INSIDE + j].address == patches[i].address)
				inside_real[j] = patches[i].real;
		for (size_t j = 0; j < LINKED_USES; j++)
			if (symbols[j].address == patches[i].address)
				copy->real[patched[j].call] = patches[i].real;
		for (size_t j = 0; j < USE_COUNT; j++)
			if (symbols[LINKED_USES + j].address == patches[i].address)
				copy->use[j] = patches[i].real;
	}
}

/* These two have the same code, in librdkafka up to now: a linker that folds such functions
 * into one (--icf=safe, too) leaves one. The stand-in for the first serves both. */
static bool is_folded(const struct symbol *symbols, size_t index)
{
	return index == LINKED_rd_kafka_queue_poll_callback &&
	       symbols[index].address == symbols[LINKED_rd_kafka_poll].address;
}

/*
 * Returns how many functions are to be patched. 0: one of them is outside the
 * executable segment, or its code in memory differs from the file: a debugger's
 * breakpoint or a uprobe was written into it, and that tool relies on the rest
 * of the code staying as it is.
 */
static size_t patches_fill(struct patch *patches, const struct symbol *symbols,
			   const struct program *program, linked_via_fn *via)
{
	size_t count = 0;

	for (size_t i = 0; i < LINKED_USES; i++) {
		void *ours = symbols[i].address ? via(symbols[i].name, program->bias) : NULL;

		if (!symbols[i].address || is_folded(symbols, i))
			continue; /* the linker left it out: the program does not call it */
		if (!ours || !symbols[i].as_filed || !in_text(program, &symbols[i]))
			return 0;
		patches[count++] = (struct patch){.address = symbols[i].address,
						  .bytes = symbols[i].bytes,
						  .leads = ours};
	}
	return count;
}

/* Adds the functions by which a copy without interceptors reports each message; 0: as
 * above. */
static size_t patches_inside(struct patch *patches, const struct symbol *symbols,
			     const struct program *program)
{
	size_t count = 0;

	for (size_t i = 0; i < INSIDE_COUNT; i++) {
		const struct symbol *symbol = &symbols[LINKED_INSIDE + i];

		if (!symbol->address && i >= INSIDE_NEEDED)
			continue;
		if (!symbol->as_filed || !in_text(program, symbol))
			return 0;
		patches[count++] = (struct patch){.address = symbol->address,
						  .bytes = symbol->bytes,
						  .leads = inside_functions[i].ours};
	}
	return count;
}

/* Returns bits of enum trace_note, as do all functions below. */
static uint32_t patch_all(const struct program *program, const struct symbol *symbols,
			  linked_via_fn *via, bool is_inside)
{
	static struct patch patches[LINKED_USES + INSIDE_COUNT];
	static struct copy copy;
	size_t count = patches_fill(patches, symbols, program, via);
	size_t more = is_inside ? patches_inside(patches + count, symbols, program) : 0;

	copy.inside = is_inside;
	count = count && (more || !is_inside) ? count + more : 0;
	if (!count)
		return NOTE_LIBRDKAFKA_STATIC | NOTE_LINKED_UNDECODED;
	switch (patch_plan(patches, count, program->text, program->text_end)) {
	case PATCH_DONE:
		break;
	case PATCH_UNDECODED:
		return NOTE_LIBRDKAFKA_STATIC | NOTE_LINKED_UNDECODED;
	default:
		return NOTE_LIBRDKAFKA_STATIC | NOTE_LINKED_REFUSED;
	}
	copy_fill(&copy, symbols, patches, count);
	struct copy *known = resolve_linked(program->bias, program->text, &copy);

	if (!known || patch_write(patches, count) != PATCH_DONE)
		return NOTE_LIBRDKAFKA_STATIC | NOTE_LINKED_REFUSED;
	resolve_linked_done(program->bias, known);
	return NOTE_LINKED | (is_inside ? NOTE_LINKED_INSIDE : 0u);
}

/* Looks for the functions in the program's symbol table, then in a recipe. */
static enum symbols_found program_look(const struct program *program, struct symbol *symbols)
{
	enum symbols_found found = symbols_find(PREFIX, symbols, SYMBOLS, program->bias);
	struct loaded loaded;
	struct recipe_file recipe;

	if (found != SYMBOLS_NONE || !loaded_find((const void *)program->text, &loaded) ||
	    !recipe_open(guest_settings.directory, loaded.build_id, loaded.build_id_bytes,
			 &recipe))
		return found;
	found = symbols_by_recipe(&recipe, symbols, SYMBOLS, program->bias);
	recipe_close(&recipe);
	return found;
}

static uint32_t program_link(const struct program *program, linked_via_fn *via)
{
	static struct symbol symbols[SYMBOLS];

	for (size_t i = 0; i < LINKED_USES; i++)
		symbols[i].name = patched[i].name;
	for (size_t i = 0; i < USE_COUNT; i++)
		symbols[LINKED_USES + i].name = used[i].name;
	for (size_t i = 0; i < INSIDE_COUNT; i++)
		symbols[LINKED_INSIDE + i].name = inside_functions[i].name;
	symbols[LINKED_QUEUE].name = QUEUE;
	enum symbols_found found = program_look(program, symbols);

	if (found < SYMBOLS_SOME || !symbols[LINKED_rd_kafka_new].address)
		return 0;
	for (size_t i = 0; i < SYMBOLS; i++)
		if (symbols[i].is_lost)
			return NOTE_LIBRDKAFKA_STATIC;
	bool is_inside = !is_complete(symbols + LINKED_USES);

	if (is_inside && !is_complete_inside(symbols))
		return NOTE_LIBRDKAFKA_STATIC | NOTE_LINKED_INCOMPLETE;
	if (!is_alone())
		return NOTE_LIBRDKAFKA_STATIC | NOTE_LINKED_THREADS;
	return patch_all(program, symbols, via, is_inside) |
	       (found == SYMBOLS_BY_RECIPE ? NOTE_LINKED_RECIPE : 0u);
}

void linked_open(linked_via_fn *via)
{
	struct program program = {0};

	if (strcmp(guest_settings.probe_linked, "off") != 0 && is_preloaded() &&
	    program_find(&program))
		settings_early_notes |= program_link(&program, via);
}
