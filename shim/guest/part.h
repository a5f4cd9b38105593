/* SPDX-License-Identifier: Apache-2.0 */
/*
 * part.h - how a room keeps state: of the process, and of a thread.
 *
 * State that a forked child must find empty lives in one anonymous mapping with
 * MADV_WIPEONFORK: in the child of fork, raw fork and raw clone it reads zero, in
 * the child of vfork it does not. Each room declares its own part of the mapping and
 * reaches it through a pointer of its own; guest_wake() adds the sizes up, makes the
 * mapping and sets the pointers. The mapping is large in address space and small in
 * memory: pages that are not used are never touched.
 *
 * What a room keeps for each thread is a thread-local variable of its own. It reads
 * zero in a new thread and, since guest_this_thread() resets it, in a forked child.
 *
 * To add a part: `struct NAME_state` and `extern struct NAME_state *NAME_state;` in the
 * room's state.h, GUEST_STATE(struct NAME_state, NAME_state) in one of its sources.
 */
#ifndef UNFLUSHED_GUEST_PART_H
#define UNFLUSHED_GUEST_PART_H

#include <stddef.h>

/* Maps `bytes` of zeroed memory, which a forked child finds zeroed again at the same address.
 * Pages that are not used cost nothing. NULL: failed, *reason is a static sentence. */
void *guest_map(size_t bytes, const char **reason);

/* Puts a variable that every call reads into one section, so that together these variables
 * take one cache line, or two (guest.c): else other data of each file would lie between. */
#define GUEST_DOOR __attribute__((section("guest_door")))

/* Parts begin at a cache line. */
#define GUEST_PART_ALIGN 64

struct guest_part {
	void **pointer; /* set once, before the phase says AWAKE; NULL until then */
	size_t size;	/* bytes */
};

/* Defines a part's pointer and enters the part in the list (section guest_parts). */
#define GUEST_STATE(type, name)                                                                \
	GUEST_DOOR type *name;                                                                 \
	_Static_assert(_Alignof(type) <= GUEST_PART_ALIGN,                                     \
		       "a part is aligned as a cache line");                                   \
	static struct guest_part part_of_##name                                                \
		__attribute__((section("guest_parts"), used)) = {(void **)(void *)&(name),     \
								 sizeof(type)}

/* Sets one thread-local variable of the calling thread to zero. */
typedef void guest_reset_fn(void);

/* Defines a thread-local variable. Initial-exec and without destructors: one that had to
 * be allocated at its first use would call malloc inside send(). test_shim.c bounds the
 * bytes of all of them. */
#define GUEST_THREAD(type, name)                                                               \
	__thread type name __attribute__((tls_model("initial-exec")));                         \
	static void reset_##name(void)                                                         \
	{                                                                                      \
		name = (type){0};                                                              \
	}                                                                                      \
	static guest_reset_fn *reset_of_##name                                                 \
		__attribute__((section("guest_resets"), used)) = reset_##name

#endif
