/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin.c - see origin.h.
 */
#include "model/origin.h"

#include <fnmatch.h>
#include <string.h>

enum fits { PATH_HAS, PATH_BEGINS, MODULE_BEGINS, MODULE_IS, FUNCTION, SCRIPT };

static const struct row {
	enum fits fits;
	const char *text;
	enum origin origin;
} rows[] = {
#define PATH_HAS(text, whose) {PATH_HAS, text, ORIGIN_##whose},
#define PATH_BEGINS(text, whose) {PATH_BEGINS, text, ORIGIN_##whose},
#define MODULE_BEGINS(text, whose) {MODULE_BEGINS, text, ORIGIN_##whose},
#define MODULE_IS(text, whose) {MODULE_IS, text, ORIGIN_##whose},
#define FUNCTION(text, whose) {FUNCTION, text, ORIGIN_##whose},
#define SCRIPT(text, whose) {SCRIPT, text, ORIGIN_##whose},
#include "model/origin.def"
#undef PATH_HAS
#undef PATH_BEGINS
#undef MODULE_BEGINS
#undef MODULE_IS
#undef FUNCTION
#undef SCRIPT
};

static bool begins(const char *text, const char *with)
{
	return text && !strncmp(text, with, strlen(with));
}

static bool has(const char *text, const char *part)
{
	return text && strstr(text, part) != NULL;
}

static const char *module_name(const struct frame *frame)
{
	const char *slash = frame->module ? strrchr(frame->module, '/') : NULL;

	return slash ? slash + 1 : frame->module;
}

/* Whether the name is the program's, without its version: python3.11 is python. */
static bool is_but_for_version(const char *name, const char *program)
{
	return begins(name, program) &&
	       name[strlen(program) + strspn(name + strlen(program), "0123456789.")] == '\0';
}

/* The few lines that pip generates for a package's command: they only call its main(). */
static bool is_script(const struct frame *frame, const char *folder)
{
	const char *in = has(frame->file, folder) ? strrchr(frame->file, '/') : NULL;

	return in && !strchr(in, '.') && frame->function &&
	       !strcmp(frame->function, "<module>");
}

static bool row_fits(const struct row *row, const struct frame *frame)
{
	switch (row->fits) {
	case PATH_HAS:
		return has(frame->file, row->text) || has(frame->module, row->text);
	case PATH_BEGINS:
		return begins(frame->file, row->text) || begins(frame->module, row->text);
	case MODULE_BEGINS:
		return begins(module_name(frame), row->text);
	case MODULE_IS:
		return is_but_for_version(module_name(frame), row->text);
	case FUNCTION:
		return begins(frame->function, row->text);
	case SCRIPT:
		return is_script(frame, row->text);
	}
	return false;
}

static bool pattern_fits(const char *pattern, const char *text)
{
	return text && *pattern &&
	       (strstr(text, pattern) ||
		(strchr(pattern, '*') && !fnmatch(pattern, text, FNM_NOESCAPE)));
}

static bool patterns_fit(const struct not_mine *patterns, const struct frame *frame)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (pattern_fits(patterns->items[i], frame->function) ||
		    pattern_fits(patterns->items[i], frame->file) ||
		    pattern_fits(patterns->items[i], frame->module))
			return true;
	return false;
}

static enum origin origin_of_row(const struct frame *frame)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (row_fits(&rows[i], frame))
			return rows[i].origin;
	/* Code without function, file and module, such as a JIT compiler's: it has no name. */
	return frame->function || frame->file || frame->module ? ORIGIN_USER : ORIGIN_RUNTIME;
}

enum origin origin_of(const struct frame *frame, const struct not_mine *patterns)
{
	enum origin origin = origin_of_row(frame);

	return origin < ORIGIN_FRAMEWORK && patterns_fit(patterns, frame) ? ORIGIN_FRAMEWORK
									  : origin;
}

/*
 * Marks C code that Go called. The C functions of a client have no package in
 * their names, and in a stripped program they have no names at all. Frames of
 * Go's runtime between such a frame and its Go caller have been marked already:
 * the first Go function behind them is the caller.
 */
static void c_of_go_mark(struct call_site *site, size_t call)
{
	size_t caller = call + 1;

	while (caller < site->depth && site->frames[caller].origin == ORIGIN_RUNTIME)
		caller++;
	bool by_client = caller < site->depth && site->frames[caller].origin == ORIGIN_CLIENT;

	/* Only up to the next call of C by Go: C may have called back into Go. */
	for (size_t i = call; i-- > 0 && !begins(site->frames[i].function, "runtime.");) {
		struct frame *frame = &site->frames[i];

		if (by_client)
			frame->origin = ORIGIN_CLIENT;
		else if (!frame->function && !frame->file)
			frame->origin = ORIGIN_RUNTIME;
	}
}

/* Sets the site's place: the innermost of the frames whose origin is nearest to the user. */
static void site_mark(struct call_site *site, const struct not_mine *patterns)
{
	for (size_t i = 0; i < site->depth; i++)
		site->frames[i].origin = origin_of(&site->frames[i], patterns);
	for (size_t i = 0; i < site->depth; i++)
		if (begins(site->frames[i].function, "runtime.asmcgocall"))
			c_of_go_mark(site, i);
	site->place = 0;
	for (size_t i = 0; i < site->depth; i++)
		if (site->frames[i].origin < site->frames[site->place].origin)
			site->place = i;
}

static void producer_mark(struct producer *producer, const struct not_mine *patterns)
{
	for (size_t i = 0; i < producer->site_count; i++)
		site_mark(&producer->sites[i], patterns);
	if (producer->made)
		site_mark(producer->made, patterns);
}

void origin_mark(struct run *run)
{
	for (size_t i = 0; i < run->process_count; i++) {
		struct process *process = &run->processes[i];

		for (size_t j = 0; j < process->producer_count; j++)
			producer_mark(&process->producers[j], &run->not_mine);
	}
}

const char *origin_name(enum origin origin)
{
	static const char *const names[] = {
		[ORIGIN_USER] = "user",		  [ORIGIN_LIBRARY] = "library",
		[ORIGIN_FRAMEWORK] = "framework", [ORIGIN_RUNTIME] = "runtime",
		[ORIGIN_CLIENT] = "client",
	};
	return names[origin];
}
