/* SPDX-License-Identifier: Apache-2.0 */
/*
 * printed.h - the output of a renderer, and how another project's reader
 * understands it.
 */
#ifndef PRINTED_H
#define PRINTED_H

#include "render/render.h"

/* What it prints of the run; free() it. */
char *printed_by(render_function *render, struct run *run,
		 const struct render_options *options);

/* The same of a format that is no text, and how many bytes. */
char *printed_bytes(render_function *render, struct run *run,
		    const struct render_options *options, size_t *bytes);

/* What tests/unit/formats/readers/`reader`.py prints when it is given a file with this text:
 * facts that it has read, a line each. Fails the test when it does not accept the text, skips
 * it when what it needs is missing (exit status 77). free() it. */
char *printed_read(const char *reader, const char *text);
char *printed_read_bytes(const char *reader, const char *text, size_t bytes);

/* Is this line one of the lines? */
void printed_assert_line(const char *lines, const char *line);
void printed_assert_no_line(const char *lines, const char *line);

#endif
