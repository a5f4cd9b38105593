/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_recipe.c - which recipes the library uses, and at which addresses it
 * then finds the functions.
 *
 * compiles: shim/linked/recipe.c shim/linked/symbols.c
 */
#include "linked/recipe.h"

#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linked/symbols.h"
#include "scratch.h"
#include "testing.h"

#if defined(__x86_64__)
#define MACHINE EM_X86_64
#else
#define MACHINE EM_AARCH64
#endif

static const uint8_t id[] = {0x0a, 0xff, 3, 4};

void sought_here(void);
__attribute__((noinline)) void sought_here(void)
{
	__asm__ volatile("nop; nop; nop; nop");
}

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

/* What is written, and as what. */
struct written {
	struct recipe_head head;
	struct recipe_row rows[2];
	size_t bytes;
	mode_t mode;
};

static struct written usual(void)
{
	struct written written = {
		.head = {.machine = MACHINE, .source = 1, .count = 2, .id_bytes = sizeof id},
		.rows = {{.name = "sought_here",
			  .address = (uintptr_t)sought_here - bias(),
			  .bytes = 4},
			 {.name = "sought_somewhere", .bytes = 4}},
		.bytes = sizeof written.head + sizeof written.rows,
		.mode = 0644,
	};

	memcpy(written.head.magic, RECIPE_MAGIC, 8);
	memcpy(written.head.id, id, sizeof id);
	memcpy(written.rows[0].begin, (const void *)sought_here, 4);
	return written;
}

#define NAME "unflushed-0aff0304.recipe"

static bool opens(const struct written *written, struct recipe_file *recipe)
{
	const char *path = scratch_path(NAME);
	int fd;

	unlink(path);
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, written, written->bytes), written->bytes);
	assert_int_equal(fchmod(fd, written->mode), 0);
	close(fd);
	return recipe_open(scratch_path("."), id, sizeof id, recipe);
}

static void expect_refused(const struct written *written)
{
	struct recipe_file recipe;

	assert_false(opens(written, &recipe));
}

static void functions_are_where_it_says(void **state)
{
	struct symbol symbols[] = {{.name = "sought_here"},
				   {.name = "sought_somewhere"},
				   {.name = "sought_nowhere"}};
	struct written written = usual();
	struct recipe_file recipe;

	(void)state;
	assert_true(opens(&written, &recipe));
	assert_int_equal(symbols_by_recipe(&recipe, symbols, 3, bias()), SYMBOLS_BY_RECIPE);
	assert_int_equal(symbols[0].address, (uintptr_t)sought_here);
	assert_int_equal(symbols[0].bytes, 4);
	assert_true(symbols[0].as_filed);
	assert_true(symbols[1].is_lost);
	assert_int_equal(symbols[1].address, 0);
	assert_false(symbols[2].is_lost);
	recipe_close(&recipe);
}

static void other_code_there_is_no_place_for_it(void **state)
{
	struct symbol symbol = {.name = "sought_here"};
	struct written written = usual();
	struct recipe_file recipe;

	(void)state;
	written.rows[0].begin[3] ^= 1;
	assert_true(opens(&written, &recipe));
	assert_int_equal(symbols_by_recipe(&recipe, &symbol, 1, bias()), SYMBOLS_NONE);
	assert_int_equal(symbol.address, 0);
	recipe_close(&recipe);
	written = usual();
	written.rows[0].address += (uint64_t)1 << 40;
	assert_true(opens(&written, &recipe));
	assert_int_equal(symbols_by_recipe(&recipe, &symbol, 1, bias()), SYMBOLS_NONE);
	recipe_close(&recipe);
	written = usual();
	written.rows[0].bytes = UINT64_MAX;
	assert_true(opens(&written, &recipe));
	assert_int_equal(symbols_by_recipe(&recipe, &symbol, 1, bias()), SYMBOLS_NONE);
	recipe_close(&recipe);
}

static void a_name_at_two_addresses_has_no_certain_one(void **state)
{
	struct symbol symbol = {.name = "sought_here"};
	struct written written = usual();
	struct recipe_file recipe;

	(void)state;
	written.rows[1] = written.rows[0];
	written.rows[1].address++;
	memmove(written.rows[1].begin, written.rows[0].begin + 1, 3);
	written.rows[1].bytes = 3;
	assert_true(opens(&written, &recipe));
	assert_int_equal(symbols_by_recipe(&recipe, &symbol, 1, bias()), SYMBOLS_BY_RECIPE);
	assert_int_equal(symbol.address, 0);
	assert_true(symbol.is_lost);
	recipe_close(&recipe);
}

static void one_that_others_may_write_is_not_taken(void **state)
{
	struct written written = usual();
	struct recipe_file recipe;

	(void)state;
	written.mode = 0664;
	expect_refused(&written);
	written.mode = 0646;
	expect_refused(&written);
	written.mode = 0444;
	assert_true(opens(&written, &recipe));
	recipe_close(&recipe);
	if (geteuid() != 0)
		return;
	assert_int_equal(chown(scratch_path(NAME), 65534, (gid_t)-1), 0);
	assert_false(recipe_open(scratch_path("."), id, sizeof id, &recipe));
}

static void a_damaged_one_is_not_taken(void **state)
{
	struct written written;

	(void)state;
#define DAMAGED(damage)                                                                        \
	written = usual();                                                                     \
	damage;                                                                                \
	expect_refused(&written)
	DAMAGED(written.bytes--);
	DAMAGED(written.bytes = sizeof written.head - 1);
	DAMAGED(written.bytes = 0);
	DAMAGED(written.head.count = 3);
	DAMAGED(written.head.count = 0);
	DAMAGED(written.head.count = UINT32_MAX);
	DAMAGED(written.head.magic[7]++);
	DAMAGED(written.head.machine++);
	DAMAGED(written.head.id[3]++);
	DAMAGED(written.head.id_bytes++);
	DAMAGED(memset(written.rows[1].name, 'a', sizeof written.rows[1].name));
#undef DAMAGED
}

/* A recipe's name must not lead to another file, nor may it keep the program waiting. */
static void only_a_regular_file_is_opened(void **state)
{
	struct written written = usual();
	struct recipe_file recipe;

	(void)state;
	assert_true(opens(&written, &recipe));
	recipe_close(&recipe);
	scratch_shell("mv %s other && ln -s other %s", NAME, NAME);
	assert_false(recipe_open(scratch_path("."), id, sizeof id, &recipe));
	scratch_shell("rm %s && mkfifo -m 600 %s", NAME, NAME);
	assert_false(recipe_open(scratch_path("."), id, sizeof id, &recipe));
	scratch_shell("rm %s && mkdir %s", NAME, NAME);
	assert_false(recipe_open(scratch_path("."), id, sizeof id, &recipe));
	scratch_shell("rmdir %s", NAME);
	assert_false(recipe_open(scratch_path("."), id, sizeof id, &recipe));
	assert_false(recipe_open(scratch_path("."), NULL, 0, &recipe));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_are_where_it_says),
		cmocka_unit_test(other_code_there_is_no_place_for_it),
		cmocka_unit_test(a_name_at_two_addresses_has_no_certain_one),
		cmocka_unit_test(one_that_others_may_write_is_not_taken),
		cmocka_unit_test(a_damaged_one_is_not_taken),
		cmocka_unit_test(only_a_regular_file_is_opened),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
