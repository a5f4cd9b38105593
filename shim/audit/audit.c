/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit.c - libunflushed-audit.so: binds calls to the shim that LD_PRELOAD does
 * not reach.
 *
 * A host that takes a function with dlsym (ctypes, P/Invoke, ruby-ffi), or that
 * opens a plugin with RTLD_DEEPBIND (PHP does, for every extension), gets
 * librdkafka's own function, not the preloaded one. The loader asks an auditor
 * (LD_AUDIT) about each such binding.
 *
 * A stand-in for dlsym, as an assembly tail jump, was tried, too. It needs no
 * second library and costs as little, but does not work under RTLD_DEEPBIND,
 * where dlsym itself is not bound to the preload. With both, CPython's own
 * tests, git, node and java behaved as without. Measured: 0.08 ms more at the
 * start of /bin/true, 0 ns a call.
 *
 * It is linked with no library, not even libc: the loader puts an auditor into a
 * namespace of its own, and would load a second libc there (0.3 ms). It has no
 * la_pltenter: with one, every call of the host would go through the loader.
 */
#define _GNU_SOURCE
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/begin.h"
#include "audit/object.h"
#include "audit/thread_locals.h"

#define EXPORT __attribute__((visibility("default")))

typedef void *via_fn(const char *name, uintptr_t bias);

/* The loader's cookie of an object is the address of its link map. */
static struct link_map *shim;
static const struct link_map *program; /* its executable; it heads the list */
static const struct link_map *last;    /* of the start */
static bool loaded;		       /* every object of the start */
static bool started; /* every object of the start is relocated, so the shim can run */

EXPORT unsigned la_version(unsigned version)
{
	return version < LAV_CURRENT ? version : LAV_CURRENT;
}

EXPORT unsigned la_objopen(struct link_map *object, Lmid_t space, uintptr_t *cookie)
{
	*cookie = (uintptr_t)object;
	if (space != LM_ID_BASE)
		return 0;
	if (!program)
		program = object;
	if (!loaded) {
		last = object;
		begin_object(object);
	}
	if (text_starts(base_name(object->l_name), "libunflushed.so")) {
		shim = object;
		return 0;
	}
	return LA_FLG_BINDTO | LA_FLG_BINDFROM;
}

/* The loader calls this for a namespace; the cookie is that of its first object. */
EXPORT void la_activity(uintptr_t *cookie, unsigned what)
{
	if (loaded || what != LA_ACT_CONSISTENT || *cookie != (uintptr_t)program)
		return;
	loaded = true;
	begin_is_over();
}

EXPORT void la_preinit(uintptr_t *cookie)
{
	(void)cookie;
	started = true;
	thread_locals_begin();
}

/* Objects of the start are never unloaded, and the list is in the order of loading. */
static bool is_of_the_start(const struct link_map *object)
{
	for (const struct link_map *at = program; at; at = at->l_next) {
		if (at == object)
			return true;
		if (at == last)
			return false;
	}
	return false;
}

/*
 * By dlsym: a thunk for the copy (entry/thunks.c). An object that defines the name
 * itself and looks up another's is a stand-in of another library that wants the real
 * function: its binding is not changed, otherwise it would call itself again.
 */
static void *kafka_stand_in(const char *name, const struct link_map *from,
			    const struct link_map *to, bool by_dlsym)
{
	via_fn *via;

	if (from != to && object_symbol(from, name))
		return NULL;
	if (!by_dlsym)
		return object_symbol(shim, name); /* finds the copy by the caller */
	via = (via_fn *)object_symbol(shim, "unflushed_via");
	return via ? via(name, to->l_addr) : NULL;
}

/* libc's functions only for calls that are not bound to the preload (DEEPBIND): a
 * program that takes a function of libc with dlsym means libc's own. */
static void *stand_in(const char *name, const struct link_map *from, const struct link_map *to,
		      bool by_dlsym)
{
	if (text_starts(name, "rd_kafka_"))
		return kafka_stand_in(name, from, to, by_dlsym);
	if (!by_dlsym && text_starts(base_name(to->l_name), "libc.so."))
		return object_symbol(shim, name);
	return NULL;
}

/* Elf64_Sym: clang-format takes `ElfW(Sym) *` for a product. */
typedef ElfW(Sym) symbol_row;

#if __ELF_NATIVE_CLASS == 64
EXPORT uintptr_t la_symbind64(symbol_row *symbol, unsigned index, uintptr_t *from,
			      uintptr_t *to, unsigned *flags, const char *name)
{
	const struct link_map *caller = (const struct link_map *)*from;
	const struct link_map *holder = (const struct link_map *)*to;
	void *instead = NULL;
	uintptr_t place =
		*flags & LA_SYMB_DLSYM ? 0 : thread_locals_stand_in(name, symbol->st_value);

	(void)index;
	if (place && is_of_the_start(caller))
		return place;
	/* The loader also asks about the shim's own look-ups, which mean the real functions. */
	if (started && shim && caller != shim && holder != shim)
		instead = stand_in(name, caller, holder, *flags & LA_SYMB_DLSYM);
	return instead ? (uintptr_t)instead : symbol->st_value;
}
#endif
