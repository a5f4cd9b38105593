/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loaded.c - see loaded.h.
 *
 * Called while a call of the host is handled, so it must not take the loader's lock: if another
 * thread holds that during fork(), it stays locked in the child (seen within 400 forks, story:
 * forks_while_unwinding). _dl_find_object takes no lock; with an older glibc, or an unusual
 * file, dl_iterate_phdr must be used, which does, and a forked child in which the lock may be
 * held finds no object any more.
 */
#define _GNU_SOURCE 1
#include "guest/loaded.h"

#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <string.h>

#include "guest/fork_lock.h"
#include "guest/linker.h"

static void build_id_find(struct loaded *found, const ElfW(Phdr) * header)
{
	const char *at = (const char *)(found->bias + header->p_vaddr);
	const char *end = at + header->p_memsz;

	while (!found->build_id && end - at >= (ptrdiff_t)sizeof(ElfW(Nhdr))) {
		const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)at;
		const char *name = at + sizeof *note;
		const char *content = name + ((note->n_namesz + 3u) & ~3u);

		if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 &&
		    memcmp(name, "GNU", 4) == 0) {
			found->build_id = (const uint8_t *)content;
			found->build_id_bytes = note->n_descsz;
		}
		at = content + ((note->n_descsz + 3u) & ~3u);
	}
}

static void headers_read(struct loaded *found, const ElfW(Phdr) * headers, size_t count)
{
	found->headers = headers;
	found->header_count = (uint32_t)count;
	for (size_t i = 0; i < count; i++) {
		if (headers[i].p_type == PT_NOTE)
			build_id_find(found, &headers[i]);
		else if (headers[i].p_type == PT_GNU_EH_FRAME)
			found->frame_table = found->bias + headers[i].p_vaddr;
	}
}

/* ---- with the loader's lock ---- */

static struct fork_lock loader = FORK_LOCK;

struct search {
	uintptr_t address;
	struct loaded *found;
};

static int object_visit(struct dl_phdr_info *info, size_t bytes, void *context)
{
	struct search *search = context;
	uintptr_t low = UINTPTR_MAX, high = 0;

	(void)bytes;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];

		if (header->p_type != PT_LOAD)
			continue;
		uintptr_t start = info->dlpi_addr + header->p_vaddr;

		low = start < low ? start : low;
		high = start + header->p_memsz > high ? start + header->p_memsz : high;
	}
	if (search->address < low || search->address >= high)
		return 0;
	*search->found = (struct loaded){
		.bias = info->dlpi_addr, .low = low, .high = high, .path = info->dlpi_name};
	headers_read(search->found, info->dlpi_phdr, info->dlpi_phnum);
	return 1;
}

static bool found_by_walking(const void *address, struct loaded *found)
{
	struct search search = {(uintptr_t)address, found};

	if (!fork_lock_enter(&loader))
		return false;
	int there = dl_iterate_phdr(object_visit, &search);

	fork_lock_leave(&loader);
	return there == 1;
}

static int path_visit(struct dl_phdr_info *info, size_t bytes, void *context)
{
	const char *end = context;
	size_t path_bytes = strlen(info->dlpi_name), end_bytes = strlen(end);

	(void)bytes;
	return path_bytes >= end_bytes &&
	       strcmp(info->dlpi_name + path_bytes - end_bytes, end) == 0;
}

bool loaded_has_path(const char *end)
{
	if (!fork_lock_enter(&loader))
		return false;
	int there = dl_iterate_phdr(path_visit, (void *)(uintptr_t)end);

	fork_lock_leave(&loader);
	return there == 1;
}

/* ---- without it: glibc from 2.35 ---- */

#if __GLIBC_PREREQ(2, 35)
static __typeof__(_dl_find_object) *find_object; /* by dlsym: the shim also loads without it */
static uint32_t find_object_sought;

static bool finder_is_there(void)
{
	if (__builtin_expect(!__atomic_load_n(&find_object_sought, __ATOMIC_ACQUIRE), 0)) {
		find_object =
			(__typeof__(find_object))linker_symbol(RTLD_DEFAULT, "_dl_find_object");
		__atomic_store_n(&find_object_sought, 1, __ATOMIC_RELEASE);
	}
	return find_object != NULL;
}

/*
 * The program headers where linkers place them: in the first page, behind the
 * file's header. Tools that rewrite libraries (auditwheel, for wheels) may have
 * moved them; then they are not found.
 */
#define FIRST_PAGE 4096u

static bool headers_are_first(const ElfW(Ehdr) * header)
{
	return memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
	       header->e_phentsize == sizeof(ElfW(Phdr)) && header->e_phoff < FIRST_PAGE &&
	       header->e_phoff + header->e_phnum * sizeof(ElfW(Phdr)) <= FIRST_PAGE;
}

static bool found_by_loader(const void *address, struct loaded *found)
{
	struct dl_find_object object;

	/* It only compares the address, and does not read there. */
	if (find_object((void *)(uintptr_t)address, &object) != 0)
		return false;
	const struct link_map *map = object.dlfo_link_map;
	const ElfW(Ehdr) *header = object.dlfo_map_start;

	*found = (struct loaded){.bias = map->l_addr,
				 .low = (uintptr_t)object.dlfo_map_start,
				 .high = (uintptr_t)object.dlfo_map_end,
				 .path = map->l_name};
	if (!headers_are_first(header))
		return found_by_walking(address, found);
	headers_read(found, (const ElfW(Phdr) *)(found->low + header->e_phoff),
		     header->e_phnum);
	return true;
}
#else
static bool finder_is_there(void)
{
	return false;
}

static bool found_by_loader(const void *address, struct loaded *found)
{
	(void)address, (void)found;
	return false;
}
#endif

bool loaded_find(const void *address, struct loaded *found)
{
	return finder_is_there() ? found_by_loader(address, found)
				 : found_by_walking(address, found);
}

/* Searches constants first: where linkers separate them from code, they are a small part. */
static bool text_in(const struct loaded *object, const char *text, ElfW(Word) flags)
{
	const ElfW(Phdr) *headers = object->headers;

	for (uint32_t i = 0; i < object->header_count; i++)
		if (headers[i].p_type == PT_LOAD && headers[i].p_flags == flags &&
		    memmem((const void *)(object->bias + headers[i].p_vaddr),
			   headers[i].p_filesz, text, strlen(text)))
			return true;
	return false;
}

bool loaded_has_text(const struct loaded *object, const char *text)
{
	return text_in(object, text, PF_R) || text_in(object, text, PF_R | PF_X);
}
