/* SPDX-License-Identifier: Apache-2.0 */
/*
 * again.h - starts the program again (execve) with another environment, before any of the
 * program's code has run.
 */
#ifndef UNFLUSHED_AUDIT_AGAIN_H
#define UNFLUSHED_AUDIT_AGAIN_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>

/* What the kernel has given the process, at the upper end of its stack: arguments, environment
 * and auxiliary vector. */
struct given {
	char **argv;
	char **envp;
	const char *file; /* AT_EXECFN; NULL not known */
	bool by_loader;	  /* ld.so was run as a program, with this one as its argument */
};

/* Fills *given. `loader` is ld.so's own object. False: it has no __libc_stack_end, which says
 * where the stack ends. */
bool given_find(struct given *given, const struct link_map *loader);

/* The entry of the environment that begins with `begin`, "NAME="; NULL: there is none. */
char **given_entry(const struct given *given, const char *begin);

/* Whether the program is the file that execve() was given. False: that was a script, and the
 * program is its interpreter; or the file is not known. */
bool given_is_named(const struct given *given);

/* Starts the program again with `text` ("NAME=value") in the environment: in place of `entry`,
 * one of given->envp, or added if `entry` is NULL. Returns only if the kernel refuses. */
void again_with(const struct given *given, char **entry, char *text);

#endif
