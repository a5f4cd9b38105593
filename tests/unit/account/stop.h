/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stop.h - stops the ledger in the middle of its work, when it touches a page
 * of memory, and does something else there, as a signal handler or another
 * thread would.
 *
 * The page is protected (mprotect), so that the ledger gets a SIGSEGV; the
 * handler unprotects the page, does what the test wants, and lets the ledger
 * continue. With a second page it is stopped repeatedly: each time at the page
 * at which it was not stopped last.
 */
#ifndef STOP_H
#define STOP_H

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "testing.h"

static struct {
	char *first, *second;			    /* pages; NULL: there is no second one */
	void (*at_first)(void), (*at_second)(void); /* NULL: nothing is done */
	int closed; /* PROT_NONE: to all; PROT_READ: to who writes */
	struct sigaction before;
} stop;

static inline char *stop_page(const void *at)
{
	return (char *)((uintptr_t)at & ~((uintptr_t)sysconf(_SC_PAGESIZE) - 1));
}

static inline void stop_protect(char *page, int protection)
{
	if (page && mprotect(page, (size_t)sysconf(_SC_PAGESIZE), protection) != 0)
		abort();
}

static inline void stop_open(void)
{
	stop_protect(stop.first, PROT_READ | PROT_WRITE);
	stop_protect(stop.second, PROT_READ | PROT_WRITE);
}

static inline void stop_reached(int signal, siginfo_t *info, void *context)
{
	bool first = stop_page(info->si_addr) == stop.first;
	void (*what)(void) = first ? stop.at_first : stop.at_second;

	(void)signal, (void)context;
	if (!first && stop_page(info->si_addr) != stop.second)
		abort(); /* that is no stop */
	stop_open();
	if (what)
		what();
	stop_protect(first ? stop.second : stop.first, stop.closed);
}

/*
 * For a stop in an atomic access. ThreadSanitizer makes each of those with a
 * lock of its own held: what the test does there would wait for that lock
 * without end.
 */
static inline void stop_is_in_an_atomic_access(void)
{
#ifdef __SANITIZE_THREAD__
	skip_because("ThreadSanitizer holds a lock in each atomic access");
#endif
}

static inline void stop_begin(int closed)
{
	struct sigaction action = {.sa_sigaction = stop_reached, .sa_flags = SA_SIGINFO};

	sigaction(SIGSEGV, &action, &stop.before);
	stop.closed = closed;
	stop_protect(stop.first, closed);
}

static inline void stop_end(void)
{
	stop_open();
	sigaction(SIGSEGV, &stop.before, NULL);
}

#endif
