/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_weave.c - calls woven into class files: moved code is correct, and
 * damaged files are refused.
 *
 * compiles: shim/java/weave/[a-z]*.c
 */
#include "java/weave/weave.h"

#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "testing.h"

/*
 * class T { int f(int, Object) }, as a compiler would write it:
 *
 *	 0 iload_1         1 ifeq -> 7      4 bipush 9   6 ireturn
 *	 7 iload_1         8 lookupswitch { 1: 28, default: 30 }
 *	28 iconst_1       29 ireturn       30 goto -> 0
 */
static const uint8_t class_file[] = {
	0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52, 0, 10,	/* 9 constants */
	1, 0, 1, 'T', 7, 0, 1,				/* 1, 2 */
	1, 0, 1, 'O', 7, 0, 3,				/* 3, 4 */
	1, 0, 1, 'f', 1, 0, 5, '(', 'I', '[', 'I', ')', /* 5, 6 */
	1, 0, 4, 'C', 'o', 'd', 'e',			/* 7 */
	1, 0, 13, 'S', 't', 'a', 'c', 'k', 'M', 'a', 'p', 'T', 'a', 'b', 'l', 'e', /* 8 */
	1, 0, 0,								   /* 9 */
	0, 1, 0, 2, 0, 4, 0, 0, 0, 0, /* access, class, super class; no interface, no field */
	0, 1, 0, 1, 0, 5, 0, 6,	      /* one method */
	0, 1, 0, 7, 0, 0, 0, 57,      /* its Code */
	0, 1, 0, 3, 0, 0, 0, 33,
	/* code */
	0x1b, 0x99, 0, 6, 0x10, 9, 0xac, 0x1b, 0xab, 0, 0, 0, 0, 0, 0, 22, 0, 0, 0, 1, 0, 0, 0,
	1, 0, 0, 0, 20, 0x04, 0xac, 0xa7, 0xff, 0xe2,
	/* no handler; one attribute */
	0, 0, 0, 1, 0, 8, 0, 0, 0, 6, 0, 4, 0, 6, 20, 1, /* frames at 0, 7, 28, 30 */
	0, 0,						 /* no attribute of the class */
};

static const struct weave_hook hooks[] = {
	{"T", "f", "(IL)", WEAVE_ENTRY, "a2i1", "begins"},
	{"T", "f", "(IL)", WEAVE_RETURNS, "a0", "ends"},
};

static struct weave_room room;
static uint8_t out[4096];

static bool woven(const uint8_t *bytes, size_t size, struct weave *weave)
{
	*weave = (struct weave){
		.bytes = bytes,
		.size = size,
		.hooks = hooks,
		.hook_count = 2,
		.class = "T",
		.target = "P",
		.room = &room,
		.out = out,
		.out_room = sizeof out,
	};
	return weave_class(weave);
}

/* Where the code of the only method is; its length in `bytes`. */
static const uint8_t *code_of(const struct weave *weave, size_t *bytes)
{
	/* max_stack 1 + 5, max_locals 3, then the length. */
	static const uint8_t head[] = {0, 6, 0, 3, 0, 0, 0};

	for (size_t i = 0; i + sizeof head < weave->out_size; i++)
		if (memcmp(out + i, head, sizeof head) == 0) {
			*bytes = out[i + sizeof head];
			return out + i + sizeof head + 1;
		}
	fail_msg("no code");
	return NULL;
}

static int number(const uint8_t *at, size_t bytes)
{
	uint32_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value = value << 8 | at[i];
	return bytes == 2 ? (int16_t)value : (int)value;
}

static void jumps_and_switches_go_where_they_went(void **state)
{
	struct weave weave;
	size_t bytes = 0;

	(void)state;
	assert_true(woven(class_file, sizeof class_file, &weave));
	assert_int_equal(weave.woven, 3);
	const uint8_t *code = code_of(&weave, &bytes);

	/* 7 bytes at the entry, 5 before each return; the switch, one later now
	 * modulo 4, has another padding. */
	static const uint8_t entry[] = {0x19, 2, 0x15, 1, 0xb8};
	assert_memory_equal(code, entry, sizeof entry);
	assert_int_equal(code[7], 0x1b);
	assert_int_equal(code[8], 0x99);
	int second = 8 + number(code + 9, 2); /* over the call and its return */
	assert_int_equal(code[11], 0x10);
	assert_int_equal(code[13], 0x19);
	assert_int_equal(code[15], 0xb8);
	assert_int_equal(code[18], 0xac);
	assert_int_equal(second, 19);
	assert_int_equal(code[19], 0x1b);
	assert_int_equal(code[20], 0xab);
	size_t table = 24;
	int other = 20 + number(code + table, 4);
	int one = 20 + number(code + table + 12, 4);
	assert_int_equal(code[one], 0x04);
	assert_int_equal(code[one + 1], 0x19);
	assert_int_equal(code[one + 6], 0xac);
	assert_int_equal(code[other], 0xa7);
	/* Back to the first instruction, not to what is done once at the entry. */
	assert_int_equal(other + number(code + other + 1, 2), 7);
	assert_int_equal(bytes, (size_t)other + 3);
}

static void stack_maps_move_with_the_code(void **state)
{
	struct weave weave;
	size_t bytes = 0;

	(void)state;
	assert_true(woven(class_file, sizeof class_file, &weave));
	const uint8_t *code = code_of(&weave, &bytes);
	const uint8_t *map = code + bytes + 4; /* handlers, attributes */
	static const int at[] = {7, 19, 40, 47};
	int place = -1;

	assert_int_equal(number(map + 2, 4), 6);
	assert_int_equal(number(map + 6, 2), 4);
	for (int i = 0; i < 4; i++) {
		place += map[8 + i] + 1; /* same_frame: all distances stay below 64 */
		assert_int_equal(place, at[i]);
	}
}

/* ---- an exception leaves ---- */

static const struct weave_hook leaving[] = {
	{"T", "f", "(IL)", WEAVE_ENTRY, "a2i1", "begins"},
	{"T", "f", "(IL)", WEAVE_LEFT, "da0", "left"},
	{"T", "g", "()V", WEAVE_LEFT, "da0", "left"},
};

/* class T { void g() } of 64: it never jumps, so it has no stack map. */
static const uint8_t straight_file[] = {
	0xca, 0xfe, 0xba, 0xbe, 0,   0,	  0,   52,  0,	  9,   /* 8 constants */
	1,    0,    1,	  'T',	7,   0,	  1,		       /* 1, 2 */
	1,    0,    1,	  'O',	7,   0,	  3,		       /* 3, 4 */
	1,    0,    1,	  'g',	1,   0,	  3,   '(', ')',  'V', /* 5, 6 */
	1,    0,    4,	  'C',	'o', 'd', 'e',		       /* 7 */
	1,    0,    0,					       /* 8 */
	0,    1,    0,	  2,	0,   4,	  0,   0,   0,	  0,   0, 1, 0, 1,
	0,    5,    0,	  6,						/* one method */
	0,    1,    0,	  7,	0,   0,	  0,   13,			/* its Code */
	0,    1,    0,	  3,	0,   0,	  0,   1,   0xb1, 0,   0, 0, 0, /* return; no handler,
									   no attribute */
	0,    0,
};

static bool woven_leaving(const uint8_t *bytes, size_t size, struct weave *weave)
{
	*weave = (struct weave){
		.bytes = bytes,
		.size = size,
		.hooks = leaving,
		.hook_count = 3,
		.class = "T",
		.target = "P",
		.room = &room,
		.out = out,
		.out_room = sizeof out,
	};
	return weave_class(weave);
}

/* Behind all else: the exception is passed on to ours, then thrown further. */
static void expect_thrown_further(const uint8_t *at, size_t bytes)
{
	static const uint8_t begin[] = {0x59, 0x19, 0, 0xb8};

	assert_int_equal(bytes, 7);
	assert_memory_equal(at, begin, sizeof begin);
	assert_int_equal(at[6], 0xbf);
}

/* "T" on its own in the variables, a Throwable on the stack; the last frame. */
static void expect_left_frame(const struct weave *weave, const uint8_t *frame)
{
	size_t own = weave->constants;

	assert_int_equal(frame[0], 255);
	assert_int_equal(number(frame + 3, 2), 1);
	assert_int_equal(frame[5], 7);
	assert_int_equal(number(frame + 6, 2), 2); /* the class's own constant */
	assert_int_equal(number(frame + 8, 2), 1);
	assert_int_equal(frame[10], 7);
	assert_int_equal(number(frame + 11, 2), (int)own + 3);
}

static void what_no_handler_catches_is_seen_and_thrown_further(void **state)
{
	struct weave weave;
	size_t bytes = 0;

	(void)state;
	assert_true(woven_leaving(class_file, sizeof class_file, &weave));
	assert_int_equal(weave.woven, 3);
	const uint8_t *code = code_of(&weave, &bytes);
	int end = (int)bytes - 7;

	expect_thrown_further(code + end, 7);
	const uint8_t *handlers = code + bytes;

	assert_int_equal(number(handlers, 2), 1);
	assert_int_equal(number(handlers + 2, 2), 7); /* not of our call at the entry */
	assert_int_equal(number(handlers + 4, 2), end);
	assert_int_equal(number(handlers + 6, 2), end);
	assert_int_equal(number(handlers + 8, 2), 0); /* of any class */
	const uint8_t *map = handlers + 2 + 8 + 2;

	assert_int_equal(number(map + 2, 4), 6 + 13);
	assert_int_equal(number(map + 6, 2), 5);
	int place = -1;

	for (int i = 0; i < 4; i++)
		place += map[8 + i] + 1;
	assert_int_equal(place + 1 + number(map + 12 + 1, 2), end);
	expect_left_frame(&weave, map + 12);
}

static void a_method_without_a_stack_map_gets_one(void **state)
{
	struct weave weave;
	size_t bytes = 0;

	(void)state;
	assert_true(woven_leaving(straight_file, sizeof straight_file, &weave));
	assert_int_equal(weave.woven, 4);
	const uint8_t *code = code_of(&weave, &bytes);

	assert_int_equal(bytes, 1 + 7);
	assert_int_equal(code[0], 0xb1);
	expect_thrown_further(code + 1, bytes - 1);
	const uint8_t *attributes = code + bytes + 2 + 8;

	assert_int_equal(number(attributes, 2), 1);
	assert_int_equal(number(attributes + 2, 2), (int)weave.constants + 4);
	assert_int_equal(number(attributes + 4, 4), 2 + 13);
	assert_int_equal(number(attributes + 8, 2), 1);
	assert_int_equal(number(attributes + 11, 2), 1); /* its place, the first frame's */
	expect_left_frame(&weave, attributes + 10);
}

static void a_class_without_a_row_is_left_alone(void **state)
{
	struct weave weave;
	uint8_t other[sizeof class_file];

	(void)state;
	memcpy(other, class_file, sizeof other);
	other[27] = 'g'; /* the method's name */
	assert_false(woven(other, sizeof other, &weave));
	assert_int_equal(weave.woven, 0);
}

static void a_class_that_is_cut_is_refused(void **state)
{
	struct weave weave;

	(void)state;
	for (size_t size = 0; size < sizeof class_file; size++) {
		uint8_t *cut = malloc(size ? size : 1); /* so that a sanitizer sees its end */

		assert_non_null(cut);
		memcpy(cut, class_file, size);
		/* The number of the class's own attributes is passed on unread. */
		assert_false(woven(cut, size, &weave) && size < sizeof class_file - 2);
		free(cut);
	}
}

static void a_damaged_class_is_survived(void **state)
{
	struct weave weave;
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		uint8_t *bytes = malloc(sizeof class_file);

		assert_non_null(bytes);
		memcpy(bytes, class_file, sizeof class_file);
		for (int i = 0; i < 3; i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[(seed >> 8) % sizeof class_file] = (uint8_t)(seed >> 20);
		}
		if (woven(bytes, sizeof class_file, &weave))
			assert_true(weave.out_size <= sizeof out);
		free(bytes);
	}
}

static void what_does_not_fit_is_refused(void **state)
{
	struct weave weave;

	(void)state;
	assert_true(woven(class_file, sizeof class_file, &weave));
	size_t whole = weave.out_size;

	for (size_t room_bytes = 0; room_bytes < whole; room_bytes += 7) {
		weave.out_room = room_bytes;
		assert_false(weave_class(&weave));
	}
	assert_true(whole < sizeof class_file + WEAVE_GROWTH(2));
}

static void the_target_has_each_method_once(void **state)
{
	static const struct weave_hook two[] = {
		{"T", "f", "(IL)", WEAVE_ENTRY, "a2i1", "begins"},
		{"T", "f", "(LI)", WEAVE_ENTRY, "a1i2", "begins"},
	};
	uint8_t bytes[512];
	char descriptor[128];
	size_t size = weave_target(two, 2, "P", bytes, sizeof bytes);

	(void)state;
	assert_true(size > 0);
	assert_int_equal(bytes[size - 11], 1); /* methods; then one without attributes */
	assert_int_equal(weave_target(two, 2, "P", bytes, size - 1), 0);
	weave_descriptor(&two[0], descriptor);
	assert_string_equal(descriptor, "(Ljava/lang/Object;I)V");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jumps_and_switches_go_where_they_went),
		cmocka_unit_test(stack_maps_move_with_the_code),
		cmocka_unit_test(what_no_handler_catches_is_seen_and_thrown_further),
		cmocka_unit_test(a_method_without_a_stack_map_gets_one),
		cmocka_unit_test(a_class_without_a_row_is_left_alone),
		cmocka_unit_test(a_class_that_is_cut_is_refused),
		cmocka_unit_test(a_damaged_class_is_survived),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(the_target_has_each_method_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
