/* SPDX-License-Identifier: Apache-2.0 */
/*
 * callsite.c - see callsite.h.
 *
 * A site is known by the return address of the produce call. Addresses are
 * stored relative to their object, with its build id, for the tool to turn
 * into lines when the process is gone.
 */
#include "callsite.h"

#include <string.h>

#include "guest_state.h"
#include "resolve.h"
#include "writer.h"

static uint32_t module_find(const struct object *object)
{
	struct trace_section *section = writer_section(&guest->map, SECTION_MODULE);
	uint32_t used = __atomic_load_n(&section->used, __ATOMIC_ACQUIRE);

	for (uint32_t i = 0; i < used && i < section->rows; i++) {
		const struct trace_module *row = &guest->map.modules[i];

		if (row->state && row->base == object->bias && row->end == object->high)
			return i + 1;
	}
	uint32_t index = writer_claim(SECTION_MODULE);

	if (index == WRITER_NONE)
		return 0;
	struct trace_module *row = &guest->map.modules[index];

	/* The program itself has no name in the loader's list. */
	row->path = object->path[0] ? writer_string(object->path, strlen(object->path))
				    : guest->map.process->exe;
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
	struct object object;

	frame->offset = (uint64_t)(uintptr_t)address;
	if (!resolve_object(address, &object))
		return;
	frame->offset -= object.bias;
	frame->module = module_find(&object);
}

static uint32_t site_add(uint64_t hash, const void *caller)
{
	uint32_t index = writer_claim(SECTION_SITE);

	if (index == WRITER_NONE)
		return 0;
	struct trace_site *row = &guest->map.sites[index];

	row->language = LANGUAGE_C;
	row->hash = hash;
	row->depth = 1;
	frame_fill(&row->frames[0], caller);
	__atomic_store_n(&row->state, 1, __ATOMIC_RELEASE);
	return index + 1;
}

static uint32_t site_find(const void *caller)
{
	uint64_t hash = (uint64_t)(uintptr_t)caller;
	struct trace_section *section = writer_section(&guest->map, SECTION_SITE);
	uint32_t used = __atomic_load_n(&section->used, __ATOMIC_ACQUIRE);

	for (uint32_t i = 0; i < used && i < section->rows; i++)
		if (__atomic_load_n(&guest->map.sites[i].state, __ATOMIC_ACQUIRE) &&
		    guest->map.sites[i].hash == hash)
			return i + 1;
	return site_add(hash, caller);
}

uint32_t callsite_find(const void *caller)
{
	struct guest_thread *self = guest_this_thread();

	if (LIKELY(self->site_return == (uint64_t)(uintptr_t)caller))
		return self->site_cached;
	self->site_cached = site_find(caller);
	self->site_return = (uint64_t)(uintptr_t)caller;
	return self->site_cached;
}
