/* SPDX-License-Identifier: Apache-2.0 */
/*
 * late_allocator.c - an allocator whose calloc is ready once the loader has relocated
 * everything, and not before. Built by the test that uses it.
 */
#include <stddef.h>
#include <unistd.h>

extern void *__libc_calloc(size_t count, size_t size);

extern char **environ;

void *calloc(size_t count, size_t size)
{
	if (!environ)
		_exit(99);
	return __libc_calloc(count, size);
}
