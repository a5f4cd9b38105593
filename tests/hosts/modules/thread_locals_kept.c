/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thread_locals_kept.c - a thread keeps a number in a library's thread-local variable, and
 * reads it while another thread is having those of a library made that was opened since.
 * The allocator is asked for that, so it stops there. Prints the number: 7. Built by the test
 * that uses it.
 *
 * thread_locals_kept LIBRARY
 */
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdio.h>

extern void *__libc_malloc(size_t size);
extern char thread_locals_first(void);
extern void thread_locals_set(char first);

static sem_t is_kept, looks, has_looked;
static __thread int stops __attribute__((tls_model("initial-exec")));

void *malloc(size_t size)
{
	if (stops) {
		stops = 0;
		sem_post(&looks);
		sem_wait(&has_looked);
	}
	return __libc_malloc(size);
}

static void *keep(void *number)
{
	thread_locals_set(7);
	sem_post(&is_kept);
	sem_wait(&looks);
	*(int *)number = thread_locals_first();
	sem_post(&has_looked);
	return NULL;
}

int main(int argc, char **argv)
{
	int number = 0;
	char (*first)(void);
	pthread_t keeper;
	void *library;

	if (argc < 2 || sem_init(&is_kept, 0, 0) || sem_init(&looks, 0, 0) ||
	    sem_init(&has_looked, 0, 0) || pthread_create(&keeper, NULL, keep, &number))
		return 2;
	sem_wait(&is_kept);
	library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
	first = library ? (char (*)(void))dlsym(library, "thread_locals_first") : NULL;
	if (!first)
		return 3;
	stops = 1;
	first();
	if (stops) { /* it was asked for nothing: they had been made already */
		stops = 0;
		sem_post(&looks);
	}
	pthread_join(keeper, NULL);
	printf("%d\n", number);
	return 0;
}
