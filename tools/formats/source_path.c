/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source_path.c - see source_path.h.
 */
#include "formats/source_path.h"

#include <string.h>

/* Removes the last component of the path so far; false: there is none to remove. */
static bool step_back(const char *kept, size_t *length, size_t least)
{
	size_t at = *length;

	if (at <= least)
		return false;
	while (at > least && kept[at - 1] != '/')
		at--;
	if (*length - at == 2 && !strncmp(kept + at, "..", 2))
		return false;
	*length = at > least ? at - 1 : least;
	return true;
}

/* The path without "//", "/./" and "name/../"; "/.." is "/". */
static const char *straight(struct run *run, const char *path)
{
	char *kept = model_alloc(run, strlen(path) + 2);
	size_t least = path[0] == '/', length = least;

	if (least)
		kept[0] = '/';
	while (*path) {
		size_t step = strcspn(path, "/");
		bool back = step == 2 && !strncmp(path, "..", 2);
		bool nothing = step == 0 || (step == 1 && *path == '.') ||
			       (back && (step_back(kept, &length, least) || least));

		if (!nothing) {
			if (length > least)
				kept[length++] = '/';
			memcpy(kept + length, path, step);
			length += step;
		}
		path += step + (path[step] == '/');
	}
	kept[length] = '\0';
	return kept;
}

static bool leads_out(const char *path)
{
	return !strncmp(path, "..", 2) && (path[2] == '/' || !path[2]);
}

const char *source_path_below(struct run *run, const struct render_options *options,
			      const char *file)
{
	const char *path = straight(run, file), *root;
	size_t length;

	if (path[0] != '/')
		return *path && !leads_out(path) ? path : NULL;
	if (!options->source_root || options->source_root[0] != '/')
		return NULL;
	root = straight(run, options->source_root);
	length = strlen(root);
	if (length == 1)
		return path[1] ? path + 1 : NULL;
	if (strncmp(path, root, length) != 0 || path[length] != '/')
		return NULL;
	return path + length + 1;
}

const char *source_path(struct run *run, const struct render_options *options, const char *file)
{
	const char *below = source_path_below(run, options, file);

	return below ? below : file;
}
