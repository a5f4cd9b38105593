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
static bool started; /* every object of the start is relocated: the shim can run */

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

/* Said of a namespace: the cookie is its first object's. */
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

/* It is never unloaded, and the list keeps the order in which objects came. */
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
	/* Asked also about the shim's own look-ups: those mean the real ones. */
	if (started && shim && caller != shim && holder != shim)
		instead = stand_in(name, caller, holder, *flags & LA_SYMB_DLSYM);
	return instead ? (uintptr_t)instead : symbol->st_value;
}
#endif
