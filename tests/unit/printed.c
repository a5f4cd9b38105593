/* SPDX-License-Identifier: Apache-2.0 */
/*
 * printed.c - see printed.h.
 */
#include "printed.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "testing.h"
#include "trace_maker.h"

char *printed_bytes(render_function *render, struct run *run,
		    const struct render_options *options, size_t *bytes)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, bytes);

	assert_non_null(out);
	render(run, options, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

char *printed_by(render_function *render, struct run *run, const struct render_options *options)
{
	size_t bytes;

	return printed_bytes(render, run, options, &bytes);
}

static char *rest_of(FILE *file)
{
	char *text = NULL;
	size_t bytes, got;
	char chunk[4096];
	FILE *out = open_memstream(&text, &bytes);

	while ((got = fread(chunk, 1, sizeof chunk, file)) > 0)
		fwrite(chunk, 1, got, out);
	fclose(out);
	return text;
}

char *printed_read(const char *reader, const char *text)
{
	return printed_read_bytes(reader, text, strlen(text));
}

char *printed_read_bytes(const char *reader, const char *text, size_t bytes)
{
	char *path = maker_file(text, bytes), *command, *lines;

	assert_true(asprintf(&command,
			     "/usr/bin/python3 -W ignore '" PROJECT_SOURCE_DIR
			     "/tests/unit/formats/readers/%s.py' '%s' 2>&1",
			     reader, path) > 0);
	FILE *pipe = popen(command, "re");

	assert_non_null(pipe);
	lines = rest_of(pipe);
	int status = pclose(pipe);

	unlink(path);
	free(path);
	free(command);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip_because("%s", lines);
	if (status != 0)
		fail_msg("%s.py does not accept this: %s\n%s", reader, lines,
			 strlen(text) == bytes ? text : "(bytes)");
	return lines;
}

static bool has_line(const char *lines, const char *line)
{
	size_t length = strlen(line);

	for (const char *at = lines; *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (strcspn(at, "\n") == length && !strncmp(at, line, length))
			return true;
	return false;
}

void printed_assert_line(const char *lines, const char *line)
{
	if (has_line(lines, line))
		return;
	/* cmocka cuts a long message off. */
	fputs(lines, stderr);
	fail_msg("there is no line '%s'", line);
}

void printed_assert_no_line(const char *lines, const char *line)
{
	if (has_line(lines, line))
		fail_msg("'%s' is a line of:\n%s", line, lines);
}
