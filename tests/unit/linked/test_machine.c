/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_machine.c - the code that is written for a function of aarch64,
 * instruction by instruction, on every processor; and that calls of every
 * function of the installed librdkafka can be redirected on this one.
 *
 * compiles: shim/linked/machine_[a-z]*.c shim/linked/decode.c shim/linked/a64.c
 * links: rdkafka
 */
#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <librdkafka/rdkafka.h>

#include "linked/a64.h"
#include "linked/machine.h"
#include "testing.h"

#define AT 0x10000000u	  /* where the function is said to lie */
#define PLACE 0x0fff0000u /* and its place on the island */
#define PLACE_BYTES 128
#define LEADS 0x7f1234567890u

#define RET 0xd65f03c0
#define ADD 0x11000400 /* add w0, w0, #1 */
#define BTI_C 0xd503245f
#define PACIASP 0xd503233f
#define AUTIASP 0xd50323bf
#define PACIBSP 0xd503237f
#define AUTIBSP 0xd50323ff
#define BR_X17 0xd61f0220

/* An instruction of a trampoline: this word, or one that leads to an address. */
struct step {
	uint32_t word;
	enum a64_kind kind;
	uint32_t target;   /* in the place if below PLACE_BYTES, else the address itself */
	uintptr_t literal; /* A64_LOAD: what lies there */
};
#define WORD(word)                                                                             \
	{                                                                                      \
		word, A64_PLAIN, 0, 0                                                          \
	}
#define JUMP(target)                                                                           \
	{                                                                                      \
		0, A64_JUMP, target, 0                                                         \
	}
#define LOAD(literal)                                                                          \
	{                                                                                      \
		0, A64_LOAD, PLACE_BYTES - 8, literal                                          \
	}

static const struct {
	const char *name;
	uint32_t code[4];
	size_t words, at;
	uint32_t undoes; /* what the stub begins with */
	struct step steps[4];
} rows[] = {
	{"plain", {ADD, RET}, 2, 0, 0, {WORD(ADD), JUMP(AT + 4)}},
	{"ret", {RET}, 1, 0, 0, {WORD(RET)}},
	{"bti c", {BTI_C, ADD, RET}, 3, 4, 0, {WORD(BTI_C), WORD(ADD), JUMP(AT + 8)}},
	{"paciasp",
	 {PACIASP, ADD, RET},
	 3,
	 4,
	 AUTIASP,
	 {WORD(PACIASP), WORD(ADD), JUMP(AT + 8)}},
	{"pacibsp",
	 {PACIBSP, ADD, RET},
	 3,
	 4,
	 AUTIBSP,
	 {WORD(PACIBSP), WORD(ADD), JUMP(AT + 8)}},
	{"bti c and paciasp",
	 {BTI_C, PACIASP, RET},
	 3,
	 4,
	 0,
	 {WORD(BTI_C), WORD(PACIASP), JUMP(AT + 8)}},
	{"adr", {0x10000081, RET}, 2, 0, 0, {LOAD(AT + 16), JUMP(AT + 4)}},
	{"adrp", {0xb0000002, RET}, 2, 0, 0, {LOAD(AT + 0x1000), JUMP(AT + 4)}},
	{"adrp behind bti c",
	 {BTI_C, 0xf0ffffe2, RET},
	 3,
	 4,
	 0,
	 {WORD(BTI_C), LOAD(AT - 0x1000), JUMP(AT + 8)}},
	{"ldr w1", {0x18000081, RET}, 2, 0, 0, {LOAD(AT + 16), WORD(0xb9400021), JUMP(AT + 4)}},
	{"ldr x1", {0x58ffff81, RET}, 2, 0, 0, {LOAD(AT - 16), WORD(0xf9400021), JUMP(AT + 4)}},
	{"ldrsw x1",
	 {0x98000081, RET},
	 2,
	 0,
	 0,
	 {LOAD(AT + 16), WORD(0xb9800021), JUMP(AT + 4)}},
	{"b", {0x14000400}, 1, 0, 0, {JUMP(AT + 0x1000)}},
	{"cbz",
	 {0x34000060, ADD, RET, RET},
	 4,
	 0,
	 0,
	 {{0, A64_BRANCH, 16 + 8, 0}, JUMP(AT + 4), JUMP(AT + 12)}},
	{"tbnz behind bti c",
	 {BTI_C, 0xb707ffa0, ADD, RET},
	 4,
	 4,
	 0,
	 {WORD(BTI_C), {0, A64_BRANCH, 16 + 12, 0}, JUMP(AT + 8), JUMP(AT - 8)}},
	{"b.eq",
	 {0x54000040, RET, RET},
	 3,
	 0,
	 0,
	 {{0, A64_BRANCH, 16 + 8, 0}, JUMP(AT + 4), JUMP(AT + 8)}},
};

static const struct {
	const char *name;
	uint32_t code[3];
	size_t bytes;
} refused[] = {
	{"no instruction", {RET}, 0},
	{"half of one", {RET}, 2},
	{"one and a half", {ADD, RET}, 6},
	{"a loop to its beginning", {ADD, 0x54ffffe1, RET}, 12},
	{"a loop to its landing pad", {BTI_C, ADD, 0x17fffffe}, 12},
	{"a loop to what stands behind the pad", {BTI_C, ADD, 0x35ffffe0}, 12},
	{"a call of itself", {ADD, 0x97ffffff, RET}, 12},
	{"bl", {0x94000100, RET}, 8},
	{"blr x1", {0xd63f0020, RET}, 8},
	{"svc #0", {0xd4000001, RET}, 8},
	{"ldr d0", {0x5c000080, RET}, 8},
	{"prfm", {0xd8000080, RET}, 8},
	{"ldr xzr", {0x5800009f, RET}, 8},
	{"b as far as it reaches", {0x15ffffff}, 4}, /* not from the island */
	{"pacm", {0xd50324ff, PACIASP, RET}, 12},
	{"paciasppc", {0xdac1a3fe, RET}, 8},
	{"it goes on behind its end", {ADD}, 4},
	{"what is not known", {ADD, 0x74000000, RET}, 12},
};

static uint8_t place_bytes[PLACE_BYTES];

static bool planned(const struct machine *machine, const struct machine_code *code,
		    uintptr_t near, struct machine_plan *plan)
{
	struct place place = {place_bytes, 0, sizeof place_bytes, near};

	memset(place_bytes, 0xee, sizeof place_bytes);
	return machine->plan(code, LEADS, &place, plan);
}

static uint32_t place_word(size_t at)
{
	uint32_t word;

	memcpy(&word, place_bytes + at, sizeof word);
	return word;
}

static uintptr_t literal_at(uintptr_t address)
{
	uintptr_t literal;

	assert_true(address >= PLACE && address <= PLACE + PLACE_BYTES - sizeof literal);
	memcpy(&literal, place_bytes + (address - PLACE), sizeof literal);
	return literal;
}

static void expect_step(const char *name, const struct step *step, size_t at)
{
	struct a64 a64;

	assert_true(a64_decode(place_word(at), PLACE + at, &a64));
	if (step->word) {
		if (place_word(at) != step->word)
			fail_msg("%s: %08x at %zu", name, place_word(at), at);
		return;
	}
	uintptr_t target = step->target < PLACE_BYTES ? PLACE + step->target : step->target;

	/* A branch leads over the jump behind it, wherever its place begins. */
	if (step->kind == A64_BRANCH)
		target = PLACE + at + 8;
	if (a64.kind != step->kind || a64.target != target)
		fail_msg("%s: kind %d, target %#lx at %zu", name, (int)a64.kind,
			 (unsigned long)a64.target, at);
	if (step->kind == A64_LOAD)
		assert_int_equal(literal_at(a64.target), step->literal);
}

/* It takes a signature off, loads the address and goes there by x17. Returns its length. */
static size_t expect_stub(const char *name, uint32_t undoes)
{
	size_t at = 0;
	struct a64 a64;

	if (undoes && place_word(at) != undoes)
		fail_msg("%s: the stub begins with %08x", name, place_word(at));
	at += undoes ? 4 : 0;
	assert_true(a64_decode(place_word(at), PLACE + at, &a64));
	assert_int_equal(place_word(at) & 31, 17);
	assert_int_equal(a64.kind, A64_LOAD);
	assert_int_equal(literal_at(a64.target), LEADS);
	assert_int_equal(place_word(at + 4), BR_X17);
	return at + 8;
}

static void each_shape_is_moved(void **state)
{
	struct machine_plan plan;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct machine_code code = {(const uint8_t *)rows[i].code, rows[i].words * 4,
					    AT};

		if (!planned(&machine_aarch64, &code, PLACE, &plan))
			fail_msg("%s is refused", rows[i].name);
		assert_int_equal(plan.at, rows[i].at);
		assert_int_equal(plan.real, expect_stub(rows[i].name, rows[i].undoes));
		for (size_t j = 0; j < 4 && (rows[i].steps[j].word || rows[i].steps[j].target);
		     j++)
			expect_step(rows[i].name, &rows[i].steps[j], plan.real + 4 * j);
	}
}

static void what_cannot_be_moved_is_refused(void **state)
{
	struct machine_plan plan;

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct machine_code code = {(const uint8_t *)refused[i].code, refused[i].bytes,
					    AT};

		if (planned(&machine_aarch64, &code, PLACE, &plan))
			fail_msg("%s is taken", refused[i].name);
	}
}

static void a_jump_reaches_128_mib(void **state)
{
	static const struct {
		uintptr_t to;
		uint32_t word;
	} jumps[] = {
		{AT + 4, 0x14000001},
		{AT - 4, 0x17ffffff},
		{AT + 0x7fffffc, 0x15ffffff},
		{AT - 0x8000000, 0x16000000},
		{AT + 0x8000000, 0},
		{AT - 0x8000004, 0},
		{AT + ((uintptr_t)1 << 40), 0},
		{AT + 2, 0},
	};
	uint8_t bytes[MACHINE_JUMP_MOST];
	uint32_t word;

	(void)state;
	for (size_t i = 0; i < sizeof jumps / sizeof *jumps; i++) {
		bool reaches = machine_aarch64.jump(bytes, AT, jumps[i].to);

		assert_int_equal(reaches, jumps[i].word != 0);
		memcpy(&word, bytes, sizeof word);
		if (reaches)
			assert_int_equal(word, jumps[i].word);
	}
}

static void calls_are_found(void **state)
{
	static const uint32_t words[] = {ADD, 0x97fffffe, 0x34000040, RET, 0x14000400};
	struct machine_code code = {(const uint8_t *)words, sizeof words, AT};

	(void)state;
	assert_true(machine_aarch64.calls(&code, AT - 4));
	assert_true(machine_aarch64.calls(&code, AT + 16 + 0x1000));
	assert_false(machine_aarch64.calls(&code, AT + 16)); /* a cbz's */
	assert_false(machine_aarch64.calls(&code, AT));
}

/* ---- the installed one ---- */

static const char *const functions[] = {
#define NAME_LIBC(name)
#define NAME_JVM(name)
#define NAME_KAFKA(name) #name,
#define ROW(name, library, ...) NAME_##library(name)
#include "calls/calls.def"
};

#if defined(__x86_64__)
#define MACHINE machine_x86_64
#elif defined(__aarch64__)
#define MACHINE machine_aarch64
#endif

static void every_function_of_librdkafka_is_led_elsewhere(void **state)
{
	void *library = dlopen("librdkafka.so.1", RTLD_NOW);
	const ElfW(Sym) * symbol;
	struct machine_plan plan;
	unsigned count = 0, wrong = 0;
	Dl_info info;

	(void)state;
	assert_non_null(library);
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		void *found = dlsym(library, functions[i]);

		if (!found)
			continue; /* a later version's */
		assert_true(dladdr1(found, &info, (void **)&symbol, RTLD_DL_SYMENT));
		struct machine_code code = {found, symbol->st_size, (uintptr_t)found};

		count++;
		if (planned(&MACHINE, &code, code.address - 0x100000, &plan))
			continue;
		wrong++;
		print_error("%s, of %zu bytes, is refused\n", functions[i], code.count);
	}
	dlclose(library);
	assert_true(count >= 20);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_shape_is_moved),
		cmocka_unit_test(what_cannot_be_moved_is_refused),
		cmocka_unit_test(a_jump_reaches_128_mib),
		cmocka_unit_test(calls_are_found),
		cmocka_unit_test(every_function_of_librdkafka_is_led_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
