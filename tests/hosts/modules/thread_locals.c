/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thread_locals.c - a library with BYTES of thread-local storage: in the static block, as
 * allocators and sanitizers have it, or as MODEL says. Built by the test that uses it.
 */
#ifndef MODEL
#define MODEL "initial-exec"
#endif

__thread char thread_locals[BYTES] __attribute__((tls_model(MODEL))) = {1};

char thread_locals_first(void)
{
	return thread_locals[0];
}

void thread_locals_set(char first)
{
	thread_locals[0] = first;
}
