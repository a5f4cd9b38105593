/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shapes_aarch64.h - functions of many shapes, in aarch64 instructions.
 *
 * Each returns its argument plus a number of its own.
 */
#ifndef UNFLUSHED_TEST_SHAPES_AARCH64_H
#define UNFLUSHED_TEST_SHAPES_AARCH64_H

#include "unit/linked/shapes.h"

/* hint 34: bti c; 25 and 29: paciasp and autiasp; 27 and 31: pacibsp and autibsp. */
__asm__(".text\n"
	".macro shape name\n.balign 16\n.type \\name, %function\n\\name:\n.endm\n"
	".macro done name\n.size \\name, .-\\name\n.balign 16\n.endm\n"
	".macro frame\n stp x29, x30, [sp, #-16]!\n mov x29, sp\n.endm\n"
	".macro unframe\n ldp x29, x30, [sp], #16\n.endm\n"
	"shape shape_plain\n frame\n add w0, w0, #1\n unframe\n ret\ndone shape_plain\n"
	"shape shape_page\n adrp x1, shape_number\n ldr w1, [x1, :lo12:shape_number]\n"
	" add w0, w0, w1\n ret\ndone shape_page\n"
	"shape shape_address\n adr x1, shape_literal\n ldr w1, [x1]\n add w0, w0, w1\n ret\n"
	"done shape_address\n"
	"shape shape_load\n ldr w1, shape_literal\n add w0, w0, w1\n ret\ndone shape_load\n"
	"shape shape_load_long\n ldr x1, shape_literal\n add w0, w0, w1\n ret\n"
	"done shape_load_long\n"
	"shape shape_load_signed\n ldrsw x1, shape_negative\n add x0, x1, w0, sxtw\n ret\n"
	"done shape_load_signed\n"
	"shape_literal: .long 3, 0\nshape_negative: .long -4\n"
	"shape shape_pad\n hint #34\n add w0, w0, #5\n ret\ndone shape_pad\n"
	"shape shape_signs\n hint #25\n frame\n add w0, w0, #6\n unframe\n hint #29\n ret\n"
	"done shape_signs\n"
	"shape shape_signs_b\n hint #27\n frame\n add w0, w0, #7\n unframe\n hint #31\n ret\n"
	"done shape_signs_b\n"
	"shape shape_pad_signs\n hint #34\n hint #25\n frame\n add w0, w0, #8\n unframe\n"
	" hint #29\n ret\ndone shape_pad_signs\n"
	"shape shape_jump\n b shape_plain\ndone shape_jump\n"
	"shape shape_pad_jump\n hint #34\n b shape_plain\ndone shape_pad_jump\n"
	"shape shape_returns\n ret\ndone shape_returns\n"
	"shape shape_zero\n cbz w0, 1f\n add w0, w0, #9\n ret\n1: mov w0, #9\n ret\n"
	"done shape_zero\n"
	"shape shape_bit\n tbz w0, #1, 1f\n add w0, w0, #10\n ret\n1: add w0, w0, #10\n ret\n"
	"done shape_bit\n"
	"shape shape_condition\n b.eq 1f\n add w0, w0, #11\n ret\n1: add w0, w0, #11\n ret\n"
	"done shape_condition\n"
	/* What cannot be patched: a loop that begins with the displaced instruction, or at the
	 * pad; calls; a vector's literal; what goes on behind its end; a brk; no instruction.
	 */
	"shape shape_loops\n add w0, w0, #1\n cmp w0, #100\n b.lt shape_loops\n ret\n"
	"done shape_loops\n"
	"shape shape_pad_loops\n hint #34\n1: add w0, w0, #1\n tbz w0, #8, 1b\n ret\n"
	"done shape_pad_loops\n"
	"shape shape_jumps_back\n hint #34\n add w0, w0, #1\n cbz w0, shape_jumps_back\n ret\n"
	"done shape_jumps_back\n"
	"shape shape_calls\n bl shape_plain\n ret\ndone shape_calls\n"
	"shape shape_calls_register\n blr x1\n ret\ndone shape_calls_register\n"
	"shape shape_vector\n ldr d0, shape_literal\n ret\ndone shape_vector\n"
	"shape shape_falls\n nop\ndone shape_falls\n"
	"shape shape_breaks\n brk #1\n ret\ndone shape_breaks\n"
	"shape shape_unknown\n add w0, w0, #1\n .inst 0x03000000\n ret\ndone shape_unknown\n"
	"shape shape_end\n ret\ndone shape_end\n"
	".data\nshape_number: .long 2\n.text\n");

int shape_plain(int), shape_page(int), shape_address(int), shape_load(int),
	shape_load_long(int), shape_load_signed(int), shape_pad(int), shape_signs(int),
	shape_signs_b(int), shape_pad_signs(int), shape_jump(int), shape_pad_jump(int),
	shape_returns(int), shape_zero(int), shape_bit(int), shape_condition(int),
	shape_loops(int), shape_pad_loops(int), shape_jumps_back(int), shape_calls(int),
	shape_calls_register(int), shape_vector(int), shape_falls(int), shape_breaks(int),
	shape_unknown(int), shape_end(int);

static const struct shape good[] = {
	{shape_plain, 20, 1, false},	 {shape_page, 16, 2, false},
	{shape_address, 16, 3, false},	 {shape_load, 12, 3, false},
	{shape_load_long, 12, 3, false}, {shape_load_signed, 12, -4, false},
	{shape_pad, 12, 5, false},	 {shape_signs, 28, 6, false},
	{shape_signs_b, 28, 7, false},	 {shape_pad_signs, 32, 8, false},
	{shape_jump, 4, 1, true},	 {shape_pad_jump, 8, 1, true},
	{shape_returns, 4, 0, false},	 {shape_zero, 20, 9, false},
	{shape_bit, 20, 10, false},	 {shape_condition, 20, 11, false},
};

static const struct shape bad[] = {
	{shape_loops, 16, 0, false},	     {shape_pad_loops, 16, 0, false},
	{shape_jumps_back, 16, 0, false},    {shape_calls, 8, 0, false},
	{shape_calls_register, 8, 0, false}, {shape_vector, 8, 0, false},
	{shape_falls, 4, 0, false},	     {shape_breaks, 8, 0, false},
	{shape_unknown, 12, 0, false},	     {shape_plain, 0, 0, false},
	{shape_plain, 6, 0, false},
};

#endif
