/* SPDX-License-Identifier: Apache-2.0 */
/*
 * debug_files.c - see debug_files.h.
 *
 * libdw searches the program's folder, .debug in it, and below /usr/lib/debug a folder of that
 * name or of its end. The name in .gnu_debuglink may be a path itself. (The .dwo files that a
 * unit names are opened only by functions that are not called here.)
 */
#include "build/debug_files.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file/regular.h"

#define DEBUG_ROOT "/usr/lib/debug"

static bool is_safe(const char *words, ...) __attribute__((format(printf, 1, 2)));

/* No file has a name that is too long. */
static bool is_safe(const char *words, ...)
{
	char path[2 * PATH_MAX];
	va_list list;

	va_start(list, words);
	int length = vsnprintf(path, sizeof path, words, list);
	va_end(list);
	return length >= 0 && (size_t)length < sizeof path && regular_or_absent(path);
}

/* `file` with its folder, `link` what it calls its debug file. */
static bool link_is_safe(const char *file, const char *link)
{
	const char *slash = strrchr(file, '/');
	int folder = slash ? (int)(slash - file) : 0;

	if (!is_safe("%s", link) || !is_safe("%.*s/%s", folder, file, link) ||
	    !is_safe("%.*s/.debug/%s", folder, file, link))
		return false;
	for (int i = 0; i < folder; i++)
		if (file[i] == '/' &&
		    !is_safe(DEBUG_ROOT "%.*s/%s", folder - i, file + i, link))
			return false;
	return is_safe(DEBUG_ROOT "/%s", link);
}

static bool links_are_safe(const char *file, const char *link)
{
	char real[PATH_MAX], usual[PATH_MAX + 8];
	const char *slash = file ? strrchr(file, '/') : NULL;

	if (!file)
		return true;
	if (!link)
		snprintf(usual, sizeof usual, "%s.debug", slash ? slash + 1 : file);
	return link_is_safe(file, link ? link : usual) &&
	       (!realpath(file, real) || link_is_safe(real, link ? link : usual));
}

int debug_files_find(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
		     const char *file, const char *link, GElf_Word crc, char **found)
{
	static char unsafe;

	if (links_are_safe(file, link))
		return dwfl_standard_find_debuginfo(module, userdata, name, base, file, link,
						    crc, found);
	*userdata = &unsafe;
	return -1;
}

bool debug_files_are_safe(Dwfl_Module *module)
{
	void **userdata = NULL;
	Dwarf_Addr bias;

	dwfl_module_getdwarf(module, &bias); /* finds the files */
	dwfl_module_info(module, &userdata, NULL, NULL, NULL, NULL, NULL, NULL);
	return userdata && !*userdata;
}
