/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin.h - whether a file in the directory of traces is a trace of this run.
 *
 * Others may write there, too: another run, other users if it is a directory
 * like /tmp, or an attacker who wants `check` to call a run clean that is not.
 * A trace is this run's if it has the run's number, which only its processes
 * know, and belongs to the user who runs it. Processes of a run of root's may
 * change to any user; there only the number is checked.
 */
#ifndef UNFLUSHED_RUN_ORIGIN_H
#define UNFLUSHED_RUN_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>

#define RUN_NUMBER_DIGITS 32

/* Makes a random number, as UNFLUSHED_RUN has it. False: getrandom() failed. */
bool origin_number_make(char number[RUN_NUMBER_DIGITS + 1]);

/*
 * NULL: it is a trace of the run with this number; else why it is not, in words that follow
 * "is not of this run: " (in `why`, or a constant). `told`: a process of the run noted in the
 * mark file that it made a trace of this name; then a trace that is too damaged to have a
 * number counts as this run's.
 */
const char *origin_strange(const char *path, const char *number, bool told, char *why,
			   size_t why_bytes);

/*
 * Whether another user could add files there, or remove some: how, as a sentence without its
 * full stop; NULL: none can. Root always can, and does not count; a group of which the user is
 * the only member does not count, either. `of_the_system`: the owner of the root directory may,
 * too. In a user namespace into which root is not mapped, root's files (/tmp's, too) have that
 * owner; but so do the files of all other users who are not mapped.
 */
const char *origin_open_to_others(const char *directory, bool of_the_system, char *why,
				  size_t why_bytes);

#endif
