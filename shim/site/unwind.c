/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unwind.c - see unwind.h.
 *
 * libunwind is opened at run time with RTLD_LOCAL: as a dependency of a
 * preloaded library its _Unwind_* functions would be found before libgcc's
 * and take over the host's C++ exceptions (3.9 us to 100 us a throw, tried).
 * Types and macros come from its header; its functions are looked up by the
 * names that the header's macros expand to. Its interface for other
 * processes is used, for this process: unwind_reach.c says why.
 */
#define _GNU_SOURCE 1
#include "site/unwind.h"

#include <errno.h>

#include <libunwind.h>

#include "guest/fork_lock.h"
#include "guest/linker.h"
#include "guest/loaded.h"
#include "guest/readable.h"
#include "guest/settings.h"
#include "guest/guest.h"
#include "site/goroutine.h"
#include "site/unwind_reach.h"
#include "trace/map.h"

static uint32_t opened; /* 0 not tried, 1 being tried, 2 there, 3 not there or not to be used */

/*
 * When libunwind is first used it opens a pipe, to check addresses when it
 * walks its own process, and keeps it. The guest makes no such walk, and the
 * host could notice the descriptors, so pipe() fails for libunwind (on_pipe,
 * on_pipe2; test: descriptors_and_errno_are_the_hosts_own). Only for it and
 * only at this first use: a host that walks with libunwind gets its pipe.
 */
static __thread bool starting __attribute__((tls_model("initial-exec")));
static struct loaded own; /* libunwind itself */

bool unwind_is_calling(const void *caller)
{
	return starting && (uintptr_t)caller >= own.low && (uintptr_t)caller < own.high;
}

static struct fork_lock its_lock = FORK_LOCK; /* libunwind has a lock of its own */

/*
 * libunwind needs more stack than a host's thread may have left. Checked page
 * by page, so as not to skip a guard page (story: small_stacks).
 */
#define STACK_NEEDED 20480
#define PAGE_LEAST 4096

static bool stack_has_room(void)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0) & ~(uintptr_t)7;

	for (uintptr_t below = PAGE_LEAST; below <= STACK_NEEDED; below += PAGE_LEAST)
		if (!readable(here - below))
			return false;
	return true;
}

static bool library_enter(void)
{
	return __atomic_load_n(&opened, __ATOMIC_ACQUIRE) == 2 && stack_has_room() &&
	       fork_lock_enter(&its_lock);
}

#define NAME_OF(x) NAME_OF_(x)
#define NAME_OF_(x) #x
#if defined(__x86_64__)
#define LIBRARY "libunwind-x86_64.so.8"
#else
#define LIBRARY "libunwind-aarch64.so.8"
#endif

static __typeof__(unw_init_remote) *init_remote;
static __typeof__(unw_step) *step;
static __typeof__(unw_get_reg) *get_reg;
#if defined(__aarch64__)
static __typeof__(unw_get_save_loc) *get_save_loc;
#endif
static unw_addr_space_t space; /* this process, as unwind_reach.c shows it */

static __typeof__(unw_create_addr_space) *space_create;
static __typeof__(unw_set_caching_policy) *policy_set;

static bool functions_find(void *library)
{
	init_remote = (__typeof__(init_remote))linker_symbol(library, NAME_OF(unw_init_remote));
	step = (__typeof__(step))linker_symbol(library, NAME_OF(unw_step));
	get_reg = (__typeof__(get_reg))linker_symbol(library, NAME_OF(unw_get_reg));
	space_create = (__typeof__(space_create))linker_symbol(library,
							       NAME_OF(unw_create_addr_space));
	policy_set =
		(__typeof__(policy_set))linker_symbol(library, NAME_OF(unw_set_caching_policy));
	unwind_reach_search = (unwind_search *)linker_symbol(
		library, NAME_OF(UNW_OBJ(dwarf_search_unwind_table)));
#if defined(__aarch64__)
	get_save_loc =
		(__typeof__(get_save_loc))linker_symbol(library, NAME_OF(unw_get_save_loc));
	if (!get_save_loc)
		return false;
#endif
	return init_remote && step && get_reg && space_create && policy_set &&
	       unwind_reach_search && loaded_find((const void *)step, &own);
}

/*
 * libunwind caches the unwind information of functions: 6 us a stack instead of
 * 25. If a library is closed and another one loaded at its address, an outer frame
 * may so be wrong; the innermost is the return address of the call.
 */
static bool space_make(void)
{
	struct unwind_reach reach;
	unw_cursor_t cursor;

	space = space_create(&unwind_reach_accessors.known,
			     0); /* 0: this machine's byte order */
	if (!space || policy_set(space, UNW_CACHE_GLOBAL) != 0 || !unwind_reach_learn(space))
		return false;
	unwind_reach_begin(&reach);
	return init_remote(&cursor, space, &reach) == 0;
}

static bool library_start(void *library)
{
	if (!library || !functions_find(library))
		return false;
	starting = true;
	bool made = space_make();

	starting = false;
	return made;
}

void unwind_open(void)
{
	uint32_t untried = 0;

	if (settings_site_level != SITES_STACK)
		return;
	if (__atomic_compare_exchange_n(&opened, &untried, 1, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE)) {
		void *library = linker_open(LIBRARY, RTLD_NOW | RTLD_LOCAL);
		bool found = library_start(library);

		if (!found)
			linker_error_clear(); /* dlerror() must not return it */
		goroutine_open();
		__atomic_store_n(&opened, found ? 2 : 3, __ATOMIC_RELEASE);
	}
	if (__atomic_load_n(&opened, __ATOMIC_ACQUIRE) == 3)
		__atomic_fetch_or(&trace->process->notes, NOTE_NO_UNWIND, __ATOMIC_RELAXED);
}

static uintptr_t register_get(unw_cursor_t *cursor, unw_regnum_t which)
{
	unw_word_t value = 0;

	return get_reg(cursor, which, &value) < 0 ? 0 : (uintptr_t)value;
}

/*
 * On x86-64 a return address is right below the frame to which it returns. On AArch64 it is
 * where the called function has saved x30, which libunwind has just read; the bits above the
 * address may be a signature (pointer authentication), which stays the same for the same frame.
 */
static const uintptr_t *place_of(unw_cursor_t *cursor, uintptr_t address)
{
#if defined(__x86_64__)
	const uintptr_t *place =
		(const uintptr_t *)(register_get(cursor, UNW_REG_SP) - sizeof(uintptr_t));

	return *place == address ? place : NULL;
#else
	const uintptr_t signature = ~(uintptr_t)0 << 48;
	unw_save_loc_t saved;

	if (get_save_loc(cursor, UNW_AARCH64_X30, &saved) < 0 || saved.type != UNW_SLT_MEMORY)
		return NULL;
	const uintptr_t *place = (const uintptr_t *)(uintptr_t)saved.u.addr;

	return ((*place ^ address) & ~signature) == 0 ? place : NULL;
#endif
}

static bool word_read(uintptr_t address, uintptr_t *word, void *reach)
{
	unw_word_t read;

	if (unwind_reach_accessors.known.access_mem(space, address, &read, 0, reach) != 0)
		return false;
	*word = (uintptr_t)read;
	return true;
}

#if defined(__x86_64__)
#define FRAME_POINTER UNW_X86_64_RBP
#else
#define FRAME_POINTER UNW_AARCH64_X29
#endif

/* Without a place the return address was found by guessing. */
static bool goroutine_goes_on(unw_cursor_t *cursor, struct unwind_reach *reach,
			      const uintptr_t *place, struct unwind_stack *stack)
{
	struct goroutine_call call = {.address = stack->address[stack->depth - 1],
				      .stack = place ? register_get(cursor, UNW_REG_SP) : 0,
				      .frame = register_get(cursor, FRAME_POINTER),
				      .read = word_read,
				      .context = reach};

	return goroutine_take(&call, stack);
}

static void frames_collect(unw_cursor_t *cursor, struct unwind_reach *reach, const void *caller,
			   struct unwind_stack *stack)
{
	bool reached = false;

	/* A few frames of the guest come first. */
	for (int i = 0; i < 12 + UNWIND_FRAMES && stack->depth < UNWIND_FRAMES; i++) {
		if (step(cursor) <= 0)
			return;
		uintptr_t address = register_get(cursor, UNW_REG_IP);

		reached = reached || address == (uintptr_t)caller;
		if (!reached)
			continue;
		if (!address)
			return;
		stack->address[stack->depth++] = address;
		const uintptr_t *place = place_of(cursor, address);

		unwind_stack_watch(stack, place, place ? *place : 0);
		if (goroutine_goes_on(cursor, reach, place, stack))
			return;
	}
}

void unwind_take_caller(const void *caller, struct unwind_stack *stack)
{
	stack->depth = 1;
	stack->watched = 1;
	stack->address[0] = (uintptr_t)caller;
	stack->place[0] = NULL;
}

void unwind_take(const void *caller, struct unwind_stack *stack)
{
	struct unwind_reach reach;
	unw_cursor_t cursor;

	stack->depth = stack->watched = 0;
	if (library_enter()) {
		unwind_reach_begin(&reach);
		if (init_remote(&cursor, space, &reach) == 0)
			frames_collect(&cursor, &reach, caller, stack);
		fork_lock_leave(&its_lock);
	}
	if (stack->depth)
		return;
	__atomic_fetch_or(&trace->process->notes, NOTE_NO_UNWIND, __ATOMIC_RELAXED);
	unwind_take_caller(caller, stack);
}
