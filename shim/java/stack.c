/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack.c - recognises a stack that a thread has had before, without the JVM.
 *
 * GetStackTrace takes microseconds, several times as long as send(). But what
 * distinguishes two stacks is in them as addresses in the JVM's own memory: the
 * return addresses of compiled frames, the bytecode pointers of interpreted
 * ones; and these determine how large their frames are, and so where the next
 * such word is. If the guest's function is called with the same stack pointer,
 * and all those words are the same as when the JVM was asked, the stack is the
 * same, whatever else its frames contain. A stale word that looks like such an
 * address can only cause one more call of the JVM.
 */
#define _GNU_SOURCE
#include "java/stack.h"

#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "guest/guest.h"
#include "guest/raw.h"
#include "guest/state.h"
#include "trace/writer.h"

/* The part that is compared: enough for all frames of a site, and the client's. */
#define STACK_BYTES 8192
#define STACK_WORDS (STACK_BYTES / sizeof(uintptr_t))
#define KEPT 384
#define RECENT 2

/* The JVM's own memory is within 2^36 bytes of its compiled code. */
#define NEAR_BITS 36

/* By the slot of the thread, not thread-local: there is little static thread-local storage
 * for a preloaded library (story: a JVM, with the auditor too). */
#define SLOTS 33

static struct stack {
	const void *frame;
	uintptr_t caller;
	uint32_t generation;
	uint32_t site;
	uint32_t count;
	uint16_t place[KEPT]; /* in words from the frame */
	uintptr_t word[KEPT];
} stacks[SLOTS][RECENT];
static uint8_t stacks_next[SLOTS];

bool java_stack_known(const void *caller, const void *frame, uint32_t *site)
{
	const uintptr_t *words = frame;
	const struct stack *recent = stacks[writer_thread() % SLOTS];

	for (uint32_t i = 0; i < RECENT; i++) {
		const struct stack *stack = &recent[i];
		uint32_t same = 0;

		if (stack->frame != frame || stack->caller != (uintptr_t)caller ||
		    stack->generation != guest_generation + 1)
			continue;
		while (same < stack->count && words[stack->place[same]] == stack->word[same])
			same++;
		if (same < stack->count)
			continue;
		*site = stack->site;
		return true;
	}
	return false;
}

/* The end of the thread's stack may be near: process_vm_readv() reads only what is mapped. */
static size_t stack_read(const void *frame, uintptr_t words[STACK_WORDS])
{
	struct iovec here = {words, STACK_BYTES};
	struct iovec there = {(void *)frame, STACK_BYTES};
	long bytes =
		raw_call6(SYS_process_vm_readv, guest->pid, (long)&here, 1, (long)&there, 1, 0);

	return bytes > 0 ? (size_t)bytes / sizeof(uintptr_t) : 0;
}

/* Whether it is an address in the JVM's memory, and not in this thread's stack. */
static bool is_of_jvm(uintptr_t word, uintptr_t caller, uintptr_t frame)
{
	return (word ^ caller) >> NEAR_BITS == 0 && word + (1 << 20) - frame > 2 << 20;
}

void java_stack_learn(const void *caller, const void *frame, uint32_t site)
{
	uintptr_t words[STACK_WORDS];
	uint32_t slot = writer_thread() % SLOTS;
	struct stack *stack = &stacks[slot][stacks_next[slot]++ % RECENT];

	if (!slot)
		return;
	size_t read = stack_read(frame, words);

	stack->frame = NULL;
	stack->count = 0;
	for (size_t i = 0; i < read; i++) {
		if (!is_of_jvm(words[i], (uintptr_t)caller, (uintptr_t)frame))
			continue;
		if (stack->count == KEPT)
			return;
		stack->place[stack->count] = (uint16_t)i;
		stack->word[stack->count++] = words[i];
	}
	if (!stack->count)
		return; /* no such word: the JVM may encode addresses */
	stack->caller = (uintptr_t)caller;
	stack->generation = guest_generation + 1;
	stack->site = site;
	stack->frame = frame;
}
