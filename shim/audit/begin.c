/* SPDX-License-Identifier: Apache-2.0 */
/*
 * begin.c - see begin.h.
 *
 * With an auditor the loader does two things differently, and some programs then crash. It lays
 * out thread-local storage too early (room.h): the program is started anew with the room that
 * it needs. And it calls calloc before any constructor has run: with an allocator that is not
 * ready by then (ThreadSanitizer's in an executable, heaptrack's) the program crashes. Then the
 * program is started anew without the auditor. AddressSanitizer's runtime does not accept a
 * preloaded shim, unless its options allow it.
 *
 * The auditor is removed by the environment, too (LD_AUDIT becomes LD-AUDIT), since the loader
 * works differently by the time that it calls the auditor. The shim turns the name back, so
 * that programs that this one starts have an auditor again, and notes it (guest/settings.c).
 */
#include "audit/begin.h"

#include <stdbool.h>
#include <stddef.h>

#include "audit/again.h"
#include "audit/object.h"
#include "audit/room.h"

#define TUNABLES "GLIBC_TUNABLES="
#define AUDIT "LD_AUDIT="
#define ASAN "ASAN_OPTIONS="
#define ORDER "verify_asan_link_order"

static const struct link_map *executable, *allocator;
static struct given given;
static bool given_known, hands_off;
static struct room room;
static char **tunables;	 /* the entry of the environment; NULL none */
static size_t own_bytes; /* of its value: the user's */

/* Not if there is another auditor: then the program would crash without this one, too. */
static void step_aside(void)
{
	char **entry = given_entry(&given, AUDIT);

	for (const char *at = entry ? *entry : ":"; *at; at++)
		if (*at == ':')
			return;
	(*entry)[2] = '-';
	again_with(&given, entry, *entry);
	(*entry)[2] = '_';
}

static void start_with(size_t bytes)
{
	static char text[4096];
	size_t length = sizeof(TUNABLES) - 1;
	const char *own = tunables ? *tunables + length : "";

	if (room.fixed || room.starts >= ROOM_STARTS_MAX ||
	    own_bytes + length + ROOM_TAIL_BYTES + 2 > sizeof(text)) {
		step_aside();
		return;
	}
	for (size_t i = 0; i < length; i++)
		text[i] = TUNABLES[i];
	for (size_t i = 0; i < own_bytes; i++)
		text[length++] = own[i];
	if (own_bytes)
		text[length++] = ':';
	room_write(text + length, bytes, room.starts + 1);
	text[length + ROOM_TAIL_BYTES] = '\0';
	again_with(&given, tunables, text);
}

/*
 * valgrind reports errors for what a loader with an auditor does to its own memory, and does
 * not follow a program that is started anew. So the program that it runs gets no auditor:
 * valgrind's launcher, which execs it, keeps its own, and has "ld-AUDIT" in its environment,
 * from which the shim makes LD-AUDIT.
 */
static void valgrind_look(void)
{
	const char *name = given.file ? base_name(given.file) : "";
	char **entry = given_entry(&given, AUDIT);

	if ((!text_is(name, "valgrind") && !text_is(name, "valgrind.bin")) || !entry ||
	    !given_is_named(&given))
		return;
	(*entry)[0] = 'l';
	(*entry)[1] = 'd';
	(*entry)[2] = '-';
}

/* ---- allocators ---- */

/* Tested: these allocators work before their constructors have run. */
static const char *const ready_libraries[] = {
	"libc.so.", "libjemalloc.", "libtcmalloc", "libmimalloc",
	"libasan.", "liblsan.so",   "libtsan.so",  "libclang_rt.asan",
};
/* In an executable they are recognised by a function of their own. */
static const char *const ready_functions[] = {
	"mallctl", "tc_malloc", "mi_malloc", "__asan_init", "__lsan_init",
};

static bool is_ready_early(const struct link_map *object)
{
	if (object == executable) {
		for (size_t i = 0; i < sizeof(ready_functions) / sizeof(*ready_functions); i++)
			if (object_symbol(object, ready_functions[i]))
				return true;
		return false;
	}
	for (size_t i = 0; i < sizeof(ready_libraries) / sizeof(*ready_libraries); i++)
		if (text_starts(base_name(object->l_name), ready_libraries[i]))
			return true;
	return false;
}

/* The loader calls the first calloc that an object defines. */
static void allocator_look(const struct link_map *object)
{
	if (allocator || !object_symbol(object, "calloc"))
		return;
	allocator = object;
	if (!is_ready_early(object))
		step_aside();
}

/* ---- the order of libraries ---- */

static bool shim_is_before;

static bool text_holds(const char *text, const char *what)
{
	for (; *text; text++)
		if (text_starts(text, what))
			return true;
	return false;
}

static bool is_asan(const char *name)
{
	return text_starts(name, "libasan.so.") || text_starts(name, "libclang_rt.asan");
}

/* The starting program has replaced the options that `run` set (run/hostenv.c). */
static void order_look(const char *name)
{
	static char text[4096] = ASAN ORDER "=0:";
	size_t length = text_length(text);

	shim_is_before = shim_is_before || text_starts(name, "libunflushed.so");
	if (!shim_is_before || !is_asan(name))
		return;
	char **options = given_entry(&given, ASAN);
	const char *own = options ? *options + sizeof(ASAN) - 1 : "";

	if (text_holds(own, ORDER) || length + text_length(own) >= sizeof(text))
		return;
	while (*own)
		text[length++] = *own++;
	again_with(&given, options, text);
}

/* ---- the program's objects ---- */

static bool any_imports;    /* one imports another's thread-local variables */
static size_t bytes_beside; /* of objects that need not be there, unless it is theirs */

/*
 * An object that does not need the static block gets memory of its own in each thread that uses
 * it; librdkafka has 15 kB of that kind. But the loader puts it into the block if there is room
 * and its code uses TLS descriptors, as all code on aarch64 does.
 */
static bool takes_room(const struct link_map *object, size_t bytes)
{
	if (any_imports || object_is_static(object))
		return true;
#if defined(__x86_64__)
	if (room.starts == 0) /* hardly any here */
		return false;
#endif
	return bytes <= room.given;
}

static void share_count(const struct link_map *object)
{
	size_t bytes = object_thread_bytes(object);

	any_imports = any_imports || object_imports_thread_locals(object);
	if (takes_room(object, bytes))
		room.need += bytes;
	else
		bytes_beside += bytes;
	if (any_imports) {
		room.need += bytes_beside;
		bytes_beside = 0;
	}
}

static void loader_look(const struct link_map *loader)
{
	if (!given_find(&given, loader))
		return;
	given_known = true;
	tunables = given_entry(&given, TUNABLES);
	own_bytes = room_read(&room, tunables ? *tunables + sizeof(TUNABLES) - 1 : NULL);
	room.fixed = !object_symbol(loader, "__rtld_version_placeholder");
	any_imports = object_imports_thread_locals(executable);
	allocator_look(executable);
}

void begin_object(const struct link_map *object)
{
	if (!executable) {
		executable = object;
		return;
	}
	if (!given_known) {
		loader_look(object);
		return;
	}
	/* valgrind was started under another name. */
	hands_off = hands_off || text_starts(base_name(object->l_name), "vgpreload_");
	share_count(object);
	if (hands_off)
		return;
	allocator_look(object);
	order_look(base_name(object->l_name));
	if (room_lacks(&room))
		start_with(room_wanted(&room, false));
}

/* Programs that this one starts need the usual room. */
static void tail_restore(void)
{
	char *value = tunables ? *tunables + sizeof(TUNABLES) - 1 : NULL;

	if (value && value[own_bytes])
		room_write(value + own_bytes + (own_bytes ? 1 : 0), room_at_first(&room), 0);
}

void begin_is_over(void)
{
	if (!given_known)
		return;
	if (!hands_off && room_is_too_large(&room) && room.starts < ROOM_STARTS_MAX)
		start_with(room_wanted(&room, true));
	tail_restore();
	valgrind_look();
}
