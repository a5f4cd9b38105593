/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe.c - see recipe.h.
 */
#include "recipe/recipe.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "file/regular.h"
#include "file/whole_file.h"
#include "memory/memory.h"
#include "recipe/objects.h"
#include "recipe/code.h"
#include "recipe/needed.h"
#include "recipe/released.h"

/* Every producer is made by this function: if it was not found, the other functions are of no
 * use. */
#define FIRST "rd_kafka_new"

/* What comes before the version in the list of modules in a Go program. */
#define GO_MODULE "github.com/confluentinc/confluent-kafka-go"
#define GO_VERSION_BYTES 40

const char *recipe_source_words(const struct recipe *recipe)
{
	switch (recipe->head.source) {
	case RECIPE_OF_SYMBOLS:
		return "its symbols in";
	case RECIPE_OF_ARCHIVE:
		return "the archive";
	default:
		return "the code of";
	}
}

/* ---- rows ---- */

static struct recipe_row *row_find(const struct recipe *recipe, const char *name)
{
	for (size_t i = 0; i < recipe->head.count; i++)
		if (strcmp(recipe->rows[i].name, name) == 0)
			return &recipe->rows[i];
	return NULL;
}

/* `address` 0: the program has the function, but its address is not certain. So is a name that
 * was found at two addresses. */
static void row_add(struct recipe *recipe, const struct code *code, const char *name,
		    uint64_t address, uint64_t bytes)
{
	const uint8_t *begin = address ? code_at(code, address, bytes) : NULL;
	struct recipe_row *row = row_find(recipe, name);

	if (row) {
		row->address = row->address == address ? address : 0;
		return;
	}
	if (recipe->head.count == RECIPE_ROWS_MAX)
		return;
	recipe->rows = memory_grown(recipe->rows, recipe->head.count + 1, sizeof *recipe->rows);
	row = &recipe->rows[recipe->head.count++];
	*row = (struct recipe_row){.address = begin ? address : 0, .bytes = bytes};
	snprintf(row->name, sizeof row->name, "%s", name);
	if (begin)
		memcpy(row->begin, begin,
		       bytes < RECIPE_BEGIN_BYTES ? bytes : RECIPE_BEGIN_BYTES);
}

static void rows_forget(struct recipe *recipe)
{
	free(recipe->rows);
	recipe->rows = NULL;
	recipe->head.count = 0;
}

/* Whether a needed function is in the program at a place that is not known. */
static bool any_lost(const struct recipe *recipe)
{
	for (size_t i = 0; i < recipe->head.count; i++)
		if (!recipe->rows[i].address && needed(recipe->rows[i].name))
			return true;
	return false;
}

/* Whether enough functions were found. If not, those that were are forgotten. */
static bool rows_suffice(struct recipe *recipe, enum recipe_source source, const char *from)
{
	if (!row_find(recipe, FIRST) || any_lost(recipe)) {
		rows_forget(recipe);
		return false;
	}
	recipe->head.source = (uint16_t)source;
	snprintf(recipe->from, sizeof recipe->from, "%s", from);
	return true;
}

/* ---- symbols in another file ---- */

static void table_read(struct recipe *recipe, const struct code *code, Elf *elf, Elf_Scn *table,
		       const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(table, NULL);
	GElf_Sym symbol;

	for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
		const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);

		if (name && GELF_ST_TYPE(symbol.st_info) == STT_FUNC &&
		    symbol.st_shndx != SHN_UNDEF && symbol.st_size && piece_wants(name))
			row_add(recipe, code, name, symbol.st_value, symbol.st_size);
	}
}

/* A build id that somebody chose (-Wl,--build-id=0x...) is that of every later build, too. */
static bool is_laid_out_as(const struct code *code, const struct code *symbols)
{
	Elf_Scn *one = elf_file_section(code->file.elf, ".text");
	Elf_Scn *other = elf_file_section(symbols->file.elf, ".text");
	GElf_Shdr here, there;

	return !one || !other || !gelf_getshdr(one, &here) || !gelf_getshdr(other, &there) ||
	       (here.sh_addr == there.sh_addr && here.sh_size == there.sh_size);
}

static bool by_symbols_of(struct recipe *recipe, const struct code *code, const char *path)
{
	struct code symbols;
	char why[128];
	Elf_Scn *table = NULL;
	GElf_Shdr header;

	if (!code_open(&symbols, path, why, sizeof why))
		return false;
	bool same = code_same_id(code, &symbols) && is_laid_out_as(code, &symbols);

	while (same && (table = elf_nextscn(symbols.file.elf, table)))
		if (gelf_getshdr(table, &header) && header.sh_type == SHT_SYMTAB)
			table_read(recipe, code, symbols.file.elf, table, &header);
	code_close(&symbols);
	return rows_suffice(recipe, RECIPE_OF_SYMBOLS, path);
}

static void hex(char *text, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
}

/* Looks where GDB looks (its manual, "Debugging Information in Separate Files"), and where
 * debuginfod's clients keep the files that they fetched (debuginfod-find(1)). */
static bool by_symbols(struct recipe *recipe, const struct code *code, const char *program)
{
	const char *slash = strrchr(program, '/');
	int folder = slash ? (int)(slash - program) + 1 : 0;
	const char *cache = getenv("DEBUGINFOD_CACHE_PATH"), *home = getenv("HOME");
	char id[2 * RECIPE_ID_BYTES + 1] = "", *paths[5] = {NULL};
	bool found = false;
	int printed = 0;

	hex(id, code->id, code->id_bytes);
	printed |= asprintf(&paths[0], "/usr/lib/debug/.build-id/%.2s/%s.debug", id, id + 2);
	printed |= asprintf(&paths[1], "%s.debug", program);
	printed |=
		asprintf(&paths[2], "%.*s.debug/%s.debug", folder, program, program + folder);
	if (cache)
		printed |= asprintf(&paths[3], "%s/%s/debuginfo", cache, id);
	else if (home)
		printed |= asprintf(&paths[3], "%s/.cache/debuginfod_client/%s/debuginfo", home,
				    id);
	if (printed < 0)
		memory_out();
	for (size_t i = 0; i < 4; i++) {
		found = found || (paths[i] && by_symbols_of(recipe, code, paths[i]));
		free(paths[i]);
	}
	return found;
}

/* ---- archives ---- */

static enum piece_found place_find(const struct code *code, const struct piece *piece,
				   uint64_t *address)
{
	enum piece_found all = PIECE_NOWHERE;

	for (size_t i = 0; i < code->segment_count; i++) {
		const struct code_segment *segment = &code->segments[i];
		size_t at;
		enum piece_found found = piece_find(piece, segment->bytes, segment->size, &at);

		if (found == PIECE_ONCE && all == PIECE_NOWHERE) {
			*address = segment->address + at;
			all = PIECE_ONCE;
		} else if (found != PIECE_NOWHERE) {
			all = found == PIECE_UNKNOWN ? found : PIECE_OFTEN;
		}
	}
	return all;
}

/*
 * All pieces or none: the program has each, for rd_kafka_new() needs something of all of them.
 * Where some are not found, it was linked with another build of which a part has the same code,
 * and what is not found is called all the same.
 */
static bool by_pieces(struct recipe *recipe, const struct code *code,
		      const struct piece *pieces, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct piece *piece = &pieces[i];
		uint64_t address;

		if (place_find(code, piece, &address) != PIECE_ONCE)
			return false;
		for (size_t j = 0; j < piece->function_count; j++)
			row_add(recipe, code, piece->functions[j].name,
				address + piece->functions[j].offset,
				piece->functions[j].bytes);
	}
	return true;
}

/* False, with a sentence in `why`: the archive cannot be read; with none: the program was not
 * linked with it. */
static bool by_archive(struct recipe *recipe, const struct code *code, const char *path,
		       char *why, size_t why_bytes)
{
	struct objects objects;

	why[0] = '\0';
	if (!objects_read(path, code->file.header.e_machine, &objects, why, why_bytes))
		return false;
	bool all = by_pieces(recipe, code, objects.pieces, objects.count);

	objects_free(&objects);
	if (all && rows_suffice(recipe, RECIPE_OF_ARCHIVE, path))
		return true;
	rows_forget(recipe);
	return false;
}

/* Writes a version as the module cache does ("/v2@v2.11.1"). False: the program names no
 * version. */
static bool go_version(const struct code *code, char *version)
{
	size_t size;
	const char *file = elf_rawfile(code->file.elf, &size), *at = file;

	while (file &&
	       (at = memmem(at, size - (size_t)(at - file), GO_MODULE, strlen(GO_MODULE)))) {
		const char *end = file + size;
		size_t bytes = 0;

		at += strlen(GO_MODULE);
		/* In the list the module's name is followed by a tab, the version, and a
		 * tab. */
		for (; at < end && *at != '\t' && bytes < 4; bytes++)
			version[bytes] = *at++;
		if (at >= end || *at != '\t')
			continue;
		version[bytes++] = '@';
		for (at++; at < end && *at != '\t' && *at > ' ' && *at < 127; at++)
			if (bytes < GO_VERSION_BYTES - 1)
				version[bytes++] = *at;
		version[bytes] = '\0';
		if (at < end && *at == '\t' && strchr(version, '@')[1] == 'v' &&
		    (version[0] == '@' || version[0] == '/') && !strstr(version, ".."))
			return true;
	}
	return false;
}

static bool by_module_cache(struct recipe *recipe, const struct code *code)
{
	static const struct {
		uint16_t machine;
		const char *name;
	} names[] = {
		{EM_X86_64, "librdkafka_glibc_linux_amd64.a"},
		{EM_X86_64, "librdkafka_glibc_linux.a"}, /* up to v1.9 */
		{EM_AARCH64, "librdkafka_glibc_linux_arm64.a"},
	};
	const char *cache = getenv("GOMODCACHE"), *go = getenv("GOPATH"),
		   *home = getenv("HOME");
	char version[GO_VERSION_BYTES + 8], folder[PATH_MAX], path[PATH_MAX + 256], why[128];

	if (!go_version(code, version))
		return false;
	if (cache && *cache)
		snprintf(folder, sizeof folder, "%s", cache);
	else if (go && *go)
		snprintf(folder, sizeof folder, "%.*s/pkg/mod", (int)strcspn(go, ":"), go);
	else
		snprintf(folder, sizeof folder, "%s/go/pkg/mod", home ? home : "");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/" GO_MODULE "%s/kafka/librdkafka_vendor/%s",
			 folder, version, names[i].name);
		if (names[i].machine == code->file.header.e_machine &&
		    by_archive(recipe, code, path, why, sizeof why))
			return true;
	}
	return false;
}

static bool by_release(struct recipe *recipe, const struct code *code)
{
	struct release release;

	for (size_t i = 0; released_get(i, &release); i++) {
		bool all = release.machine == code->file.header.e_machine &&
			   by_pieces(recipe, code, release.pieces, release.count);

		released_free(&release);
		if (all && rows_suffice(recipe, RECIPE_OF_RELEASE, release.name))
			return true;
		rows_forget(recipe);
	}
	return false;
}

static bool by_installed(struct recipe *recipe, const struct code *code)
{
	static const char *const patterns[] = {
		"/usr/lib/*/librdkafka.a", "/usr/lib/librdkafka.a", "/usr/lib64/librdkafka.a",
		"/usr/local/lib/librdkafka.a"};
	char why[128];
	bool found = false;

	for (size_t i = 0; !found && i < sizeof patterns / sizeof *patterns; i++) {
		glob_t paths;

		if (glob(patterns[i], 0, NULL, &paths) == 0)
			for (size_t j = 0; !found && j < paths.gl_pathc; j++)
				found = by_archive(recipe, code, paths.gl_pathv[j], why,
						   sizeof why);
		globfree(&paths);
	}
	return found;
}

/* ---- all ways to find them ---- */

static bool find(const struct code *code, const char *program, char *const *archives,
		 struct recipe *recipe, char *why, size_t why_bytes)
{
	const char *named = archives ? *archives : NULL;
	char unread[128];

	if (by_symbols(recipe, code, program))
		return true;
	for (; archives && *archives; archives++) {
		if (by_archive(recipe, code, *archives, unread, sizeof unread))
			return true;
		if (unread[0]) {
			recipe->bad_input = true;
			snprintf(why, why_bytes, "%s: %s", *archives, unread);
			return false;
		}
	}
	if (by_module_cache(recipe, code) || by_release(recipe, code) ||
	    by_installed(recipe, code))
		return true;
	if (named)
		snprintf(why, why_bytes,
			 "%s: has other code than the program: name the very archive that it "
			 "was linked with",
			 named);
	else
		snprintf(why, why_bytes,
			 "%s: no symbols, and no librdkafka that is known: name the archive "
			 "that it was linked with (librdkafka.a)",
			 program);
	return false;
}

bool recipe_make(const char *program, char *const *archives, struct recipe *recipe, char *why,
		 size_t why_bytes)
{
	struct code code;
	char unread[128];

	memset(recipe, 0, sizeof *recipe);
	if (!code_open(&code, program, unread, sizeof unread)) {
		recipe->bad_input = true;
		snprintf(why, why_bytes, "%s: %s", program, unread);
		return false;
	}
	bool found = code.id_bytes > 0;

	if (!found)
		snprintf(why, why_bytes,
			 "%s: has no build id: link it with -Wl,--build-id (Go: "
			 "-ldflags=-B=gobuildid)",
			 program);
	found = found && find(&code, program, archives, recipe, why, why_bytes);
	memcpy(recipe->head.magic, RECIPE_MAGIC, sizeof recipe->head.magic);
	recipe->head.machine = code.file.header.e_machine;
	recipe->head.id_bytes = code.id_bytes;
	memcpy(recipe->head.id, code.id, code.id_bytes);
	code_close(&code);
	return found;
}

void recipe_free(struct recipe *recipe)
{
	rows_forget(recipe);
}

bool recipe_write(const struct recipe *recipe, const char *directory, char *path, char *why,
		  size_t why_bytes)
{
	const struct recipe_head *head = &recipe->head;
	uint32_t named =
		head->id_bytes < RECIPE_NAMED_BYTES ? head->id_bytes : RECIPE_NAMED_BYTES;
	char id[2 * RECIPE_NAMED_BYTES + 1] = "";
	struct whole_file file;
	FILE *out;

	hex(id, head->id + head->id_bytes - named, named);
	snprintf(path, PATH_MAX, "%s/" RECIPE_PREFIX "%s" RECIPE_SUFFIX, directory, id);
	if (!whole_file_open(&file, path, &out)) {
		snprintf(why, why_bytes, "cannot be written: %s", strerror(errno));
		return false;
	}
	/* The library does not use a file that others may write. */
	bool good = fchmod(fileno(out), 0644) == 0 && fwrite(head, sizeof *head, 1, out) == 1 &&
		    fwrite(recipe->rows, sizeof *recipe->rows, head->count, out) == head->count;

	if (good && whole_file_keep(&file, out))
		return true;
	snprintf(why, why_bytes, "cannot be written: %s", strerror(errno));
	if (!good)
		whole_file_drop(&file, out);
	return false;
}
