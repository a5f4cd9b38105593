/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve.h - finds the function that the host meant.
 *
 * libc's by RTLD_NEXT; the JVM's by the library of the JDK that calls. librdkafka's by the
 * object that calls: it may be loaded privately (RTLD_LOCAL under Python and Node), where
 * RTLD_NEXT finds nothing, and there may be several copies in one process, each with its own
 * callers.
 */
#ifndef UNFLUSHED_CALLS_RESOLVE_H
#define UNFLUSHED_CALLS_RESOLVE_H

#include <stdbool.h>
#include <stdint.h>

#include "calls/calls.h"

enum use_id {
#define USE(name) USE_##name,
#define OPTIONAL(name) USE_##name,
#include "calls/uses.def"
#undef USE
#undef OPTIONAL
	USE_COUNT,
};

/* One copy of librdkafka in this process; never freed. */
struct copy {
	void *real[CALL_COUNT]; /* KAFKA rows; NULL where it has none */
	void *use[USE_COUNT];	/* uses.def */
	uintptr_t base;		/* of the object that holds it */
	uint32_t filled;	/* all of it is there */
	uint32_t version;	/* rd_kafka_version() */
	uint32_t linkage;	/* enum trace_linkage */
	uint32_t inside;	/* it has no interceptors: librdkafka/inside.h */
	char path[512];
};

/* Calls a function of uses.def in a copy: USE(copy, rd_kafka_name)(rk). */
#define USE(copy, name) ((__typeof__(&name))(copy)->use[USE_##name])

extern void *real_libc[CALL_COUNT]; /* the JVM's, too: there is one in a process */

void *resolve_libc_slow(enum call_id id, const char *name);

static inline void *resolve_libc(enum call_id id, const char *name)
{
	void *real = __atomic_load_n(&real_libc[id], __ATOMIC_RELAXED);

	return __builtin_expect(real != NULL, 1) ? real : resolve_libc_slow(id, name);
}

void *resolve_jvm_slow(enum call_id id, const char *name, const void *caller);

static inline void *resolve_jvm(enum call_id id, const char *name, const void *caller)
{
	void *real = __atomic_load_n(&real_libc[id], __ATOMIC_RELAXED);

	return __builtin_expect(real != NULL, 1) ? real : resolve_jvm_slow(id, name, caller);
}

/* The copy of librdkafka that an object's calls mean; NULL: no copy is loaded. */
const struct copy *resolve_copy(const void *caller);

/* The thread's last caller: a loop calls from one place. Copies are never
 * freed, and an address means one object as long as that is calling. */
extern __thread struct resolve_last {
	const void *caller;
	const struct copy *copy;
	uint64_t via; /* slot of entry/thunks.c plus 1; 0: not called through a thunk */
} resolve_last __attribute__((tls_model("initial-exec")));

/* So many copies in one process can be called through functions taken with dlsym. */
#define RESOLVE_SLOTS 4

/* The slot of the copy in the object that is loaded at `bias`, taken at need; -1: none is
 * left. Asked with the loader's lock held, so it takes no lock and calls no libc that
 * could; the copy itself is looked up when it is first called. */
int resolve_slot(uintptr_t bias);

/* The copy behind a slot plus 1; clears the thread's `via`. */
const struct copy *resolve_via(uint64_t via);

/* The copy that is linked into the program, which lies at `bias` and begins at `low`: takes
 * over `found`'s functions. NULL: no room. No lookup finds it before resolve_linked_done(). */
struct copy *resolve_linked(uintptr_t bias, uintptr_t low, const struct copy *found);

/* Its functions lead to us now: calls come through the thunks of its slot. */
void resolve_linked_done(uintptr_t bias, struct copy *copy);

/* The copy in the object that is loaded at `bias`; NULL: none, or no room. */
const struct copy *resolve_copy_at(uintptr_t bias);

/* The call's real function and copy; .real is NULL if there is none. */
static inline struct call resolve_kafka(enum call_id id, const void *caller, const void *frame)
{
	const struct copy *copy = resolve_last.copy;

	if (__builtin_expect(resolve_last.via != 0, 0))
		copy = resolve_via(resolve_last.via);
	else if (__builtin_expect(resolve_last.caller != caller || !copy, 0))
		copy = resolve_copy(caller);
	return (struct call){.real = copy ? copy->real[id] : NULL,
			     .caller = caller,
			     .frame = frame,
			     .copy = copy};
}

/* Whether calls of the host reach the guest, or it was only loaded (dlopen) without being
 * preloaded. */
bool resolve_is_preloaded(void);

/* libc's own, whatever the caller's row: errno is set as they set it. */
int resolve_real_execve(const char *path, char *const *argv, char *const *envp);
int resolve_real_execvpe(const char *file, char *const *argv, char *const *envp);

/* Looks every libc row up: at start, so that no signal handler has to. */
void resolve_all(void);

#endif
