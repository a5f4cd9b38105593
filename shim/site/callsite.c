/* SPDX-License-Identifier: Apache-2.0 */
/*
 * callsite.c - see callsite.h.
 *
 * A site is a stack. Its addresses are stored relative to their objects, with
 * build ids; the tool turns them into lines after the process has ended.
 */
#include "site/callsite.h"

#include <string.h>

#include "cpython/line.h"
#include "guest/hash.h"
#include "guest/loaded.h"
#include "guest/settings.h"
#include "guest/guest.h"
#include "site/cache.h"
#include "site/unwind.h"
#include "trace/map.h"
#include "trace/stacks.h"
#include "trace/writer.h"

static uint32_t module_find(const struct loaded *object)
{
	struct trace_section *section = writer_section(SECTION_MODULE);
	uint32_t used = __atomic_load_n(&section->used, __ATOMIC_ACQUIRE);

	for (uint32_t i = 0; i < used && i < section->rows; i++) {
		const struct trace_module *row = &trace->modules[i];

		if (row->state && row->base == object->bias && row->end == object->high)
			return i + 1;
	}
	uint32_t index = writer_claim(SECTION_MODULE);

	if (index == WRITER_NONE)
		return 0;
	struct trace_module *row = &trace->modules[index];

	/* The program itself has no name in the loader's list. */
	row->path = object->path[0] ? writer_string(object->path, strlen(object->path))
				    : trace->process->exe;
	row->base = object->bias;
	row->end = object->high;
	row->build_id_bytes = object->build_id_bytes <= sizeof row->build_id
				      ? object->build_id_bytes
				      : (uint32_t)sizeof row->build_id;
	memcpy(row->build_id, object->build_id, row->build_id_bytes);
	__atomic_store_n(&row->state, 1, __ATOMIC_RELEASE);
	return index + 1;
}

static void frame_fill(struct trace_frame *frame, const void *address)
{
	struct loaded object;

	*frame = (struct trace_frame){0};
	frame->offset = (uint64_t)(uintptr_t)address;
	if (!loaded_find(address, &object))
		return;
	frame->offset -= object.bias;
	frame->module = module_find(&object);
}

static uint64_t stack_hash(const struct unwind_stack *stack)
{
	uint64_t hash = HASH_BEGIN;

	for (uint32_t i = 0; i < stack->depth; i++)
		hash = hash_word(hash, stack->address[i]);
	return hash;
}

static uint32_t stack_site(const struct unwind_stack *stack)
{
	struct stacks_frames frames = {.depth = stack->depth};
	uint64_t hash = stack_hash(stack);
	uint32_t site = stacks_find(hash, LANGUAGE_C);

	if (site)
		return site;
	site = stacks_begin(hash, LANGUAGE_C);
	if (!site)
		return 0;
	for (uint32_t i = 0; i < stack->depth; i++)
		frame_fill(&frames.frames[i], (const void *)stack->address[i]);
	stacks_end(site, &frames);
	return site;
}

/* ---- the thread's last stacks and places ---- */

static uint32_t line_site(void)
{
	struct stacks_frames frames = {0};
	uint64_t line = python_line();
	uint32_t site = stacks_find(line, LANGUAGE_PYTHON);

	if (site)
		return site;
	site = stacks_begin(line, LANGUAGE_PYTHON);
	if (!site)
		return 0;
	python_frames(&frames);
	stacks_end(site, &frames);
	return site;
}

static uint32_t python_site(struct cache_thread *recent, uint64_t place)
{
	if (UNLIKELY(!recent))
		return line_site();
	struct cache_place *known = &recent->places[(place >> 32) % CACHE_PLACES];

	if (LIKELY(known->place == place))
		return known->site;
	uint32_t site = line_site();

	*known = (struct cache_place){place, site};
	return site;
}

/* If the stack is not known, uses only the return address, which costs nothing. */
static uint32_t caller_site(const void *caller)
{
	struct unwind_stack stack;

	unwind_take_caller(caller, &stack);
	return stack_site(&stack);
}

static uint32_t walked_site(struct cache_thread *recent, const void *caller, const void *frame)
{
	uint32_t place = recent->next++ % CACHE_STACKS;
	struct cache_stack *entry = &recent->stacks[place];

	cache_hit(recent, place);
	entry->frame = NULL; /* a signal handler may read it meanwhile */
	if (settings_site_level == SITES_STACK)
		unwind_take(caller, &entry->stack);
	else
		unwind_take_caller(caller, &entry->stack);
	entry->site = stack_site(&entry->stack);
	__atomic_signal_fence(__ATOMIC_RELEASE);
	entry->frame = frame;
	return entry->site;
}

/* Not inlined, so that the common case saves no registers for it. */
static __attribute__((noinline)) uint32_t find_slow(const void *caller, const void *frame)
{
	struct cache_thread *recent = cache_take();
	uint64_t place = python_is_open() ? python_place() : 0;

	if (place)
		return python_site(recent, place);
	if (!recent)
		return caller_site(caller);
	for (uint32_t i = 0; i < CACHE_STACKS && i < recent->next; i++)
		if (cache_is(&recent->stacks[i], caller, frame)) {
			cache_hit(recent, i);
			return recent->stacks[i].site;
		}
	return walked_site(recent, caller, frame);
}

uint32_t callsite_find(const void *caller, const void *frame)
{
	struct cache_thread *recent = cache_self.row;

	if (UNLIKELY(settings_site_level == SITES_OFF))
		return 0;
	if (UNLIKELY(!recent || recent->owner != &guest_thread || python_is_open()))
		return find_slow(caller, frame);
	const struct cache_stack *entry = &recent->stacks[recent->hit];

	if (LIKELY(cache_is(entry, caller, frame)))
		return entry->site;
	uint32_t likely = recent->after[recent->hit];

	entry = &recent->stacks[likely];
	if (!cache_is(entry, caller, frame))
		return find_slow(caller, frame);
	recent->hit = likely;
	return entry->site;
}

bool callsite_is_here(uint32_t site)
{
	const struct trace_site *row = site ? &trace->sites[site - 1] : NULL;

	return row && row->language == LANGUAGE_PYTHON && row->hash == python_line();
}
