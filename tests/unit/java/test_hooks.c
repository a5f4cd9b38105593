/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hooks.c - clients that lack a method: if it is required the client is
 * left alone; if it is optional the other methods are woven.
 *
 * links: shim_objects
 */
#include "java/hooks.h"

#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "java/weave/bytes.h"
#include "testing.h"

static struct weave_room room;
static uint8_t file[16384], out[65536];

/* "(L)V" as the descriptor of a method that takes an Object. */
static void descriptor_write(const char *shape, struct sink *to)
{
	size_t at = sink_size(to);

	sink_number(to, 2, 0);
	for (; *shape; shape++)
		if (*shape == 'L')
			sink_bytes(to, "Ljava/lang/Object;", 18);
		else
			sink_bytes(to, *shape == '*' ? "()V" : shape, *shape == '*' ? 3 : 1);
	sink_patch(to, at, 2, (uint32_t)(sink_size(to) - at - 2));
}

static bool same_method(size_t a, size_t b)
{
	return strcmp(java_hooks[a].class, java_hooks[b].class) == 0 &&
	       strcmp(java_hooks[a].method, java_hooks[b].method) == 0 &&
	       strcmp(java_hooks[a].shape, java_hooks[b].shape) == 0;
}

/* The first row that names this method, if the class has it. */
static bool has_method(size_t row, const char *class, size_t lacks)
{
	if (strcmp(java_hooks[row].class, class) != 0 ||
	    (lacks < JAVA_HOOK_COUNT && same_method(row, lacks)))
		return false;
	for (size_t i = 0; i < row; i++)
		if (same_method(i, row))
			return false;
	return true;
}

/* One method that returns; its name and descriptor are constants. */
static void method_write(uint32_t name, struct sink *to)
{
	static const uint8_t code[] = {0, 0, 0, 13, 0, 3, 0, 9, 0, 0, 0, 1, 0xb1, 0, 0, 0, 0};

	sink_number(to, 2, 1);
	sink_number(to, 2, name);
	sink_number(to, 2, name + 1);
	sink_number(to, 2, 1);
	sink_number(to, 2, 5); /* "Code" */
	sink_bytes(to, code, sizeof code);
}

/* A class that has the methods of its rows but that of row `lacks`; its size. */
static size_t class_write(const char *class, size_t lacks)
{
	struct sink to = {file, file, file + sizeof file, false};
	uint32_t methods = 0;

	sink_number(&to, 4, 0xcafebabe);
	sink_number(&to, 4, 52);
	sink_number(&to, 2, 0);
	for (int i = 0; i < 2; i++) {
		sink_number(&to, 1, 1);
		sink_text(&to, i ? "java/lang/Object" : class);
		sink_number(&to, 1, 7);
		sink_number(&to, 2, (uint32_t)(1 + 2 * i));
	}
	sink_number(&to, 1, 1);
	sink_text(&to, "Code");
	for (size_t i = 0; i < JAVA_HOOK_COUNT; i++) {
		if (!has_method(i, class, lacks))
			continue;
		sink_number(&to, 1, 1);
		sink_text(&to, java_hooks[i].method);
		sink_number(&to, 1, 1);
		descriptor_write(java_hooks[i].shape, &to);
		methods++;
	}
	sink_patch(&to, 8, 2, 6 + 2 * methods);
	sink_number(&to, 2, 1);
	sink_number(&to, 2, 2);
	sink_number(&to, 2, 4);
	sink_number(&to, 4, 0); /* no interface, no field */
	sink_number(&to, 2, methods);
	for (uint32_t i = 0; i < methods; i++)
		method_write(6 + 2 * i, &to);
	sink_number(&to, 2, 0);
	assert_false(to.failed);
	return sink_size(&to);
}

/* What is woven into all of a client's classes, when row `lacks` finds no method. */
static uint64_t client_weave(size_t lacks)
{
	uint64_t woven = 0;

	for (size_t i = 0; i < JAVA_HOOK_COUNT; i++) {
		struct weave weave = {
			.bytes = file,
			.size = class_write(java_hooks[i].class, lacks),
			.hooks = java_hooks,
			.hook_count = JAVA_HOOK_COUNT,
			.class = java_hooks[i].class,
			.target = "P",
			.room = &room,
			.out = out,
			.out_room = sizeof out,
		};

		if (weave_class(&weave))
			woven |= weave.woven;
	}
	return woven;
}

/* Rows of the same method as this one. */
static uint64_t rows_of(size_t row)
{
	uint64_t rows = 0;

	for (size_t i = 0; i < JAVA_HOOK_COUNT; i++)
		if (same_method(i, row))
			rows |= 1ull << i;
	return rows;
}

static uint64_t all_rows(void)
{
	return (1ull << JAVA_HOOK_COUNT) - 1;
}

static void a_client_with_every_method_gets_every_row(void **state)
{
	(void)state;
	assert_true(JAVA_HOOKS_NEEDED_COUNT < JAVA_HOOK_COUNT);
	assert_true(client_weave(JAVA_HOOK_COUNT) == all_rows());
	assert_true(java_hooks_are_whole(all_rows()));
}

static void without_an_optional_method_the_rest_is_woven(void **state)
{
	(void)state;
	for (size_t i = JAVA_HOOKS_NEEDED_COUNT; i < JAVA_HOOK_COUNT; i++) {
		uint64_t woven = client_weave(i);

		assert_true(woven == (all_rows() & ~rows_of(i)));
		assert_true(java_hooks_are_whole(woven));
	}
	/* Nor does it matter when all of them are missing, nor do they make up for another. */
	uint64_t needed = (1ull << JAVA_HOOKS_NEEDED_COUNT) - 1;

	assert_true(java_hooks_are_whole(needed));
	assert_false(java_hooks_are_whole(all_rows() & ~needed));
}

/* Of two rows with one function, shapes that a method has had, one is enough. */
static bool has_another_shape(size_t row)
{
	for (size_t i = 0; i < JAVA_HOOKS_NEEDED_COUNT; i++)
		if (i != row && strcmp(java_hooks[i].call, java_hooks[row].call) == 0)
			return true;
	return false;
}

static void without_a_needed_method_the_client_is_not_whole(void **state)
{
	size_t shapes = 0;

	(void)state;
	for (size_t i = 0; i < JAVA_HOOKS_NEEDED_COUNT; i++) {
		bool another = has_another_shape(i);

		assert_true(java_hooks_are_whole(client_weave(i)) == another);
		shapes += another;
	}
	assert_int_equal(shapes, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_with_every_method_gets_every_row),
		cmocka_unit_test(without_an_optional_method_the_rest_is_woven),
		cmocka_unit_test(without_a_needed_method_the_client_is_not_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
