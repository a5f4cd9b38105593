/* SPDX-License-Identifier: Apache-2.0 */
/*
 * golang.h - functions and lines of a Go program, from the table that Go's own
 * runtime reads.
 *
 * A Go program has that table also when it is stripped. It is understood in
 * 64-bit little-endian programs of Go 1.16 and later. For any other file, and
 * for an address whose entries are damaged, there is no answer.
 */
#ifndef UNFLUSHED_BUILD_GOLANG_H
#define UNFLUSHED_BUILD_GOLANG_H

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

#include "build/symbols.h"

struct golang;

/* Whether the names of its sections are those of a Go program, which golang_open() may
 * understand. */
bool golang_is(Elf *elf);

/* NULL: it is not a Go program, or one that is not understood. `elf` must stay open until
 * golang_close(). */
struct golang *golang_open(Elf *elf);
void golang_close(struct golang *go);

/* Whether the address is in Go code, not in C code of the same program. */
bool golang_covers(const struct golang *go, uint64_t address);

/* Finds the function and line of `address`, as the file counts addresses; *out must be zeroed.
 * Functions that were inlined there come first. False, and *out is unchanged: the address is
 * not Go code, or has no line. */
bool golang_find(const struct golang *go, uint64_t address, struct symbol *out);

/* Whether the program has a function whose name ends with `ending`. True also if all calls of
 * the function were inlined. A function that is never called is not there: the linker left it
 * out. */
bool golang_names(const struct golang *go, const char *ending);

#endif
