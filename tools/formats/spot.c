/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spot.c - see spot.h.
 */
#include "formats/spot.h"

#include <string.h>

#include "formats/program.h"
#include "formats/source_path.h"
#include "model/words.h"

const struct frame *spot_frame(const struct process *process, const struct finding *finding)
{
	const struct producer *producer =
		finding->producer != UNKNOWN ? &process->producers[finding->producer] : NULL;

	if (finding->site && words_place_frame(finding->site))
		return words_place_frame(finding->site);
	return producer && producer->site_count ? words_place_frame(&producer->sites[0]) : NULL;
}

static struct spot spot_of_frame(struct run *run, const struct render_options *options,
				 const struct frame *frame)
{
	if (!frame->file || !frame->line)
		return (struct spot){.words = words_frame(run, frame)};
	const char *below = source_path_below(run, options, frame->file);
	const char *file = below ? below : frame->file;

	return (struct spot){
		.file = file,
		.line = frame->line,
		.below = below != NULL,
		.words = model_format(run, "%s%s%s:%d", frame->function ? frame->function : "",
				      frame->function ? " at " : "", file, frame->line),
	};
}

struct spot spot_of(struct run *run, const struct render_options *options,
		    const struct process *process, const struct finding *finding)
{
	const struct frame *frame = spot_frame(process, finding);

	if (frame)
		return spot_of_frame(run, options, frame);
	if (finding->socket == UNKNOWN)
		return (struct spot){.words = process->program};
	const struct socket *socket = &process->sockets[finding->socket];
	const char *peer = socket->broker ? socket->broker : socket->peer;

	return (struct spot){.words = model_format(run, "the connection of %s to %s",
						   process->program, peer ? peer : "?")};
}

const char *spot_sentence(struct run *run, const struct finding *finding)
{
	const char *end = strstr(finding->text, ". ");
	size_t length = end ? (size_t)(end - finding->text) : strlen(finding->text);

	if (!end && length && finding->text[length - 1] == '.')
		length--;
	return model_format(run, "%.*s", (int)length, finding->text);
}
