/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shapes_x86_64.h - functions of many shapes, in x86-64 instructions.
 *
 * Each returns its argument plus a number of its own.
 */
#ifndef UNFLUSHED_TEST_SHAPES_X86_64_H
#define UNFLUSHED_TEST_SHAPES_X86_64_H

#include "unit/linked/shapes.h"

__asm__(".text\n"
	".macro shape name\n.balign 16\n.type \\name, @function\n\\name:\n.endm\n"
	".macro done name\n.size \\name, .-\\name\n.balign 16\n.endm\n"
	"shape shape_plain\n push %rbp\n mov %rsp, %rbp\n lea 1(%rdi), %eax\n pop %rbp\n ret\n"
	"done shape_plain\n"
	"shape shape_relative\n mov shape_number(%rip), %eax\n add %edi, %eax\n ret\n"
	"done shape_relative\n"
	"shape shape_endbr\n endbr64\n push %rbx\n mov %edi, %ebx\n lea 3(%rbx), %eax\n"
	" pop %rbx\n ret\ndone shape_endbr\n"
	"shape shape_jump\n jmp shape_plain\ndone shape_jump\n"
	"shape shape_short\n lea 4(%rdi), %eax\n ret\ndone shape_short\n"
	"shape shape_branch\n test %edi, %edi\n je 1f\n lea 5(%rdi), %eax\n ret\n"
	"1: mov $5, %eax\n ret\ndone shape_branch\n"
	"shape shape_long\n movabs $0x1122334455667788, %rax\n lea 6(%rdi), %eax\n ret\n"
	"done shape_long\n"
	/* What cannot be patched: a jump into what would be replaced; a call; too short. */
	"shape shape_loops\n mov %edi, %eax\n1: add $1, %eax\n cmp $100, %eax\n jl 1b\n ret\n"
	"done shape_loops\n"
	"shape shape_calls\n call shape_called\n ret\ndone shape_calls\n"
	"shape shape_called\n lea 7(%rdi), %eax\n ret\ndone shape_called\n"
	"shape shape_tiny\n mov %edi, %eax\n ret\n.byte 0x41, 0x41\n.size shape_tiny, 3\n"
	".balign 16\n"
	"shape shape_end\n ret\ndone shape_end\n"
	".data\nshape_number: .long 2\n.text\n");

int shape_plain(int), shape_relative(int), shape_endbr(int), shape_jump(int), shape_short(int),
	shape_branch(int), shape_long(int), shape_loops(int), shape_calls(int), shape_tiny(int),
	shape_end(int);

static const struct shape good[] = {
	{shape_plain, 9, 1, false}, {shape_relative, 9, 2, false}, {shape_endbr, 12, 3, false},
	{shape_jump, 2, 1, true},   {shape_short, 4, 4, false},	   {shape_branch, 14, 5, false},
	{shape_long, 14, 6, false},
};

static const struct shape bad[] = {
	{shape_loops, 11, 0, false},
	{shape_calls, 6, 0, false},
	{shape_tiny, 3, 0, false},
	{shape_plain, 1, 0, false},
};

#endif
