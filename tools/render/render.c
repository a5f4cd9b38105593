/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render.c - finds a renderer by its name.
 */
#include "render/render.h"

#include <string.h>

render_function *render_by_name(const char *name)
{
	static const struct {
		const char *name;
		render_function *render;
	} renderers[] = {
#define RENDERER_ROW(name) {#name, render_##name},
		RENDERERS(RENDERER_ROW)
#undef RENDERER_ROW
	};

	for (size_t i = 0; i < sizeof renderers / sizeof *renderers; i++)
		if (!strcmp(renderers[i].name, name))
			return renderers[i].render;
	return NULL;
}
