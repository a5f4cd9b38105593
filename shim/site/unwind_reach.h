/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unwind_reach.h - the memory that libunwind may read while it walks a stack of this process.
 */
#ifndef UNFLUSHED_SITE_UNWIND_REACH_H
#define UNFLUSHED_SITE_UNWIND_REACH_H

#include <stdbool.h>
#include <stdint.h>

#include <libunwind.h>

#include "guest/loaded.h"

/* x86-64: DWARF 0 to 15, the return address. AArch64: x0 to x30, SP, PC. */
#define REACH_REGISTERS 33
#define REACH_PAGES 16
#define REACH_OBJECTS 4

/* Of one walk; lives on the walking thread's stack. */
struct unwind_reach {
	uintptr_t registers[REACH_REGISTERS]; /* by libunwind's numbers */
	uintptr_t pages[REACH_PAGES];	      /* found readable; 0: unused entry */
	struct loaded objects[REACH_OBJECTS]; /* those that frames were last found in */
	uint32_t objects_next;
};

/* The function of libunwind that reads .eh_frame_hdr through accessors; its
 * header does not declare it. */
typedef int unwind_search(unw_addr_space_t space, unw_word_t address, void *where,
			  unw_proc_info_t *found, int need_unwind_info, void *reach);

/* The accessors, for unw_create_addr_space; `arg` is a struct unwind_reach. libunwind 1.7 and
 * later copies more of them than an older header has. */
struct unwind_accessors {
	unw_accessors_t known;
	void *later[8]; /* NULL: none */
};
extern struct unwind_accessors unwind_reach_accessors;
extern unwind_search *unwind_reach_search; /* set before the first walk */

/*
 * Finds out how the libunwind that is loaded lays out unw_dyn_info_t: 1.6 has put a member into
 * it, under the same soname, and the library may have been built with the header of another
 * version (the wheel is, with that of 1.3). Before the first walk. False: none of the known
 * layouts finds the code of this function.
 */
bool unwind_reach_learn(unw_addr_space_t space);

/*
 * Begins a walk: clears *reach and stores the stack pointer, the address of the
 * code and the callee-saved registers. Inlined, so that the walk starts in a
 * frame that is alive.
 */
static inline __attribute__((always_inline)) void unwind_reach_begin(struct unwind_reach *reach)
{
	/* cppcheck-suppress ctuuninitvar ; an address inside it, nothing is read */
	uintptr_t *registers = reach->registers;

	__builtin_memset(reach, 0, sizeof *reach);
#if defined(__x86_64__)
	__asm__ volatile("movq %%rbx, 24(%0)\n\t"
			 "movq %%rbp, 48(%0)\n\t"
			 "movq %%rsp, 56(%0)\n\t"
			 "movq %%r12, 96(%0)\n\t"
			 "movq %%r13, 104(%0)\n\t"
			 "movq %%r14, 112(%0)\n\t"
			 "movq %%r15, 120(%0)\n\t"
			 "leaq 0(%%rip), %%rax\n\t"
			 "movq %%rax, 128(%0)"
			 :
			 : "r"(registers)
			 : "rax", "memory");
#elif defined(__aarch64__)
	__asm__ volatile("stp x19, x20, [%0, #152]\n\t"
			 "stp x21, x22, [%0, #168]\n\t"
			 "stp x23, x24, [%0, #184]\n\t"
			 "stp x25, x26, [%0, #200]\n\t"
			 "stp x27, x28, [%0, #216]\n\t"
			 "stp x29, x30, [%0, #232]\n\t"
			 "mov x9, sp\n\t"
			 "adr x10, .\n\t"
			 "stp x9, x10, [%0, #248]"
			 :
			 : "r"(registers)
			 : "x9", "x10", "memory");
#else
#error "which registers does a call preserve here?"
#endif
}

#endif
