/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outputs.c - see outputs.h.
 */
#include "output/outputs.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "choose/listing.h"
#include "memory/memory.h"
#include "output/step_summary.h"
#include "render/page.h"
#include "render/render_text.h"
#include "render/terminal.h"
#include "say/say.h"

/* Gets the reason why an option is refused. */
struct refusal {
	char *why;
	size_t why_bytes;
};

static bool refuse(const struct refusal *refusal, const char *words, ...)
	__attribute__((format(printf, 2, 3)));

static bool refuse(const struct refusal *refusal, const char *words, ...)
{
	va_list list;

	va_start(list, words);
	vsnprintf(refusal->why, refusal->why_bytes, words, list);
	va_end(list);
	return false;
}

/* ---- which place an output names ---- */

static const char *const stream_names[] = {"standard input", "standard output",
					   "standard error"};

/* The descriptor to which it is printed; -1: it is a file. */
static int stream_of(const struct outputs *outputs, const struct outputs_one *one)
{
	if (!one->path)
		return outputs->otherwise == OUTPUT_STDERR ? STDERR_FILENO : STDOUT_FILENO;
	return output_descriptor(one->path);
}

static bool place_stat(int stream, const char *path, struct stat *now)
{
	if (stream >= 0)
		return fstat(stream, now) == 0;
	return path && stat(path, now) == 0;
}

/* Whether both are the same regular file, whatever their names are; several outputs may go to
 * /dev/null. */
static bool is_same_file(int stream_a, const char *a, int stream_b, const char *b)
{
	struct stat of_a, of_b;

	if (!place_stat(stream_a, a, &of_a) || !place_stat(stream_b, b, &of_b))
		return false;
	return S_ISREG(of_a.st_mode) && of_a.st_dev == of_b.st_dev &&
	       of_a.st_ino == of_b.st_ino;
}

/* What follows the last slash. */
static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* NULL: there is no such folder. */
static char *folder_of(const char *path)
{
	size_t length = (size_t)(name_of(path) - path);
	char *copy = memory_text(length ? path : "."), *folder;

	if (length)
		copy[length] = '\0';
	folder = realpath(copy, NULL);
	free(copy);
	return folder;
}

/* For files that do not exist yet. */
static bool is_same_name(const char *a, const char *b)
{
	char *folder_a = folder_of(a), *folder_b = folder_of(b);
	bool same = folder_a && folder_b && !strcmp(folder_a, folder_b) &&
		    !strcmp(name_of(a), name_of(b));

	free(folder_a);
	free(folder_b);
	return same;
}

static bool is_null_device(const char *path)
{
	struct stat now;

	return stat(path, &now) == 0 && S_ISCHR(now.st_mode) && now.st_rdev == makedev(1, 3);
}

static bool is_same_place(const struct outputs *outputs, const struct outputs_one *a,
			  const struct outputs_one *b)
{
	int stream_a = stream_of(outputs, a), stream_b = stream_of(outputs, b);

	if (stream_a >= 0 && stream_b >= 0)
		return stream_a == stream_b || is_same_file(stream_a, NULL, stream_b, NULL);
	if (stream_a < 0 && stream_b < 0) {
		if (is_null_device(a->path))
			return false;
		if (!strcmp(a->path, b->path) || is_same_name(a->path, b->path))
			return true;
	}
	return is_same_file(stream_a, a->path, stream_b, b->path);
}

static bool refuse_place(const struct refusal *refusal, const struct outputs *outputs,
			 const struct outputs_one *a, const struct outputs_one *b)
{
	int stream_a = stream_of(outputs, a), stream_b = stream_of(outputs, b);

	if (!strcmp(a->given, b->given))
		return refuse(refusal, "--format %s is given twice", a->given);
	if (stream_a == stream_b && stream_a > 0 && stream_a <= STDERR_FILENO)
		return refuse(refusal,
			      "--format %s and --format %s would both go to %s: name a file "
			      "for one of them, as FORMAT:FILE",
			      a->given, b->given, stream_names[stream_a]);
	return refuse(refusal, "--format %s and --format %s would write the same file",
		      a->given, b->given);
}

static bool places_check(const struct refusal *refusal, const struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++)
		for (size_t j = 0; j < i; j++)
			if (is_same_place(outputs, &outputs->items[j], &outputs->items[i]))
				return refuse_place(refusal, outputs, &outputs->items[j],
						    &outputs->items[i]);
	return true;
}

/* ---- whether an output may go there ---- */

/* Refuses binary formats on a terminal, and together with other text. */
static bool bytes_check(const struct refusal *refusal, const struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++) {
		const struct outputs_one *one = &outputs->items[i];
		int stream = stream_of(outputs, one);

		if (stream < 0 || !formats_are_bytes(one->render))
			continue;
		if (stream == STDERR_FILENO || isatty(stream))
			return refuse(refusal,
				      "--format %s prints bytes, which are not for %s: name a "
				      "file, as FORMAT:FILE",
				      one->given,
				      stream == STDERR_FILENO ? "standard error"
							      : "a terminal");
	}
	return true;
}

/* ---- the options ---- */

static bool take_one(const struct refusal *refusal, struct outputs_one *one, const char *given)
{
	size_t length = strcspn(given, ":");

	*one = (struct outputs_one){.given = given, .render = formats_find(given, length)};
	if (!one->render)
		return refuse(refusal, "--format must be one of %s, not '%.*s'",
			      FORMATS_CHOICES, (int)length, given);
	if (!given[length])
		return true;
	one->path = given + length + 1;
	if (!*one->path)
		return refuse(refusal, "--format %s names no file behind its colon", given);
	return true;
}

static bool take_file(const struct refusal *refusal, struct outputs *outputs, const char *file)
{
	struct outputs_one *one = &outputs->items[0];

	if (!file)
		return true;
	if (outputs->count == 0)
		return refuse(refusal, "--output %s is of a --format, and --list-bad is none",
			      file);
	if (outputs->count > 1)
		return refuse(refusal,
			      "--output %s is for a single format, and there are %zu: name "
			      "their files as FORMAT:FILE",
			      file, outputs->count);
	if (one->path)
		return refuse(refusal, "--format %s and --output %s both name a file",
			      one->given, file);
	one->path = file;
	return true;
}

/* Refuses the list of paths and a report in the same stream. */
static bool listing_check(const struct refusal *refusal, const struct outputs *outputs)
{
	if (!outputs->list_bad)
		return !outputs->nul || refuse(refusal, "--null is of --list-bad");
	for (size_t i = 0; i < outputs->count; i++)
		if (stream_of(outputs, &outputs->items[i]) == STDOUT_FILENO)
			return refuse(refusal,
				      "--list-bad and --format %s would both go to standard "
				      "output: name a file, as FORMAT:FILE",
				      outputs->items[i].given);
	return true;
}

/* The root of the sources, from a CI service's variable if that is set. An absolute path is
 * not changed: it may be a path on another machine. */
static char *source_root_of(const char *given)
{
	static const char *const variables[] = {"GITHUB_WORKSPACE", "CI_PROJECT_DIR"};
	char *here, *root;

	for (size_t i = 0; !given && i < sizeof variables / sizeof *variables; i++)
		given = getenv(variables[i]);
	if (given && *given == '/')
		return memory_text(given);
	here = getcwd(NULL, 0);
	if (!given || !*given || !here)
		return here;
	root = memory_take(strlen(here) + strlen(given) + 2);
	sprintf(root, "%s/%s", here, given);
	free(here);
	return root;
}

static void given_add(struct option_list *list, const char *words)
{
	list->items = memory_grown(list->items, list->count + 1, sizeof *list->items);
	list->items[list->count++] = words;
}

void outputs_add(struct outputs_given *given, const char *format, const char *file)
{
	size_t bytes = strlen(format) + strlen(file) + 2;
	char *words = memory_take(bytes); /* not freed: argv lives as long as the program */

	snprintf(words, bytes, "%s:%s", format, file);
	if (given->formats.count == 0 && !given->list_bad)
		given_add(&given->formats, "text");
	given_add(&given->formats, words);
}

bool outputs_take(struct outputs *outputs, const struct outputs_given *given,
		  enum output_place otherwise, char *why, size_t why_bytes)
{
	static const char *text = "text";
	const struct option_list one = {.items = &text, .count = 1};
	const struct option_list *list =
		given->formats.count || given->list_bad ? &given->formats : &one;
	const struct refusal refusal = {why, why_bytes};

	*outputs = (struct outputs){
		.items = memory_zeroed(list->count + 1, sizeof *outputs->items),
		.count = list->count,
		.otherwise = otherwise,
		.source_root = source_root_of(given->source_root),
		.verbose = given->verbose,
		.plain = given->plain,
		.list_bad = given->list_bad,
		.nul = given->nul,
	};
	for (size_t i = 0; i < list->count; i++)
		if (!take_one(&refusal, &outputs->items[i], list->items[i]))
			return false;
	return take_file(&refusal, outputs, given->file) && places_check(&refusal, outputs) &&
	       listing_check(&refusal, outputs) && bytes_check(&refusal, outputs);
}

/* ---- printing ---- */

bool outputs_try(const struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++)
		if (outputs->items[i].path && !output_try(outputs->items[i].path))
			return false;
	return true;
}

bool outputs_open(struct outputs *outputs, bool quiet)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct outputs_one *one = &outputs->items[i];

		if (!output_open(&one->output, one->path,
				 quiet ? OUTPUT_NOWHERE : outputs->otherwise))
			outputs->failed = true;
	}
	return !outputs->failed;
}

void outputs_drop(struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++)
		output_drop(&outputs->items[i].output);
}

bool outputs_on_stderr(const struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++)
		if (stream_of(outputs, &outputs->items[i]) == STDERR_FILENO)
			return true;
	return false;
}

struct render_options outputs_look(const struct outputs *outputs, FILE *out)
{
	return (struct render_options){
		.colour = terminal_colour(out),
		.columns = terminal_columns(out),
		.verbose = outputs->verbose,
		.plain = outputs->plain,
		.fails_from = outputs->fails_from,
		.source_root = outputs->source_root,
	};
}

bool outputs_shows_text(const struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++)
		if (stream_of(outputs, &outputs->items[i]) >= 0 &&
		    outputs->items[i].render == render_text)
			return true;
	return false;
}

void outputs_answer(const struct outputs *outputs, struct run *run)
{
	struct output output;

	output_open(&output, NULL, OUTPUT_STDERR);
	const struct render_options look = outputs_look(outputs, output.file);
	const struct page page = page_make(&look, output.file);

	text_answer(&page, run);
	for (size_t i = 0; i < outputs->count; i++)
		if (outputs->items[i].written)
			fprintf(output.file, "  wrote  %s\n",
				model_text(run, outputs->items[i].path,
					   strlen(outputs->items[i].path)));
	output_end(&output, "the report");
}

static void end_one(struct outputs *outputs, struct outputs_one *one)
{
	bool is_whole = one->output.file && one->output.is_whole;

	if (!output_end(&one->output, "the report"))
		outputs->failed = true;
	else if (is_whole)
		one->written = true;
}

static void print_one(struct outputs *outputs, struct outputs_one *one, struct run *run)
{
	FILE *out = one->output.file;

	if (!out)
		return;
	struct render_options options = outputs_look(outputs, out);

	options.why = &one->output.why;
	one->render(run, &options, out);
	end_one(outputs, one);
	if (one->render == render_github && !step_summary_append(run, &options))
		outputs->failed = true;
}

static void print_listing(struct outputs *outputs, const struct run *run)
{
	struct output output;

	output_open(&output, NULL, OUTPUT_STDOUT);
	size_t escaped = listing_print(run, outputs->nul, output.file);

	if (!output_end(&output, "the paths"))
		outputs->failed = true;
	if (escaped)
		say("%zu of these paths hold%s what a line cannot: take -0", escaped,
		    escaped == 1 ? "s" : "");
}

void outputs_print(struct outputs *outputs, struct run *run)
{
	for (int streams = 0; streams <= 1; streams++)
		for (size_t i = 0; i < outputs->count; i++)
			if ((stream_of(outputs, &outputs->items[i]) >= 0) == streams)
				print_one(outputs, &outputs->items[i], run);
	if (outputs->list_bad)
		print_listing(outputs, run);
}

bool outputs_end(struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++)
		end_one(outputs, &outputs->items[i]);
	free(outputs->items);
	free(outputs->source_root);
	outputs->source_root = NULL;
	outputs->items = NULL;
	outputs->count = 0;
	return !outputs->failed;
}
