/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_symbols.c - the functions in this program's own symbol table.
 *
 * compiles: shim/linked/symbols.c
 */
#include <fcntl.h>
#include <link.h>
#include <unistd.h>

#include "linked/symbols.h"
#include "testing.h"

void sought_here(void);
__attribute__((noinline)) void sought_here(void)
{
	__asm__ volatile("");
}

__asm__(".data\n.type sought_data, @object\nsought_data: .long 1\n.text\n");

static int bias_visit(struct dl_phdr_info *info, size_t bytes, void *bias)
{
	(void)bytes;
	*(uintptr_t *)bias = info->dlpi_addr;
	return 1;
}

static uintptr_t bias(void)
{
	uintptr_t found = 0;

	dl_iterate_phdr(bias_visit, &found);
	return found;
}

static void functions_are_found_where_they_are(void **state)
{
	struct symbol symbols[] = {
		{.name = "sought_here"}, {.name = "sought_data"}, {.name = "sought_nowhere"}};

	(void)state;
	assert_int_equal(symbols_find("sought_", symbols, 3, bias()), SYMBOLS_SOME);
	assert_int_equal(symbols[0].address, (uintptr_t)sought_here);
	assert_true(symbols[0].bytes >= 1 && symbols[0].bytes <= 64);
	assert_int_equal(symbols[1].address, 0);
	assert_int_equal(symbols[2].address, 0);
}

/* As a debugger has it, or a uprobe. */
static void a_breakpoint_is_seen(void **state)
{
	struct symbol symbol = {.name = "sought_here"};
	int memory = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	off_t at = (off_t)(uintptr_t)sought_here;
	uint8_t was = *(const uint8_t *)sought_here;

	(void)state;
	assert_int_equal(symbols_find("sought_", &symbol, 1, bias()), SYMBOLS_SOME);
	assert_true(symbol.as_filed);
	symbol = (struct symbol){.name = "sought_here"};
	assert_int_equal(pwrite(memory, "\xcc", 1, at), 1);
	assert_int_equal(symbols_find("sought_", &symbol, 1, bias()), SYMBOLS_SOME);
	assert_int_equal(pwrite(memory, &was, 1, at), 1);
	assert_false(symbol.as_filed);
	assert_int_equal(symbol.address, (uintptr_t)sought_here);
	close(memory);
}

static void none_is_none(void **state)
{
	struct symbol symbol = {.name = "sought_nowhere"};

	(void)state;
	assert_int_equal(symbols_find("sought_", &symbol, 1, bias()), SYMBOLS_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_are_found_where_they_are),
		cmocka_unit_test(a_breakpoint_is_seen),
		cmocka_unit_test(none_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
