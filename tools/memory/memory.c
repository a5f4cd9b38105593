/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory.c - see memory.h.
 */
#include "memory/memory.h"

#include <stdlib.h>
#include <string.h>

static void (*when_out)(void) = abort;

void memory_when_out(void (*handler)(void))
{
	when_out = handler;
}

void memory_out(void)
{
	when_out();
	abort();
}

static void *held(void *memory)
{
	if (!memory)
		memory_out();
	return memory;
}

/* For 0 bytes malloc() may return NULL. */
static size_t some(size_t bytes)
{
	return bytes ? bytes : 1;
}

void *memory_take(size_t bytes)
{
	return held(malloc(some(bytes)));
}

void *memory_zeroed(size_t count, size_t bytes)
{
	return held(calloc(some(count), some(bytes)));
}

void *memory_grown(void *old, size_t count, size_t bytes)
{
	return held(reallocarray(old, some(count), some(bytes)));
}

char *memory_text(const char *text)
{
	return held(strdup(text));
}
