/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unwind_reach.c - see unwind_reach.h.
 *
 * When libunwind walks its own process it keeps a pipe open to check
 * addresses: two descriptors that the host can see, close and reuse. So the
 * process is walked as if it were another one: libunwind asks the functions
 * here for each word, register and table. Only memory is read that the kernel
 * says is readable, so an invalid stack ends the walk and does not crash the
 * host (test: a_walk_stops_where_memory_ends).
 */
#define _GNU_SOURCE 1
#include "site/unwind_reach.h"

#include <string.h>

#include "guest/readable.h"

#define PAGE_LEAST 4096u /* the smallest; larger pages are checked more often */

unwind_search *unwind_reach_search;

static bool reach_page(struct unwind_reach *reach, uintptr_t address)
{
	uintptr_t page = address & ~(uintptr_t)(PAGE_LEAST - 1);
	uintptr_t *known = &reach->pages[page / PAGE_LEAST % REACH_PAGES];

	if (*known == page && page)
		return true;
	if (!readable(page))
		return false;
	*known = page;
	return true;
}

static bool reach_read(struct unwind_reach *reach, uintptr_t address, void *into, size_t bytes)
{
	if (address + bytes < address || !reach_page(reach, address) ||
	    !reach_page(reach, address + bytes - 1))
		return false;
	memcpy(into, (const void *)address, bytes);
	return true;
}

static int access_mem(unw_addr_space_t space, unw_word_t address, unw_word_t *value, int write,
		      void *context)
{
	(void)space;
	if (write || !reach_read(context, address, value, sizeof *value))
		return -UNW_EINVAL;
	return 0;
}

static int access_reg(unw_addr_space_t space, unw_regnum_t number, unw_word_t *value, int write,
		      void *context)
{
	const struct unwind_reach *reach = context;

	(void)space;
	if (write || number < 0 || number >= REACH_REGISTERS)
		return -UNW_EBADREG;
	*value = reach->registers[number];
	return 0;
}

static const struct loaded *object_of(struct unwind_reach *reach, uintptr_t address)
{
	for (uint32_t i = 0; i < REACH_OBJECTS; i++)
		if (address >= reach->objects[i].low && address < reach->objects[i].high)
			return &reach->objects[i];
	struct loaded *object = &reach->objects[reach->objects_next % REACH_OBJECTS];

	if (!loaded_find((const void *)address, object))
		return NULL;
	reach->objects_next++;
	return object;
}

/*
 * .eh_frame_hdr as every linker on Linux writes it: a version, three
 * encodings, the address of .eh_frame, a count, and a table of two 32-bit
 * offsets a row, sorted by address (LSB core, "Exception Frames").
 */
struct frame_table {
	uint8_t version;
	uint8_t frames_encoding;
	uint8_t count_encoding;
	uint8_t table_encoding;
	int32_t frames;
	uint32_t count;
};
#define ENCODING_SIZE 0x07 /* of DW_EH_PE_*: the low bits that give the size */
#define ENCODING_4_BYTES 0x03
#define ENCODING_COUNT 0x03 /* DW_EH_PE_udata4 */
#define ENCODING_TABLE 0x3b /* DW_EH_PE_datarel | DW_EH_PE_sdata4 */

static bool frame_table_read(struct unwind_reach *reach, const struct loaded *object,
			     struct frame_table *table)
{
	return object->frame_table &&
	       reach_read(reach, object->frame_table, table, sizeof *table) &&
	       table->version == 1 && table->count_encoding == ENCODING_COUNT &&
	       table->table_encoding == ENCODING_TABLE &&
	       (table->frames_encoding & ENCODING_SIZE) == ENCODING_4_BYTES;
}

/* unw_dyn_info_t for UNW_INFO_FORMAT_REMOTE_TABLE. */
struct dyn_info {
	void *next, *previous;
	unw_word_t start_ip, end_ip, gp;
	int32_t format, pad;
	unw_word_t rest[16];
};

/* The index in `rest` of the table's name: behind load_offset, from libunwind 1.6 on. */
enum { TABLE_UP_TO_1_5, TABLE_FROM_1_6 };
static uint32_t table_begins = TABLE_FROM_1_6;

static int find_proc_info(unw_addr_space_t space, unw_word_t address, unw_proc_info_t *found,
			  int need_unwind_info, void *context)
{
	struct unwind_reach *reach = context;
	const struct loaded *object = object_of(reach, address);
	struct frame_table table;
	struct dyn_info where;

	if (!object || !frame_table_read(reach, object, &table))
		return -UNW_ENOINFO;
	memset(&where, 0, sizeof where);
	where.start_ip = object->low;
	where.end_ip = object->high;
	where.format = UNW_INFO_FORMAT_REMOTE_TABLE;
	unw_word_t *rest = where.rest + table_begins;

	rest[1] = object->frame_table;					  /* segbase */
	rest[2] = table.count * 2 * sizeof(int32_t) / sizeof(unw_word_t); /* table_len */
	rest[3] = object->frame_table + sizeof table;			  /* table_data */
	return unwind_reach_search(space, address, &where, found, need_unwind_info, context);
}

/* libunwind allocated this information, and frees it here. */
static void put_unwind_info(unw_addr_space_t space, unw_proc_info_t *info, void *context)
{
	(void)space, (void)info, (void)context;
}

static int dynamic_list(unw_addr_space_t space, unw_word_t *address, void *context)
{
	(void)space, (void)address, (void)context;
	return -UNW_ENOINFO;
}

static int access_fpreg(unw_addr_space_t space, unw_regnum_t number, unw_fpreg_t *value,
			int write, void *context)
{
	(void)space, (void)number, (void)value, (void)write, (void)context;
	return -UNW_EBADREG;
}

static int resume(unw_addr_space_t space, unw_cursor_t *cursor, void *context)
{
	(void)space, (void)cursor, (void)context;
	return -UNW_EINVAL;
}

bool unwind_reach_learn(unw_addr_space_t space)
{
	static const uint32_t layouts[] = {TABLE_FROM_1_6, TABLE_UP_TO_1_5};
	uintptr_t here = (uintptr_t)unwind_reach_learn;

	for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
		struct unwind_reach reach;
		unw_proc_info_t found;

		memset(&reach, 0, sizeof reach);
		memset(&found, 0, sizeof found);
		table_begins = layouts[i];
		if (find_proc_info(space, here, &found, 0, &reach) == 0 &&
		    found.start_ip <= here && here < found.end_ip)
			return true;
	}
	return false;
}

struct unwind_accessors unwind_reach_accessors = {
	.known = {.find_proc_info = find_proc_info,
		  .put_unwind_info = put_unwind_info,
		  .get_dyn_info_list_addr = dynamic_list,
		  .access_mem = access_mem,
		  .access_reg = access_reg,
		  .access_fpreg = access_fpreg,
		  .resume = resume},
};
