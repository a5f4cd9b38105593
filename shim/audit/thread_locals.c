/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thread_locals.c - see thread_locals.h.
 *
 * With an auditor the thread-local variables of a library of the start are not in the static
 * block: they are allocated when a thread first uses them (__tls_get_addr), and found in its
 *table:
 *
 *	%fs:8 ─▶ | size | | generation | | module 1: where, to free | | module 2 ...
 *	            -1          0
 *
 * From 2.41 on glibc for x86-64 allocates them a second time, with their initial values, for a
 * thread that has not used any since a library with such variables was opened, if another
 *thread is allocating some at that moment (its source: __tls_get_addr_slow, which does not
 *check whether they exist). The thread's values are lost: librdkafka so lost its version, and
 *ended the program (story: thread_locals_kept).
 *
 * So the objects of the start call this function instead. For such an object a thread's entry
 *is set once and stays, whatever the generation: if it is set it is the result, else the
 *loader's own function allocates it. A result of the loader is compared first, to check that
 *the table has the layout drawn here. An object that was compiled with -fno-plt still calls the
 *loader's own: the loader does not ask an auditor about such a reference.
 */
#include "audit/thread_locals.h"

#include <stdbool.h>

#include "audit/object.h"

#if defined(__x86_64__) && defined(__LP64__)

struct place {
	uint64_t module, offset;
};

typedef char *at_fn(const struct place *place);

char *thread_locals_at(const struct place *place);
char *thread_locals_ask(const struct place *place);
uint32_t thread_locals_table_is_known __attribute__((visibility("hidden")));

static at_fn *loaders_own;
static bool begun, table_is_another;

/* clang-format off */
/* Compilers call it with a stack that is not aligned (GCC, bug 58066). */
__asm__(".text\n"
	".globl thread_locals_at\n"
	".hidden thread_locals_at\n"
	".type thread_locals_at, @function\n"
	"thread_locals_at:\n"
	"	.cfi_startproc\n"
	"	cmpl $0, thread_locals_table_is_known(%rip)\n"
	"	je 1f\n"
	"	movq %fs:8, %rdx\n"
	"	movq (%rdi), %rax\n"
	"	cmpq -16(%rdx), %rax\n"
	"	ja 1f\n"
	"	shlq $4, %rax\n"
	"	jz 1f\n"
	"	movq (%rdx,%rax), %rax\n"
	"	testq %rax, %rax\n" /* a table that has just grown is empty there */
	"	jz 1f\n"
	"	cmpq $-1, %rax\n"
	"	je 1f\n"
	"	addq 8(%rdi), %rax\n"
	"	ret\n"
	"1:	pushq %rbp\n"
	"	.cfi_adjust_cfa_offset 8\n"
	"	.cfi_offset %rbp, -16\n"
	"	movq %rsp, %rbp\n"
	"	.cfi_def_cfa_register %rbp\n"
	"	andq $-16, %rsp\n"
	"	call thread_locals_ask\n"
	"	leave\n"
	"	.cfi_def_cfa %rsp, 8\n"
	"	ret\n"
	"	.cfi_endproc\n"
	".size thread_locals_at, .-thread_locals_at\n");
/* clang-format on */

static bool table_has(const struct place *place, const char *found)
{
	const uint64_t *table;

	__asm__("movq %%fs:8, %0" : "=r"(table));
	return place->module && place->module <= table[-2] &&
	       table[2 * place->module] + place->offset == (uint64_t)(uintptr_t)found;
}

__attribute__((used, visibility("hidden"))) char *thread_locals_ask(const struct place *place)
{
	char *found = loaders_own(place);

	if (!begun || thread_locals_table_is_known || table_is_another)
		return found;
	if (table_has(place, found))
		__atomic_store_n(&thread_locals_table_is_known, 1, __ATOMIC_RELEASE);
	else
		table_is_another = true;
	return found;
}

uintptr_t thread_locals_stand_in(const char *name, uintptr_t real)
{
	if (!text_is(name, "__tls_get_addr"))
		return 0;
	loaders_own = (at_fn *)real;
	return (uintptr_t)thread_locals_at;
}

void thread_locals_begin(void)
{
	begun = true;
}

#else /* elsewhere the loader checks, or calls no function */

uintptr_t thread_locals_stand_in(const char *name, uintptr_t real)
{
	(void)name, (void)real;
	return 0;
}

void thread_locals_begin(void)
{
}

#endif
