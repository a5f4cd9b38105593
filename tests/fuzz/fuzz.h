/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz.h - what the fuzz programs share.
 *
 * Each has one function of libFuzzer's, and with -DSTANDALONE a main of its own that needs no
 * libFuzzer: it makes inputs from a seed, the same ones in every run.
 */
#ifndef UNFLUSHED_FUZZ_H
#define UNFLUSHED_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold of every input; if not, the program aborts, and libFuzzer keeps the input. */
static inline void claim(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

/* An input, read from its front. Behind its end everything is 0. */
struct input {
	const uint8_t *at;
	size_t left;
};

static inline uint64_t input_number(struct input *input, size_t bytes)
{
	uint64_t number = 0;

	for (size_t i = 0; i < bytes && input->left; i++, input->at++, input->left--)
		number |= (uint64_t)*input->at << 8 * i;
	return number;
}

#ifdef STANDALONE
static uint64_t fuzz_seed = 0x9e3779b97f4a7c15;

/* 0 to sides - 1. */
static inline unsigned dice(unsigned sides)
{
	fuzz_seed ^= fuzz_seed << 13;
	fuzz_seed ^= fuzz_seed >> 7;
	fuzz_seed ^= fuzz_seed << 17;
	return (unsigned)(fuzz_seed >> 33) % sides;
}

/* `number` as text in a second argument, if there is one, makes other inputs. */
static inline void fuzz_seed_by(int argc, char **argv, int at)
{
	if (argc > at)
		fuzz_seed ^= strtoull(argv[at], NULL, 10) << 1;
}
#endif
#endif
