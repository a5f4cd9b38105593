/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assets.h - the files that are embedded in every HTML report: html.cmake
 * writes assets.c from them.
 */
#ifndef UNFLUSHED_HTML_ASSETS_H
#define UNFLUSHED_HTML_ASSETS_H

#include <stddef.h>

struct html_asset {
	const unsigned char *bytes;
	size_t size;
	const char *hash; /* in the form of a Content-Security-Policy */
};

extern const struct html_asset html_page, html_style, html_script;

/* uPlot, the library that draws the charts. */
struct html_charts {
	const char *version;
	struct html_asset script, style, licence;
};

/* NULL: built without uPlot. */
extern const struct html_charts *const html_charts_built;

#endif
