/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format_site.h - the lines of code that produce.
 *
 * A part of format.h, which says what holds for all of it: include that.
 */
#ifndef UNFLUSHED_FORMAT_SITE_H
#define UNFLUSHED_FORMAT_SITE_H

#include "format/format_word.h"

enum trace_language {
	LANGUAGE_C = 1,
	LANGUAGE_PYTHON = 2,
	LANGUAGE_JAVA = 3,
};

struct trace_frame {
	uint64_t offset; /* from the module's load bias: a file's own address */
	uint32_t module; /* row of SECTION_MODULE plus 1; 0 unknown */
	uint32_t line;	 /* interpreted languages only */
	trace_string function;
	trace_string file;
};
#define TRACE_FRAMES 8

struct trace_site {
	uint32_t state;
	uint32_t language; /* enum trace_language */
	uint32_t depth;	   /* frames used; return addresses, innermost first */
	uint32_t spare;
	uint64_t hash;
	struct trace_frame frames[TRACE_FRAMES];
};

struct trace_module {
	uint32_t state;
	trace_string path;
	uint64_t base; /* load bias */
	uint64_t end;
	uint32_t build_id_bytes;
	uint8_t build_id[20];
};

TRACE_SIZE_IS(trace_frame, 24);
TRACE_SIZE_IS(trace_site, 216);
TRACE_SIZE_IS(trace_module, 48);

#endif
