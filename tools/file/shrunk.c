/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shrunk.c - see shrunk.h.
 */
#include "file/shrunk.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static struct sigaction before;
static uintptr_t page_bytes;
static unsigned begun;

/* For any other SIGBUS: restores the default action, so that the access ends the program when
 * the handler has returned. */
static void die_of_it(void)
{
	const struct sigaction standard = {.sa_handler = SIG_DFL};

	sigaction(SIGBUS, &standard, NULL);
	raise(SIGBUS);
}

static void on_bus_error(int number, siginfo_t *info, void *context)
{
	int kept = errno;
	void *page = (void *)((uintptr_t)info->si_addr & ~(page_bytes - 1));

	(void)number;
	(void)context;
	if (info->si_code != BUS_ADRERR ||
	    mmap(page, page_bytes, PROT_READ | PROT_WRITE,
		 MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
		die_of_it();
	errno = kept;
}

void shrunk_begin(void)
{
	const struct sigaction action = {
		.sa_sigaction = on_bus_error,
		.sa_flags = SA_SIGINFO,
	};

	if (begun++)
		return;
	page_bytes = (uintptr_t)sysconf(_SC_PAGESIZE);
	sigaction(SIGBUS, &action, &before);
}

void shrunk_end(void)
{
	if (--begun == 0)
		sigaction(SIGBUS, &before, NULL);
}
