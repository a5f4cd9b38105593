/* SPDX-License-Identifier: Apache-2.0 */
/*
 * framework.c - see framework.h.
 */
#include "model/framework.h"

#include <string.h>

static const struct framework frameworks[] = {
#define FRAME(text)                                                                            \
	{                                                                                      \
		MARK_FRAME, text                                                               \
	}
#define COMMAND(text)                                                                          \
	{                                                                                      \
		MARK_COMMAND, text                                                             \
	}
#define FRAMEWORK(name, change, how, ...) {name, change, how, {__VA_ARGS__}},
#include "model/frameworks.def"
#undef FRAMEWORK
#undef COMMAND
#undef FRAME
};
#define FRAMEWORKS (sizeof frameworks / sizeof *frameworks)

/* A package's name is the beginning of the function's name; a file's path contains its
 * folders. */
static bool frame_has(const struct frame *frame, const char *text)
{
	return (frame->function && !strncmp(frame->function, text, strlen(text))) ||
	       (frame->file && strchr(text, '/') && strstr(frame->file, text));
}

static bool stacks_have(const struct producer *producer, const char *text)
{
	for (size_t i = 0; i < producer->site_count; i++)
		for (size_t j = 0; j < producer->sites[i].depth; j++)
			if (frame_has(&producer->sites[i].frames[j], text))
				return true;
	return false;
}

/* The program, or what its interpreter runs: python3 -m NAME, python3 /bin/NAME. */
#define COMMAND_WORDS 3

static bool command_is(const struct process *process, const char *name)
{
	for (size_t i = 0; i < process->argc && i < COMMAND_WORDS; i++) {
		const char *slash = strrchr(process->argv[i], '/');

		if (!strcmp(slash ? slash + 1 : process->argv[i], name))
			return true;
	}
	return false;
}

static bool mark_is_there(const struct framework_mark *mark, const struct process *process,
			  const struct producer *producer)
{
	switch (mark->kind) {
	case MARK_FRAME:
		return stacks_have(producer, mark->text);
	case MARK_COMMAND:
		return command_is(process, mark->text);
	case MARK_NONE:
		break;
	}
	return false;
}

const struct framework *framework_of(const struct process *process,
				     const struct producer *producer)
{
	for (size_t i = 0; i < FRAMEWORKS; i++)
		for (size_t j = 0; j < FRAMEWORK_MARKS; j++)
			if (mark_is_there(&frameworks[i].marks[j], process, producer))
				return &frameworks[i];
	return NULL;
}

const struct framework *framework_at(size_t number)
{
	return number < FRAMEWORKS ? &frameworks[number] : NULL;
}
