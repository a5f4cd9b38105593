/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash.c - gigabytes (10^9) per second of processor time, of the hash that tells refused
 * messages apart.
 *
 * hash [BYTES]        one message of that size, again and again: 3 GiB in all
 */
#include "guest/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	size_t size = argc > 1 ? (size_t)atol(argv[1]) : 1 << 20;
	size_t rounds = ((size_t)3 << 30) / (size + 64) + 1;
	char *message = malloc(size + 1);
	uint64_t hash = HASH_BEGIN;

	if (!message)
		return 2;
	memset(message, 'm', size + 1);
	double began = now_s();

	for (size_t i = 0; i < rounds; i++)
		hash = hash_wide(hash, message, size); /* the next waits for this one */
	double took = now_s() - began;

	fprintf(stderr, "%s", hash ? "" : "0\n"); /* or there was no need for it */
	printf("%.2f\n", (double)(rounds * size) / took / 1e9);
	free(message);
	return 0;
}
