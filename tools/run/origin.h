/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin.h - is a file in the directory of traces one of this run's?
 *
 * Others may write there, too: another run, a sticky directory such as /tmp, somebody who
 * wants a guard to call clean what is not. A trace is this run's if it carries the run's
 * number, which only its processes were told, and belongs to who runs it. A run of root's may
 * become anybody; there the number alone tells.
 */
#ifndef UNFLUSHED_RUN_ORIGIN_H
#define UNFLUSHED_RUN_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>

#define RUN_NUMBER_DIGITS 32

/* Makes a number, as UNFLUSHED_RUN has it. False: the system has no chance left. */
bool origin_number_make(char number[RUN_NUMBER_DIGITS + 1]);

/*
 * NULL: it is a trace of the run of this number; else why it is not, in words that follow
 * "is not of this run: " (in `why`, or for ever). `told`: a process of the run says that it has
 * made a trace of this name; then one that is too damaged to carry a number is its own.
 */
const char *origin_strange(const char *path, const char *number, bool told, char *why,
			   size_t why_bytes);

/*
 * Whether somebody else could put files there, or take some away: why, as a sentence without
 * its end; NULL: nobody can. Root always can; the group that is the user's own is nobody else.
 * `of_the_system`: so may who owns the root directory, which is root under another number in a
 * user namespace that root is not mapped into (as /tmp is there); but then all who are not have
 * that number.
 */
const char *origin_open_to_others(const char *directory, bool of_the_system, char *why,
				  size_t why_bytes);

#endif
