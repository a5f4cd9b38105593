/* SPDX-License-Identifier: Apache-2.0 */
/*
 * formats.c - see formats.h.
 */
#include "output/formats.h"

#include <string.h>

/* clang-format off */
const char formats_names[] =
#define FORMAT(name) "|" #name
#include "render/formats.def"
#undef FORMAT
	;

static const struct {
	const char *name;
	render_function *render;
	bool bytes;
} formats[] = {
#define FORMAT(name) {#name, render_##name, false},
#define FORMAT_BYTES(name) {#name, render_##name, true},
#include "render/formats.def"
#undef FORMAT
};
/* clang-format on */

render_function *formats_find(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strlen(formats[i].name) == length &&
		    !strncmp(formats[i].name, name, length))
			return formats[i].render;
	return NULL;
}

bool formats_are_bytes(render_function *render)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (formats[i].render == render)
			return formats[i].bytes;
	return false;
}
