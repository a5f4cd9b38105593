/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_channel.c - which producers of confluent-kafka-go have messages from
 * ProduceChannel().
 *
 * A goroutine takes the messages out of that channel, so its functions are on
 * the stack of each message from it. If a producer has no such message, only
 * the program's table of functions tells whether the program could have put one
 * into the channel: the linker leaves out functions that are never called, but
 * the table also has functions whose calls were all inlined.
 */
#include "build/builder.h"

#include <string.h>

#include "build/symbols.h"
#include "model/number.h"

/* The import path before the ending depends on the version, and on who forked the library. */
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

/* Whether the producer has messages, and all of them come from calls of Produce(). */
static bool all_called(const struct producer *producer)
{
	int64_t called = 0;

	for (size_t i = 0; i < producer->site_count; i++)
		if (site_has(&producer->sites[i], "/kafka.(*Producer).Produce"))
			called = number_sum(called, producer->sites[i].produced);
	return called > 0 && called == producer->tally.messages[PRODUCED];
}

/* ---- the program's table of functions ---- */

static enum symbols_named in_module(const struct trace_module *module, const char *path,
				    const char *ending)
{
	size_t bytes =
		module->build_id_bytes <= sizeof module->build_id ? module->build_id_bytes : 0;

	return symbols_go_names(path, module->build_id, bytes, ending);
}

/* Asks the first file that is a Go program; SYMBOLS_NO_GO: all files could be read, and none
 * is one. Without stacks (UNFLUSHED_SITES) only the program's own path is known. */
static enum symbols_named in_program(struct builder *builder, const char *ending)
{
	const char *exe = builder->process->exe;
	uint32_t rows = reader_rows(builder->reader, SECTION_MODULE);
	enum symbols_named all = SYMBOLS_NO_GO;
	bool has_exe = false;

	for (uint32_t i = 0; i < rows && all < SYMBOLS_NOT_NAMED; i++) {
		const struct trace_module *module =
			reader_row(builder->reader, SECTION_MODULE, i);
		const char *path =
			module && module->state ? build_string(builder, module->path) : NULL;
		enum symbols_named named =
			path ? in_module(module, path, ending) : SYMBOLS_NO_GO;

		has_exe |= path && exe && strcmp(path, exe) == 0;
		if (named != SYMBOLS_NO_GO)
			all = named;
	}
	if (all != SYMBOLS_NO_GO || has_exe)
		return all;
	return exe ? symbols_go_names(exe, NULL, 0, ending) : SYMBOLS_UNREAD;
}

/* Each program with a producer of this library has one of these two functions. If the program
 * is not a Go program, it only sets client.software.name to Go's, and has no such channel. */
static enum channel by_program(struct builder *builder)
{
	enum symbols_named made = in_program(builder, "/kafka.NewProducer");

	if (made == SYMBOLS_NOT_NAMED)
		made = in_program(builder, "/kafka.NewAdminClient");
	if (made == SYMBOLS_NO_GO)
		return CHANNEL_NONE;
	if (made != SYMBOLS_NAMED)
		return CHANNEL_UNKNOWN;
	return in_program(builder, "/kafka.(*Producer).ProduceChannel") == SYMBOLS_NAMED
		       ? CHANNEL_POSSIBLE
		       : CHANNEL_NONE;
}

static enum channel channel_of(struct builder *builder, const struct producer *producer)
{
	if (producer->channel_messages > 0)
		return CHANNEL_USED;
	/* NewAdminClient() also makes a producer, which has no channel. */
	if (site_has(producer->made, "/kafka.NewAdminClient"))
		return CHANNEL_NONE;
	enum channel channel = by_program(builder);

	/* Those that came from calls do not show that no others lay in a channel: one of them,
	 * at the end, is lost. */
	return channel == CHANNEL_UNKNOWN && all_called(producer) ? CHANNEL_NONE : channel;
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
