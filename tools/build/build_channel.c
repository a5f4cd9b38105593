/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_channel.c - which producers of confluent-kafka-go's have messages from
 * ProduceChannel().
 *
 * A goroutine takes the messages out of that channel: its functions are on the stack of each
 * of them. Of a producer that took none, only the program's own table of functions says
 * whether there is something that could have been put into its channel: what is never called
 * the linker leaves out, and what is inlined everywhere is named all the same.
 */
#include "build/builder.h"

#include <string.h>

#include "build/symbols.h"
#include "model/number.h"

/* Its import path depends on the version, and on who has made a copy of it. */
static bool frame_is(const struct frame *frame, const char *ending)
{
	size_t bytes = frame->function ? strlen(frame->function) : 0;

	return bytes >= strlen(ending) &&
	       !strcmp(frame->function + bytes - strlen(ending), ending);
}

static bool site_has(const struct call_site *site, const char *ending)
{
	for (size_t i = 0; site && i < site->depth; i++)
		if (frame_is(&site->frames[i], ending))
			return true;
	return false;
}

static bool site_is_channel(const struct call_site *site)
{
	return site_has(site, "/kafka.channelProducer") ||
	       site_has(site, "/kafka.channelBatchProducer");
}

/* Does each of its messages, and there are some, come from a call of Produce()? */
static bool all_called(const struct producer *producer)
{
	int64_t called = 0;

	for (size_t i = 0; i < producer->site_count; i++)
		if (site_has(&producer->sites[i], "/kafka.(*Producer).Produce"))
			called = number_sum(called, producer->sites[i].produced);
	return called > 0 && called == producer->tally.messages[PRODUCED];
}

/* ---- the program's own table ---- */

static enum symbols_named in_module(struct builder *builder, uint32_t row, const char *ending)
{
	const struct trace_module *module = reader_row(builder->reader, SECTION_MODULE, row);

	if (!module || !module->state)
		return SYMBOLS_NO_GO;
	size_t bytes =
		module->build_id_bytes <= sizeof module->build_id ? module->build_id_bytes : 0;
	const char *path = build_string(builder, module->path);

	return path ? symbols_go_names(path, module->build_id, bytes, ending) : SYMBOLS_NO_GO;
}

/* In the first file that is a Go program; without stacks (UNFLUSHED_SITES) only the program's
 * own path is known. */
static enum symbols_named in_program(struct builder *builder, const char *ending)
{
	uint32_t rows = reader_rows(builder->reader, SECTION_MODULE);
	enum symbols_named named = SYMBOLS_NO_GO;

	for (uint32_t i = 0; i < rows && named == SYMBOLS_NO_GO; i++)
		named = in_module(builder, i, ending);
	if (rows == 0 && builder->process->exe)
		named = symbols_go_names(builder->process->exe, NULL, 0, ending);
	return named;
}

/* One of these is in each program that has a producer of this library. */
static bool program_is_read(struct builder *builder)
{
	return in_program(builder, "/kafka.NewProducer") == SYMBOLS_NAMED ||
	       in_program(builder, "/kafka.NewAdminClient") == SYMBOLS_NAMED;
}

static enum channel channel_of(struct builder *builder, const struct producer *producer)
{
	if (producer->channel_messages > 0)
		return CHANNEL_USED;
	/* It makes a producer, and has no channel. */
	if (all_called(producer) || site_has(producer->made, "/kafka.NewAdminClient"))
		return CHANNEL_NONE;
	if (!program_is_read(builder))
		return CHANNEL_UNKNOWN;
	return in_program(builder, "/kafka.(*Producer).ProduceChannel") == SYMBOLS_NAMED
		       ? CHANNEL_POSSIBLE
		       : CHANNEL_NONE;
}

void build_channels(struct builder *builder)
{
	for (size_t i = 0; i < builder->process->producer_count; i++) {
		struct producer *producer = &builder->process->producers[i];

		if (producer->binding != BINDING_GO)
			continue;
		for (size_t j = 0; j < producer->site_count; j++)
			if (site_is_channel(&producer->sites[j]))
				producer->channel_messages =
					number_sum(producer->channel_messages,
						   number_sum(producer->sites[j].produced,
							      producer->sites[j].rejected));
		producer->channel = channel_of(builder, producer);
	}
}
