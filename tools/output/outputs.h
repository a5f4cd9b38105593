/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outputs.h - the outputs of one report: -f FORMAT[:FILE], repeated, and --output FILE.
 *
 * Parses these options for `report`, `check` and `run`:
 *
 *	static struct outputs_given given;
 *	static const struct option_row rows[] = { ..., OUTPUTS_OPTIONS(given, "stdout"), {0} };
 *
 *	if (!outputs_take(&outputs, &given, OUTPUT_STDOUT, why, sizeof why))
 *		return arguments_refuse(&table, "%s", why);
 *	if (!outputs_open(&outputs, quiet)) {
 *		outputs_drop(&outputs);
 *		return 1;
 *	}
 *	outputs_print(&outputs, run);
 *	return outputs_end(&outputs) ? 0 : 1;
 */
#ifndef UNFLUSHED_OUTPUT_OUTPUTS_H
#define UNFLUSHED_OUTPUT_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/model.h"
#include "options/options.h"
#include "output/formats.h"
#include "output/output.h"
#include "render/render.h"

/* The values of the options. */
struct outputs_given {
	struct option_list formats; /* "json", "json:u.json"; none: text */
	const char *file;	    /* of --output; NULL */
	const char *source_root;    /* NULL */
	bool verbose, plain;	    /* of the text */
	bool list_bad, nul;	    /* of OUTPUTS_LISTING */
};

/* Aligned by hand. */
/* clang-format off */
/* Rows for a command's option table; `place` is where a format without a file is printed. */
#define OUTPUTS_OPTIONS(came, place)                                                            \
	{ "format", 'f', OPTION_LIST, "FORMAT[:FILE]",                                          \
	  "how to print the report (text), and into which file (not\n"                          \
	  "to " place "; - is stdout); may be repeated",                                        \
	  .into = &(came).formats, .choices = FORMATS_CHOICES },                                \
	{ "output", 'o', OPTION_STRING, "FILE", "the file of a single format",                  \
	  .into = &(came).file, .once = true },                                                 \
	{ "source-root", 0, OPTION_STRING, "DIR",                                               \
	  "give the paths of sources in DIR relative to it, where a\n"                          \
	  "format wants that ($GITHUB_WORKSPACE, $CI_PROJECT_DIR, or\n"                         \
	  "the current folder)", .into = &(came).source_root },                              \
	{ "verbose", 'v', OPTION_FLAG, NULL, "in a text all that is known, process by process", \
	  .into = &(came).verbose },                                                            \
	{ "plain", 0, OPTION_FLAG, NULL, "in a text no drawing, and ASCII alone",               \
	  .into = &(came).plain }
/* More rows, for commands that take paths of traces. */
#define OUTPUTS_LISTING(came)                                                                   \
	{ "list-bad", 0, OPTION_FLAG, NULL,                                                     \
	  "print the traces of the processes that are not clean, one a\n"                       \
	  "line, and nothing else to stdout", .into = &(came).list_bad },                       \
	{ "null", '0', OPTION_FLAG, NULL,                                                       \
	  "end each with a zero byte instead (xargs -0)", .into = &(came).nul }
/* clang-format on */

struct outputs_one {
	const char *given; /* as it was given */
	render_function *render;
	const char *path; /* NULL: no file was given */
	struct output output;
	bool written; /* the file was written completely */
};

struct outputs {
	struct outputs_one *items;
	size_t count;
	enum output_place otherwise; /* for outputs without a path */
	char *source_root;	     /* absolute; NULL: not known */
	enum verdict fails_from;     /* of --fail-on, set by the command; else 0 */
	bool verbose, plain;	     /* of the text */
	bool list_bad, nul;	     /* paths to stdout */
	bool failed;		     /* something was not written, which has been reported */
};

#define OUTPUTS_WHY_BYTES 4096

/* Adds an output to those of -f; if there is no -f, the text is still printed, too. */
void outputs_add(struct outputs_given *given, const char *format, const char *file);

/* False, with a sentence in `why`: there is no such format, two outputs have the same place,
 * there is more than one file, or a binary format would go to a terminal. */
bool outputs_take(struct outputs *outputs, const struct outputs_given *given,
		  enum output_place otherwise, char *why, size_t why_bytes);

/* Whether the files can be written. Leaves no file. False: the error has been reported. */
bool outputs_try(const struct outputs *outputs);

/* `quiet`: formats without a file are not printed. False: at least one cannot be opened, which
 * has been reported; the others may be printed, or dropped. */
bool outputs_open(struct outputs *outputs, bool quiet);
/* Closes the outputs that were opened, and leaves no file. */
void outputs_drop(struct outputs *outputs);

/* Prints the run to each output, files first, so that a reader of stdout that closes the pipe
 * (SIGPIPE) does not prevent them. Each file gets its name before the next output begins. */
void outputs_print(struct outputs *outputs, struct run *run);

/* The options for rendering a report to `out`. */
struct render_options outputs_look(const struct outputs *outputs, FILE *out);

/* Whether one of them is printed on standard error. */
bool outputs_on_stderr(const struct outputs *outputs);

/* Whether one of them is the text on standard output or standard error. */
bool outputs_shows_text(const struct outputs *outputs);

/* Prints only the first lines of the text report on standard error (whether messages were
 * lost, how many, where and why, and what to change), and the files that have been written. To
 * be called after outputs_print(). */
void outputs_answer(const struct outputs *outputs, struct run *run);

/* False: some output was not written, at any time. */
bool outputs_end(struct outputs *outputs);

#endif
