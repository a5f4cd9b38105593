/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thread_locals_of_another.c - looks in the static block for a library's thread-local
 * storage; the library does not say that it has to be there. Built by the test that uses it.
 */
#include <stdio.h>

extern __thread char thread_locals[];

int main(void)
{
	printf("%d\n", thread_locals[0]);
	return 0;
}
