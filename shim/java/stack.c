/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack.c - knows a thread's stack again, without the JVM.
 *
 * Asking the JVM for a stack takes it microseconds, several times what send()
 * takes. But what tells one stack from another lies in it as addresses in the
 * JVM's own memory: the return addresses of compiled frames, the place in the
 * bytecode of interpreted ones; and these say how large their frames are, and
 * so where the next such word is. When our function is called with the same
 * stack pointer, and all those words are what they were when the JVM was asked,
 * the stack is the same, whatever else is in its frames. A word of that kind
 * that means nothing can only make us ask once more.
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

/* The part that is compared: all frames that a site has, and the client's. */
#define STACK_BYTES 8192
#define STACK_WORDS (STACK_BYTES / sizeof(uintptr_t))
#define KEPT 384
#define RECENT 2

/* The JVM maps its own memory within so much of where it compiles to. */
#define NEAR_BITS 36

/* By the slot of the thread, not thread-local: what a preloaded library may
 * have of that is little (story: a JVM, with the auditor too). */
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

/* The end of the thread's stack may be near: the kernel reads what is there. */
static size_t stack_read(const void *frame, uintptr_t words[STACK_WORDS])
{
	struct iovec here = {words, STACK_BYTES};
	struct iovec there = {(void *)frame, STACK_BYTES};
	long bytes =
		raw_call6(SYS_process_vm_readv, guest->pid, (long)&here, 1, (long)&there, 1, 0);

	return bytes > 0 ? (size_t)bytes / sizeof(uintptr_t) : 0;
}

/* An address in the JVM's memory, and not one of this thread's stack. */
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
		return; /* nothing to go by: addresses that are not plain, say */
	stack->caller = (uintptr_t)caller;
	stack->generation = guest_generation + 1;
	stack->site = site;
	stack->frame = frame;
}
