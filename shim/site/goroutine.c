/* SPDX-License-Identifier: Apache-2.0 */
/*
 * goroutine.c - see goroutine.h.
 *
 * What is known of Go here is read from the code behind the call itself, which uses it to go
 * back to the goroutine's stack (Go's source: src/runtime/asm_amd64.s, asmcgocall; the same
 * from Go 1.5 to 1.26): the goroutine (`g`) at 8(SP), the end of its stack at 8(g), and
 * how deep in that stack it is at 0(SP). Where other code stands there, this is not Go, or one
 * that is not known, and nothing is taken.
 */
#define _GNU_SOURCE 1
#include "site/goroutine.h"

#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <string.h>

#if defined(__x86_64__)

/* movq 8(SP), DI; movq 8(DI), SI; subq 0(SP), SI */
static const uint8_t returns[] = {0x48, 0x8b, 0x7c, 0x24, 0x08, 0x48, 0x8b,
				  0x77, 0x08, 0x48, 0x2b, 0x34, 0x24};

/* Before them a version may find its thread-local storage. */
#define RETURN_WORDS 5

static bool program_is_go;

/* Go's linker gives each program a note with its name (cmd/link, .note.go.buildid). */
static bool notes_have_go(const char *at, size_t bytes)
{
	for (const char *end = at + bytes; end - at >= (ptrdiff_t)sizeof(ElfW(Nhdr));) {
		const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)at;
		const char *name = at + sizeof *note;

		if (note->n_namesz == 4 && end - name >= 4 && memcmp(name, "Go\0", 4) == 0)
			return true;
		at = name + ((note->n_namesz + 3u) & ~3u) + ((note->n_descsz + 3u) & ~3u);
	}
	return false;
}

/* The first object of the list is the program. */
static int program_visit(struct dl_phdr_info *info, size_t bytes, void *is_go)
{
	(void)bytes;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];

		if (header->p_type == PT_NOTE && header->p_align <= 4 &&
		    notes_have_go((const char *)(info->dlpi_addr + header->p_vaddr),
				  header->p_memsz))
			*(bool *)is_go = true;
	}
	return 1;
}

void goroutine_open(void)
{
	dl_iterate_phdr(program_visit, &program_is_go);
}

static bool returns_to_goroutine(const struct goroutine_call *call)
{
	uintptr_t words[RETURN_WORDS];

	for (unsigned i = 0; i < RETURN_WORDS; i++)
		if (!call->read(call->address + i * sizeof *words, &words[i], call->context))
			return false;
	return memmem(words, sizeof words, returns, sizeof returns) != NULL;
}

static bool watch(const struct goroutine_call *call, struct unwind_stack *stack,
		  uintptr_t place, uintptr_t *word)
{
	if (stack->watched >= UNWIND_PLACES || !call->read(place, word, call->context))
		return false;
	unwind_watch(stack, (const uintptr_t *)place, *word);
	return true;
}

bool goroutine_take(const struct goroutine_call *call, struct unwind_stack *stack)
{
	uintptr_t goroutine, depth, low, high, frame = call->frame, address;

	if (!program_is_go || !call->place || !returns_to_goroutine(call))
		return false;
	uintptr_t pointer = call->place + sizeof(uintptr_t); /* SP, once it has returned */

	/* In the order in which they vouch for each other: who compares them again reads of
	 * the goroutine only if it is the same, and of its stack only if that has not moved. */
	if (!watch(call, stack, pointer + sizeof(uintptr_t), &goroutine) || !goroutine ||
	    !watch(call, stack, pointer, &depth) ||
	    !watch(call, stack, goroutine + sizeof(uintptr_t), &high) ||
	    !call->read(goroutine, &low, call->context))
		return true;
	while (stack->depth < UNWIND_FRAMES && frame >= low && frame < high - sizeof frame &&
	       frame % sizeof frame == 0) {
		uintptr_t outer;

		if (!call->read(frame, &outer, call->context) ||
		    !watch(call, stack, frame + sizeof frame, &address) || !address)
			break;
		stack->address[stack->depth++] = address;
		if (outer <= frame)
			break;
		frame = outer;
	}
	return true;
}

#else

void goroutine_open(void)
{
}

bool goroutine_take(const struct goroutine_call *call, struct unwind_stack *stack)
{
	(void)call, (void)stack;
	return false;
}

#endif
