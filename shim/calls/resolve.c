/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve.c - see resolve.h.
 *
 * Always RTLD_NOLOAD: re-opening an object can run its constructors again.
 * The slow path runs once per calling object; it is the one place where the
 * guest may allocate (inside dlsym, dlopen) and take the loader's lock.
 */
#define _GNU_SOURCE 1
#include "calls/resolve.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>

#include "guest/guest.h"
#include "guest/linker.h"
#include "guest/loaded.h"
#include "guest/raw.h"

void *real_libc[CALL_COUNT];
__thread struct resolve_last resolve_last;

static const char *const call_names[CALL_COUNT] = {
#define ROW(name, ...) [CALL_##name] = #name,
#include "calls/calls.def"
};

static const char *const use_names[USE_COUNT] = {
#undef USE
#define USE(name) #name,
#define OPTIONAL(name) #name,
#include "calls/uses.def"
#undef USE
#undef OPTIONAL
};

enum { LIBRARY_LIBC, LIBRARY_KAFKA, LIBRARY_JVM };
static const uint8_t call_library[CALL_COUNT] = {
#define ROW(name, library, ...) [CALL_##name] = LIBRARY_##library,
#include "calls/calls.def"
};

void *resolve_libc_slow(enum call_id id, const char *name)
{
	int error = errno;
	void *real = linker_symbol(RTLD_NEXT, name);

	errno = error;
	__atomic_store_n(&real_libc[id], real, __ATOMIC_RELAXED);
	return real;
}

void resolve_all(void)
{
	for (unsigned id = 0; id < CALL_COUNT; id++)
		if (call_library[id] == LIBRARY_LIBC)
			resolve_libc((enum call_id)id, call_names[id]);
}

/* ---- copies of librdkafka ---- */

#define COPIES 8

static struct copy copies[COPIES];

#define CALLERS 64

/* The copy that an object's calls mean. An entry is published by storing its copy, and stays.
 */
static struct caller {
	uintptr_t low, high;
	const struct copy *copy;
} callers[CALLERS];
static uint32_t callers_used;

/* Several threads may do this at once: they find the same. */
static bool is_ours(const void *function)
{
	static uintptr_t low, high;
	uintptr_t end = __atomic_load_n(&high, __ATOMIC_ACQUIRE);
	struct loaded self;

	if (!end && loaded_find((const void *)resolve_copy, &self)) {
		end = self.high;
		__atomic_store_n(&low, self.low, __ATOMIC_RELAXED);
		__atomic_store_n(&high, end, __ATOMIC_RELEASE);
	}
	return (uintptr_t)function >= __atomic_load_n(&low, __ATOMIC_RELAXED) &&
	       (uintptr_t)function < end;
}

bool resolve_is_preloaded(void)
{
	return is_ours(linker_symbol(RTLD_DEFAULT, "rd_kafka_new"));
}

/* `handle` reaches a copy if rd_kafka_new can be had from it. */
static void *handle_reaches(void *handle)
{
	void *function = linker_symbol(handle, "rd_kafka_new");

	return function && !is_ours(function) ? function : NULL;
}

static int any_visit(struct dl_phdr_info *info, size_t bytes, void *context)
{
	void **handle = context;

	(void)bytes;
	if (!info->dlpi_name[0])
		return 0;
	void *candidate = linker_open(info->dlpi_name, RTLD_NOLOAD | RTLD_LAZY);

	if (candidate && handle_reaches(candidate)) {
		*handle = candidate;
		return 1;
	}
	return 0;
}

/*
 * Searches the caller's own object and the libraries that it was linked with
 * first, which is right also when two copies are loaded; then the global
 * scope; then, for callers that are in no object (JIT) or were linked with
 * neither, any object that has it.
 */
static void *handle_for(const struct loaded *object, uint32_t *linkage)
{
	void *handle = object && object->path[0]
			       ? linker_open(object->path, RTLD_NOLOAD | RTLD_LAZY)
			       : NULL;

	if (handle && handle_reaches(handle)) {
		*linkage = linker_symbol(RTLD_NEXT, "rd_kafka_new") == handle_reaches(handle)
				   ? LINKAGE_SHARED
				   : LINKAGE_PRIVATE;
		return handle;
	}
	*linkage = LINKAGE_SHARED;
	if (handle_reaches(RTLD_NEXT))
		return RTLD_NEXT;
	handle = NULL;
	*linkage = LINKAGE_PRIVATE;
	dl_iterate_phdr(any_visit, &handle);
	return handle;
}

static uint32_t copy_version(const struct copy *copy)
{
	__typeof__(rd_kafka_version) *version = copy->use[USE_rd_kafka_version];

	return version ? (uint32_t)version() : 0;
}

static void copy_fill(struct copy *copy, void *handle)
{
	for (unsigned id = 0; id < CALL_COUNT; id++)
		if (call_library[id] == LIBRARY_KAFKA)
			__atomic_store_n(&copy->real[id], linker_symbol(handle, call_names[id]),
					 __ATOMIC_RELAXED);
	for (unsigned id = 0; id < USE_COUNT; id++)
		__atomic_store_n(&copy->use[id], linker_symbol(handle, use_names[id]),
				 __ATOMIC_RELAXED);
	__atomic_store_n(&copy->version, copy_version(copy), __ATOMIC_RELAXED);
}

/* The entry of the copy in the object at `base`, taken at need; NULL: none is left. */
static struct copy *copy_entry(uintptr_t base)
{
	for (uint32_t i = 0; i < COPIES; i++) {
		uintptr_t free = 0;

		if (__atomic_compare_exchange_n(&copies[i].base, &free, base, false,
						__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) ||
		    free == base)
			return &copies[i];
	}
	return NULL;
}

/*
 * The entry of the copy in `holder`, made if there is none. If another thread
 * has not filled it in yet, this one fills in the same: waiting could be a
 * deadlock, because the other thread may need the loader's lock, which a thread
 * in a constructor has (story: made_at_once).
 */
static const struct copy *copy_make(const struct loaded *holder, void *handle, uint32_t linkage)
{
	struct copy *copy = copy_entry(holder->low);
	uint32_t unknown = 0;

	if (!copy || __atomic_load_n(&copy->filled, __ATOMIC_ACQUIRE))
		return copy;
	copy_fill(copy, handle);
	__atomic_compare_exchange_n(&copy->linkage, &unknown, linkage, false, __ATOMIC_RELAXED,
				    __ATOMIC_RELAXED);
	strncpy(copy->path, holder->path, sizeof copy->path - 1);
	__atomic_store_n(&copy->filled, 1, __ATOMIC_RELEASE);
	return copy;
}

static const struct copy *copy_find(const struct loaded *caller)
{
	uint32_t linkage;
	void *handle = handle_for(caller, &linkage);
	void *function = handle ? handle_reaches(handle) : NULL;
	struct loaded holder;

	if (!function || !loaded_find(function, &holder))
		return NULL;
	if (caller && caller->low == holder.low && linkage == LINKAGE_PRIVATE)
		linkage = LINKAGE_ADDON;
	return copy_make(&holder, handle, linkage);
}

static int bias_visit(struct dl_phdr_info *info, size_t bytes, void *context)
{
	struct loaded *found = context;

	(void)bytes;
	if (info->dlpi_addr != found->bias || !info->dlpi_name[0])
		return 0;
	found->path = info->dlpi_name;
	return 1;
}

const struct copy *resolve_copy_at(uintptr_t bias)
{
	struct loaded holder = {.bias = bias};
	void *handle = dl_iterate_phdr(bias_visit, &holder)
			       ? linker_open(holder.path, RTLD_NOLOAD | RTLD_LAZY)
			       : NULL;
	void *function = handle ? handle_reaches(handle) : NULL;

	linker_error_clear(); /* our failed look-ups are not the host's to report */
	if (!function || !loaded_find(function, &holder))
		return NULL;
	return copy_make(&holder, handle, LINKAGE_DLSYM);
}

static const struct copy *caller_add(const void *address)
{
	struct loaded object;
	bool known = loaded_find(address, &object);
	const struct copy *copy = copy_find(known ? &object : NULL);

	linker_error_clear(); /* our failed look-ups are not the host's to report */
	if (!copy || !known)
		return copy;
	uint32_t index = __atomic_fetch_add(&callers_used, 1, __ATOMIC_ACQ_REL);

	if (index >= CALLERS) {
		__atomic_store_n(&callers_used, CALLERS, __ATOMIC_RELEASE);
		return copy; /* right, only slow */
	}
	callers[index].low = object.low;
	callers[index].high = object.high;
	__atomic_store_n(&callers[index].copy, copy, __ATOMIC_RELEASE);
	return copy;
}

static __attribute__((noinline)) const struct copy *caller_copy(const void *address)
{
	uint32_t used = __atomic_load_n(&callers_used, __ATOMIC_ACQUIRE);

	for (uint32_t i = 0; i < used && i < CALLERS; i++) {
		const struct copy *copy = __atomic_load_n(&callers[i].copy, __ATOMIC_ACQUIRE);

		if (copy && (uintptr_t)address >= callers[i].low &&
		    (uintptr_t)address < callers[i].high)
			return copy;
	}
	return caller_add(address);
}

/* In most programs only one object calls librdkafka, from several lines: checks that first. */
static inline const struct copy *first_copy(const void *caller)
{
	const struct copy *copy = __atomic_load_n(&callers[0].copy, __ATOMIC_ACQUIRE);

	return LIKELY(copy && (uintptr_t)caller >= callers[0].low &&
		      (uintptr_t)caller < callers[0].high)
		       ? copy
		       : caller_copy(caller);
}

const struct copy *resolve_copy(const void *caller)
{
	const struct copy *copy = first_copy(caller);

	/* In two steps, so that a signal handler never sees a caller with another's copy. */
	resolve_last.caller = NULL;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	resolve_last.copy = copy;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	resolve_last.caller = caller;
	return copy;
}

/* ---- the JVM's ---- */

/* Searches the libraries that the caller was linked with: a JVM may be loaded with RTLD_LOCAL.
 */
void *resolve_jvm_slow(enum call_id id, const char *name, const void *caller)
{
	struct loaded object;
	int error = errno;
	void *handle = loaded_find(caller, &object) && object.path[0]
			       ? linker_open(object.path, RTLD_NOLOAD | RTLD_LAZY)
			       : NULL;
	void *real = handle ? linker_symbol(handle, name) : NULL;

	if (!real || is_ours(real))
		real = linker_symbol(RTLD_NEXT, name);
	linker_error_clear();
	errno = error;
	__atomic_store_n(&real_libc[id], real, __ATOMIC_RELAXED);
	return real;
}

/* ---- functions taken with dlsym (entry/thunks.c) ---- */

/* The load bias of the object that holds the copy, plus 1; 0 free. */
static uintptr_t slot_bias[RESOLVE_SLOTS];
static const struct copy *slot_copy[RESOLVE_SLOTS];

int resolve_slot(uintptr_t bias)
{
	for (int i = 0; i < RESOLVE_SLOTS; i++) {
		uintptr_t free = 0;

		if (__atomic_compare_exchange_n(&slot_bias[i], &free, bias + 1, false,
						__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) ||
		    free == bias + 1)
			return i;
	}
	return -1;
}

const struct copy *resolve_via(uint64_t via)
{
	const struct copy *copy = __atomic_load_n(&slot_copy[via - 1], __ATOMIC_ACQUIRE);

	resolve_last.via = 0;
	if (__builtin_expect(copy != NULL, 1))
		return copy;
	copy = resolve_copy_at(slot_bias[via - 1] - 1);
	__atomic_store_n(&slot_copy[via - 1], copy, __ATOMIC_RELEASE);
	return copy;
}

/* The loader's list has no name for the program. */
static void program_path(char *path, size_t room)
{
	long bytes = RAW_4(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", path, room - 1);

	path[bytes > 0 ? bytes : 0] = '\0';
}

struct copy *resolve_linked(uintptr_t bias, uintptr_t low, const struct copy *found)
{
	int slot = resolve_slot(bias);
	struct copy *copy = slot < 0 ? NULL : copy_entry(low);

	if (!copy)
		return NULL;
	memcpy(copy->real, found->real, sizeof copy->real);
	memcpy(copy->use, found->use, sizeof copy->use);
	copy->version = copy_version(copy);
	copy->inside = found->inside;
	copy->linkage = LINKAGE_STATIC;
	program_path(copy->path, sizeof copy->path);
	return copy;
}

void resolve_linked_done(uintptr_t bias, struct copy *copy)
{
	__atomic_store_n(&copy->filled, 1, __ATOMIC_RELEASE);
	__atomic_store_n(&slot_copy[resolve_slot(bias)], copy, __ATOMIC_RELEASE);
}

/* ---- libc's, for a TAKE handler of another row ---- */

int resolve_real_execve(const char *path, char *const *argv, char *const *envp)
{
	return ((execve_fn *)resolve_libc(CALL_execve, "execve"))(path, argv, envp);
}

int resolve_real_execvpe(const char *file, char *const *argv, char *const *envp)
{
	return ((execvpe_fn *)resolve_libc(CALL_execvpe, "execvpe"))(file, argv, envp);
}
