/* SPDX-License-Identifier: Apache-2.0 */
/*
 * golang.h - functions and lines of a Go program, from the table that Go's own runtime reads.
 *
 * A Go program has that table also when it is stripped. Understood: 64-bit little-endian
 * programs of Go 1.16 and later. Of any other file, and of one that is damaged where an
 * address leads, there is no answer.
 */
#ifndef UNFLUSHED_BUILD_GOLANG_H
#define UNFLUSHED_BUILD_GOLANG_H

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

#include "build/symbols.h"

struct golang;

/* Whether it is a Go program of a kind that could be understood: by its sections' names. */
bool golang_is(Elf *elf);

/* NULL: it is no Go program, or one that is not understood. `elf` must stay open as long. */
struct golang *golang_open(Elf *elf);
void golang_close(struct golang *go);

/* Is that address Go's code? C's of the same program is not. */
bool golang_covers(const struct golang *go, uint64_t address);

/* `address` as the file counts them; *out has been zeroed. The functions that were inlined
 * there come first. False, and *out is as it was: it is not Go's code, or has no line. */
bool golang_find(const struct golang *go, uint64_t address, struct symbol *out);

/* Is there a function whose name ends so? Also one that was inlined wherever it is called. One
 * that the linker left out, because nobody calls it, is not there. */
bool golang_names(const struct golang *go, const char *ending);

#endif
