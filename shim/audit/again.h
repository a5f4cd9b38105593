/* SPDX-License-Identifier: Apache-2.0 */
/*
 * again.h - starts the program anew with another environment, before any of its code has run.
 */
#ifndef UNFLUSHED_AUDIT_AGAIN_H
#define UNFLUSHED_AUDIT_AGAIN_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>

/* What the kernel gave the process: it lies at the upper end of the stack. */
struct given {
	char **argv;
	char **envp;
	const char *file; /* AT_EXECFN; NULL not known */
	bool by_loader;	  /* ld.so was run as a program, with this one as its argument */
};

/* `loader` is the loader's own object. False: it does not say where the stack ends. */
bool given_find(struct given *given, const struct link_map *loader);

/* The entry of the environment that begins so, "NAME="; NULL: there is none. */
char **given_entry(const struct given *given, const char *begin);

/* The program is the file that was named, not the interpreter of that script. */
bool given_is_named(const struct given *given);

/* Comes back only if the kernel refuses. `entry` may be one of envp, which `text` then
 * stands for, or NULL: it is added. */
void again_with(const struct given *given, char **entry, char *text);

#endif
