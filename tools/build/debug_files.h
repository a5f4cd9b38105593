/* SPDX-License-Identifier: Apache-2.0 */
/*
 * debug_files.h - the files that a program's file names for its debug information.
 *
 * libdw opens them by itself, and would wait for a FIFO. Each name that it would try is checked
 * before: if it is not a regular file, the program counts as without debug information.
 */
#ifndef UNFLUSHED_BUILD_DEBUG_FILES_H
#define UNFLUSHED_BUILD_DEBUG_FILES_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>

/* A find_debuginfo callback. */
int debug_files_find(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
		     const char *file, const char *link, GElf_Word crc, char **found);

/* False: no function of libdw that reads DWARF may be called, since it could open such a name.
 */
bool debug_files_are_safe(Dwfl_Module *module);

#endif
