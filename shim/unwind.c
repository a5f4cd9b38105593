/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unwind.c - see unwind.h.
 *
 * libunwind is opened at run time and privately: as a dependency of a
 * preloaded library its _Unwind_* functions would stand before libgcc's and
 * take over the host's C++ exceptions (3.9 us to 100 us a throw, tried).
 * Types and macros come from its header; its functions are looked up by the
 * names that the header's macros expand to.
 */
#define _GNU_SOURCE
#include "unwind.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#define UNW_LOCAL_ONLY
#include <libunwind.h>

#include "callsite.h"
#include "guest.h"
#include "guest_state.h"
#include "resolve.h"

static uint32_t opened; /* 0 not tried, 1 being tried, 2 there, 3 not there or not to be used */

/*
 * libunwind keeps a pipe open to try addresses on, and opens it again
 * whenever it finds it closed. A descriptor held is one the host could
 * notice, so the pipe is refused to it (on_pipe, on_pipe2; test:
 * descriptors_and_errno_are_the_hosts_own). The price: version 1.6 then takes
 * no step at all, sites are one frame deep, and the trace says so. Refused to it alone: a signal
 * handler that interrupts it, and may never return to it, gets its pipes.
 */
static __thread bool running __attribute__((tls_model("initial-exec")));
static struct object own; /* libunwind itself */

bool unwind_is_calling(const void *caller)
{
	return running && (uintptr_t)caller >= own.low && (uintptr_t)caller < own.high;
}

/*
 * libunwind has a lock of its own. A child that was forked while another
 * thread held it would wait for it for ever, so such a child does not unwind
 * (story: forks_while_unwinding). Threads in libunwind are counted here.
 */
static uint32_t inside;
static uint32_t inside_generation = 1;

static bool lock_is_lost(void)
{
	uint32_t known = __atomic_load_n(&inside_generation, __ATOMIC_ACQUIRE);

	if (LIKELY(known == guest_generation) ||
	    !__atomic_compare_exchange_n(&inside_generation, &known, guest_generation, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return false;
	return __atomic_exchange_n(&inside, 0, __ATOMIC_ACQ_REL) != 0;
}

/*
 * It also wants stack, more than a host's thread may have left. Asked page by
 * page, so as not to step over a guard page: the kernel reads a set before it
 * refuses what to do with it (story: small_stacks).
 */
#define STACK_NEEDED 20480
#define PAGE_LEAST 4096

static bool stack_has_room(void)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0) & ~(uintptr_t)7;

	for (uintptr_t below = PAGE_LEAST; below <= STACK_NEEDED; below += PAGE_LEAST)
		if (RAW_4(SYS_rt_sigprocmask, -1, here - below, 0, sizeof(uint64_t)) == -EFAULT)
			return false;
	return true;
}

static bool library_enter(void)
{
	if (UNLIKELY(lock_is_lost())) {
		__atomic_store_n(&opened, 3, __ATOMIC_RELEASE);
		__atomic_fetch_or(&guest->map.process->notes, NOTE_NO_UNWIND, __ATOMIC_RELAXED);
	}
	if (__atomic_load_n(&opened, __ATOMIC_ACQUIRE) != 2 || !stack_has_room())
		return false;
	__atomic_fetch_add(&inside, 1, __ATOMIC_ACQ_REL);
	running = true;
	return true;
}

static void library_leave(void)
{
	running = false;
	__atomic_fetch_sub(&inside, 1, __ATOMIC_ACQ_REL);
}

#define NAME_OF(x) NAME_OF_(x)
#define NAME_OF_(x) #x

static __typeof__(unw_init_local) *init_local;
static __typeof__(unw_step) *step;
static __typeof__(unw_get_reg) *get_reg;
#if defined(__x86_64__)
static __typeof__(int(unw_context_t *)) *context_get; /* a function of assembly */
#else
#define context_get unw_getcontext /* a macro of assembly */
#endif

static bool functions_find(void *library)
{
	init_local = (__typeof__(init_local))dlsym(library, NAME_OF(unw_init_local));
	step = (__typeof__(step))dlsym(library, NAME_OF(unw_step));
	get_reg = (__typeof__(get_reg))dlsym(library, NAME_OF(unw_get_reg));
#if defined(__x86_64__)
	context_get = (__typeof__(context_get))dlsym(library, NAME_OF(unw_tdep_getcontext));
	if (!context_get)
		return false;
#endif
	return init_local && step && get_reg && resolve_object((const void *)step, &own);
}

void unwind_open(void)
{
	uint32_t untried = 0;

	if (callsite_level != SITES_STACK)
		return;
	if (__atomic_compare_exchange_n(&opened, &untried, 1, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE)) {
		void *library = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
		bool found = library && functions_find(library);

		if (!found)
			dlerror(); /* not the host's to report */
		__atomic_store_n(&opened, found ? 2 : 3, __ATOMIC_RELEASE);
	}
	if (__atomic_load_n(&opened, __ATOMIC_ACQUIRE) == 3)
		__atomic_fetch_or(&guest->map.process->notes, NOTE_NO_UNWIND, __ATOMIC_RELAXED);
}

static uintptr_t register_get(unw_cursor_t *cursor, unw_regnum_t which)
{
	unw_word_t value = 0;

	return get_reg(cursor, which, &value) < 0 ? 0 : (uintptr_t)value;
}

/* On x86-64 a return address lies right below the frame it returns to; other
 * machines keep it elsewhere, so there it stays unchecked. */
static const uintptr_t *place_of(uintptr_t stack_pointer, uintptr_t address)
{
#if defined(__x86_64__)
	const uintptr_t *place = (const uintptr_t *)(stack_pointer - sizeof(uintptr_t));

	return *place == address ? place : NULL;
#else
	(void)stack_pointer, (void)address;
	return NULL;
#endif
}

static void frames_collect(unw_cursor_t *cursor, const void *caller, struct unwind_stack *stack)
{
	bool reached = false;

	/* Our own frames come first, a handful of them. */
	for (int i = 0; i < 12 + TRACE_FRAMES && stack->depth < TRACE_FRAMES; i++) {
		if (step(cursor) <= 0)
			return;
		uintptr_t address = register_get(cursor, UNW_REG_IP);

		reached = reached || address == (uintptr_t)caller;
		if (!reached)
			continue;
		if (!address)
			return;
		stack->address[stack->depth] = address;
		stack->place[stack->depth] = place_of(register_get(cursor, UNW_REG_SP), address);
		stack->depth++;
	}
}

void unwind_take_caller(const void *caller, struct unwind_stack *stack)
{
	stack->depth = 1;
	stack->address[0] = (uintptr_t)caller;
	stack->place[0] = NULL;
}

void unwind_take(const void *caller, struct unwind_stack *stack)
{
	unw_context_t context;
	unw_cursor_t cursor;

	stack->depth = 0;
	if (library_enter()) {
		if (context_get(&context) == 0 && init_local(&cursor, &context) == 0)
			frames_collect(&cursor, caller, stack);
		library_leave();
	}
	if (stack->depth)
		return;
	__atomic_fetch_or(&guest->map.process->notes, NOTE_NO_UNWIND, __ATOMIC_RELAXED);
	unwind_take_caller(caller, stack);
}
