/* SPDX-License-Identifier: Apache-2.0 */
/*
 * goroutine.c - see goroutine.h.
 *
 * Offsets differ between versions of Go, so they are read from the code itself:
 * the instructions behind runtime.asmcgocall's call go back to the goroutine's
 * stack (Go's source: src/runtime/asm_amd64.s and asm_arm64.s). They name the
 * offsets from SP of the goroutine (`g`) and of its depth in its stack (48 and
 * 40 in Go 1.16 and 1.21 for amd64, 8 and 0 in 1.26; 0 and 8 for arm64); the
 * end of the stack is at 8(g). If the instructions are others, the code is not
 * Go's or of an unknown version, and nothing is taken.
 */
#define _GNU_SOURCE 1
#include "site/goroutine.h"

#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <string.h>

/* In some versions other instructions, which load the address of thread-local storage, come
 * first. */
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

/* The first object in the loader's list is the program. */
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

/* Offsets from SP, after the call has returned. */
struct places {
	uint8_t goroutine, depth;
};

#if defined(__x86_64__)

/* movq goroutine(SP), DI; movq 8(DI), SI; subq depth(SP), SI. If the depth is at SP itself,
 * its offset 0 is not encoded. */
#define RETURN_BYTES 14
#define RETURN_STEP 1

static bool is_return(const uint8_t *code, struct places *places)
{
	if (memcmp(code, "\x48\x8b\x7c\x24", 4) != 0 ||
	    memcmp(code + 5, "\x48\x8b\x77\x08\x48\x2b", 6) != 0 || code[12] != 0x24 ||
	    (code[11] != 0x34 && code[11] != 0x74))
		return false;
	*places = (struct places){code[4], code[11] == 0x74 ? code[13] : 0};
	return places->goroutine < 128 && places->depth < 128;
}

/* RBP still has the goroutine's frame pointer. */
static uintptr_t frame_of(const struct goroutine_call *call, uintptr_t sp)
{
	(void)sp;
	return call->frame;
}

#elif defined(__aarch64__)

/* ldr x28, [sp, goroutine]; bl save_g; ldr x5, [x28, #8]; ldr x6, [sp, depth]; sub x5, x5,
 * x6. Each ldr has its offset in 12 bits, in units of 8 bytes (DDI 0487, C6.2, LDR
 * (immediate)). */
#define RETURN_BYTES 20
#define RETURN_STEP 4

static bool is_return(const uint8_t *code, struct places *places)
{
	const uint32_t offset = 0xfffu << 10;
	uint32_t words[RETURN_BYTES / 4];

	memcpy(words, code, sizeof words);
	if ((words[0] & ~offset) != 0xf94003fc || words[1] >> 26 != 0x25 ||
	    words[2] != 0xf9400785 || (words[3] & ~offset) != 0xf94003e6 ||
	    words[4] != 0xcb0600a5)
		return false;
	uint32_t goroutine = (words[0] & offset) >> 7, depth = (words[3] & offset) >> 7;

	*places = (struct places){(uint8_t)goroutine, (uint8_t)depth};
	return goroutine < 128 && depth < 128;
}

/* x29 points into the thread's own stack. Each Go function stores its caller's x29 right below
 * its SP (cmd/internal/obj/arm64), and its return address at SP. */
static uintptr_t frame_of(const struct goroutine_call *call, uintptr_t sp)
{
	(void)call;
	return sp - sizeof(uintptr_t);
}

#endif

static bool returns_to_goroutine(const struct goroutine_call *call, struct places *places)
{
	uintptr_t words[RETURN_WORDS];
	const uint8_t *code = (const uint8_t *)words;

	for (unsigned i = 0; i < RETURN_WORDS; i++)
		if (!call->read(call->address + i * sizeof *words, &words[i], call->context))
			return false;
	for (size_t at = 0; at + RETURN_BYTES <= sizeof words; at += RETURN_STEP)
		if (is_return(code + at, places))
			return true;
	return false;
}

static bool watch(const struct goroutine_call *call, struct unwind_stack *stack,
		  uintptr_t place, uintptr_t *word)
{
	if (stack->watched >= UNWIND_PLACES || !call->read(place, word, call->context))
		return false;
	unwind_stack_watch(stack, (const uintptr_t *)place, *word);
	return true;
}

bool goroutine_take(const struct goroutine_call *call, struct unwind_stack *stack)
{
	uintptr_t goroutine, depth, low, high, address;
	struct places places;

	if (!program_is_go || !call->stack || !returns_to_goroutine(call, &places))
		return false;

	/* The order matters, as the words are compared in this order when the stack is
	 * recognised again: the goroutine's memory is read only if the goroutine is the same,
	 * its stack only if that has not moved. */
	if (!watch(call, stack, call->stack + places.goroutine, &goroutine) || !goroutine ||
	    !watch(call, stack, call->stack + places.depth, &depth) ||
	    !watch(call, stack, goroutine + sizeof(uintptr_t), &high) ||
	    !call->read(goroutine, &low, call->context))
		return true;
	uintptr_t frame = frame_of(call, high - depth);

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
