/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_unwind_reach.c - the two layouts of unw_dyn_info_t, and which libunwind has which.
 *
 * Both libraries are played here, as they read what they are given; the one that is installed
 * is asked, too.
 *
 * compiles: shim/site/unwind_reach.c shim/guest/[a-z]*.c
 */
#include "site/unwind_reach.h"

#include <dlfcn.h>
#include <string.h>

#include "testing.h"

/* .eh_frame_hdr's table: an address and its description, relative to the header. */
struct row {
	int32_t address, description;
};

static size_t words_before_name; /* of the library that is played: 6, or 7 with load_offset */

/* The row whose function begins last before `address`, as dwarf_search_unwind_table() has it.
 */
static int played(unw_addr_space_t space, unw_word_t address, void *where,
		  unw_proc_info_t *found, int need_unwind_info, void *reach)
{
	const unw_word_t *rti = (const unw_word_t *)where + words_before_name;
	unw_word_t segbase = rti[1], bytes = rti[2] * sizeof(unw_word_t), data = rti[3];
	const struct row *best = NULL;

	(void)space, (void)need_unwind_info, (void)reach;
	if (!data || bytes > 100000000)
		return -UNW_ENOINFO;
	for (const struct row *row = (const void *)data; (unw_word_t)row < data + bytes; row++)
		if (segbase + (unw_word_t)(int64_t)row->address <= address)
			best = row;
	if (!best)
		return -UNW_ENOINFO;
	found->start_ip = segbase + (unw_word_t)(int64_t)best->address;
	found->end_ip = address + 1;
	return 0;
}

static void expect_learnt(size_t words)
{
	words_before_name = words;
	unwind_reach_search = played;
	assert_true(unwind_reach_learn(NULL));
}

static void each_layout_is_recognised_after_the_other(void **state)
{
	(void)state;
	expect_learnt(7);
	expect_learnt(6);
	expect_learnt(7);
}

static void one_that_is_neither_is_said_to_be_none(void **state)
{
	(void)state;
	words_before_name = 9;
	unwind_reach_search = played;
	assert_false(unwind_reach_learn(NULL));
}

#define NAME_OF(x) NAME_OF_(x)
#define NAME_OF_(x) #x

static void the_installed_one_is_recognised(void **state)
{
#if defined(__x86_64__)
	void *library = dlopen("libunwind-x86_64.so.8", RTLD_NOW | RTLD_LOCAL);
#else
	void *library = dlopen("libunwind-aarch64.so.8", RTLD_NOW | RTLD_LOCAL);
#endif
	__typeof__(unw_create_addr_space) *create;

	(void)state;
	if (!library)
		skip_because("libunwind is not there: install libunwind8");
	unwind_reach_search =
		(unwind_search *)dlsym(library, NAME_OF(UNW_OBJ(dwarf_search_unwind_table)));
	create = (__typeof__(create))dlsym(library, NAME_OF(unw_create_addr_space));
	assert_non_null(unwind_reach_search);
	assert_non_null(create);
	assert_true(unwind_reach_learn(create(&unwind_reach_accessors.known, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_layout_is_recognised_after_the_other),
		cmocka_unit_test(one_that_is_neither_is_said_to_be_none),
		cmocka_unit_test(the_installed_one_is_recognised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
