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
#define TRACE_FRAMES 8	     /* of a row */
#define TRACE_FRAMES_MOST 32 /* of a stack */

enum trace_site_state {
	SITE_STACK = 1, /* a stack, from its innermost frame on */
	SITE_REST = 2,	/* what lies further out, of one or of several: no call's own */
};

/*
 * Return addresses, or lines; innermost first. Where a stack has more frames than a row, the
 * next ones outwards stand in the row `rest`, and so on; a reader follows that as often as
 * TRACE_FRAMES_MOST frames take. The guest may have left an outer part out.
 */
struct trace_site {
	uint32_t state;	   /* enum trace_site_state */
	uint32_t language; /* enum trace_language */
	uint32_t depth;	   /* frames used, of this row */
	uint32_t rest;	   /* row plus 1, of a SITE_REST; 0 none */
	uint64_t hash;	   /* SITE_STACK: what the guest knows it again by */
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
