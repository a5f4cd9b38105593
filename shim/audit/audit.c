/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit.c - libunflushed-audit.so: leads the calls to the shim that a
 * preloaded symbol does not meet.
 *
 * A host that takes a function with dlsym (ctypes, P/Invoke, ruby-ffi), or
 * that opens a plugin RTLD_DEEPBIND (PHP does, for every extension), gets
 * librdkafka's own function past the preload. As an auditor (LD_AUDIT) the
 * loader asks us about each such binding.
 *
 * The other way tried was to stand in for dlsym, as an assembly tail jump.
 * It needs no second library and costs as little, but sees nothing under
 * RTLD_DEEPBIND, where dlsym itself is bound past the preload. Both left
 * CPython's own tests, git, node and java as they were. Measured: 0.08 ms
 * more at the start of /bin/true, 0 ns a call.
 *
 * It is linked with nothing, not even libc: an auditor lives in a namespace of
 * its own, and would bring a second libc there (0.3 ms). It has no pltenter:
 * with one, every call of the host would go through the loader.
 */
#define _GNU_SOURCE
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

typedef void *via_fn(const char *name, uintptr_t bias);

/* The loader's cookie of an object is the address of its link map. */
static struct link_map *shim;
static bool started; /* every object of the start is relocated: the shim can run */

static bool text_is(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return *a == *b;
}

static bool text_starts(const char *text, const char *with)
{
	for (; *with; with++)
		if (*text++ != *with)
			return false;
	return true;
}

static const char *base_name(const char *path)
{
	const char *base = path;

	for (; *path; path++)
		if (*path == '/')
			base = path + 1;
	return base;
}

/* Elf64_Sym: clang-format takes `ElfW(Sym) *` for a product. */
typedef ElfW(Sym) symbol_row;

struct symbols {
	const symbol_row *row;
	const char *text;
	const uint32_t *hash; /* DT_GNU_HASH */
};

/* The loader has turned the addresses of DT_SYMTAB and the like absolute,
 * except in the vDSO, which is read-only: its are below its own address. */
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

/* The function of that name in an object; NULL: it defines none. */
static void *object_symbol(const struct link_map *object, const char *name)
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

EXPORT unsigned la_version(unsigned version)
{
	return version < LAV_CURRENT ? version : LAV_CURRENT;
}

EXPORT unsigned la_objopen(struct link_map *object, Lmid_t space, uintptr_t *cookie)
{
	*cookie = (uintptr_t)object;
	if (space != LM_ID_BASE)
		return 0;
	if (text_starts(base_name(object->l_name), "libunflushed.so")) {
		shim = object;
		return 0;
	}
	return LA_FLG_BINDTO | LA_FLG_BINDFROM;
}

EXPORT void la_preinit(uintptr_t *cookie)
{
	(void)cookie;
	started = true;
}

/*
 * By dlsym: a thunk that knows the copy (entry/thunks.c). An object that defines the
 * name itself and asks for another's is somebody else's stand-in, on its way
 * to the real function: let it through, else it would meet itself again.
 */
static void *kafka_stand_in(const char *name, const struct link_map *from,
			    const struct link_map *to, bool by_dlsym)
{
	via_fn *via;

	if (from != to && object_symbol(from, name))
		return NULL;
	if (!by_dlsym)
		return object_symbol(shim, name); /* finds the copy by its caller */
	via = (via_fn *)object_symbol(shim, "unflushed_via");
	return via ? via(name, to->l_addr) : NULL;
}

/* libc's functions only where a call is bound past the preload (DEEPBIND):
 * one that asks dlsym for libc's own means libc's own. */
static void *stand_in(const char *name, const struct link_map *from, const struct link_map *to,
		      bool by_dlsym)
{
	if (text_starts(name, "rd_kafka_"))
		return kafka_stand_in(name, from, to, by_dlsym);
	if (!by_dlsym && text_starts(base_name(to->l_name), "libc.so."))
		return object_symbol(shim, name);
	return NULL;
}

#if __ELF_NATIVE_CLASS == 64
EXPORT uintptr_t la_symbind64(symbol_row *symbol, unsigned index, uintptr_t *from,
			      uintptr_t *to, unsigned *flags, const char *name)
{
	const struct link_map *caller = (const struct link_map *)*from;
	const struct link_map *holder = (const struct link_map *)*to;
	void *instead = NULL;

	(void)index;
	/* Asked also about the shim's own look-ups: those mean the real ones. */
	if (started && shim && caller != shim && holder != shim)
		instead = stand_in(name, caller, holder, *flags & LA_SYMB_DLSYM);
	return instead ? (uintptr_t)instead : symbol->st_value;
}
#endif
