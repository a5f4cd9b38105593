/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assets.h - the files that every report in HTML holds: html.cmake writes assets.c from them.
 */
#ifndef UNFLUSHED_HTML_ASSETS_H
#define UNFLUSHED_HTML_ASSETS_H

#include <stddef.h>

struct html_asset {
	const unsigned char *bytes;
	size_t size;
	const char *hash; /* as a Content-Security-Policy names it */
};

extern const struct html_asset html_page, html_style, html_script;

/* uPlot, which draws. */
struct html_charts {
	const char *version;
	struct html_asset script, style, licence;
};

/* NULL: this was built without it. */
extern const struct html_charts *const html_charts_built;

#endif
