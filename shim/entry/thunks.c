/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thunks.c - the functions that a host gets if it takes librdkafka's with
 * dlsym.
 *
 * Such calls come from anywhere (libffi, a JIT, the program itself), so the
 * return address does not tell which copy of librdkafka is meant; the handle
 * given to dlsym does. There is a set of thunks (a slot) for each of a few
 * copies: a thunk notes its slot and jumps to the exported function without
 * changing the stack. The audit library (audit/audit.c) and linked/ ask for
 * them.
 */
#include <string.h>

#include "calls/resolve.h"

_Static_assert(RESOLVE_SLOTS == 4, "so many sets of thunks are made below");

/* clang-format off */
#if defined(__x86_64__)
#define THUNK(slot, name) \
	__asm__(".text\n.type via_" #slot "_" #name ", @function\n" \
		"via_" #slot "_" #name ":\n" \
		"	movq resolve_last@gottpoff(%rip), %r11\n" \
		"	movq $" #slot ", %fs:16(%r11)\n" \
		"	jmp entry_" #name "\n" \
		".size via_" #slot "_" #name ", .-via_" #slot "_" #name "\n"); \
	void via_##slot##_##name(void);
#elif defined(__aarch64__)
#define THUNK(slot, name) \
	__asm__(".text\n.type via_" #slot "_" #name ", %function\n" \
		"via_" #slot "_" #name ":\n" \
		"	hint #34\n" /* bti c: it is called through a pointer */ \
		"	adrp x16, :gottprel:resolve_last\n" \
		"	ldr x16, [x16, :gottprel_lo12:resolve_last]\n" \
		"	mrs x17, tpidr_el0\n" \
		"	add x16, x16, x17\n" \
		"	mov x17, #" #slot "\n" \
		"	str x17, [x16, #16]\n" \
		"	b entry_" #name "\n" \
		".size via_" #slot "_" #name ", .-via_" #slot "_" #name "\n"); \
	void via_##slot##_##name(void);
#endif
_Static_assert(offsetof(struct resolve_last, via) == 16, "the thunks store there");

#define THUNKS_LIBC(name)
#define THUNKS_JVM(name)
#define THUNKS_KAFKA(name) THUNK(1, name) THUNK(2, name) THUNK(3, name) THUNK(4, name)
#define ENTRY_LIBC(name)
#define ENTRY_JVM(name)
#define ENTRY_KAFKA(name) {#name, {via_1_##name, via_2_##name, via_3_##name, via_4_##name}},

#define ROW(name, library, ...) THUNKS_##library(name)
#include "calls/calls.def"

static const struct {
	const char *name;
	void (*thunk[RESOLVE_SLOTS])(void);
} rows[] = {
#define ROW(name, library, ...) ENTRY_##library(name)
#include "calls/calls.def"
};
/* clang-format on */

/* Called with the loader's lock held: takes no lock and calls no libc that could. */
__attribute__((visibility("default"))) void *unflushed_via(const char *name, uintptr_t bias)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strcmp(rows[i].name, name) != 0)
			continue;
		int slot = resolve_slot(bias);

		return slot < 0 ? NULL : (void *)rows[i].thunk[slot];
	}
	return NULL;
}
