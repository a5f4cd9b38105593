/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words.c - see words.h.
 *
 * A value that is not known is printed as "?": never as 0, and never left out.
 */
#include "model/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "model/system_names.h"

const char *words_number(struct run *run, int64_t number)
{
	char digits[24], text[40];
	size_t to = 0;

	if (number == UNKNOWN)
		return "?";
	uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	int length = snprintf(digits, sizeof digits, "%" PRIu64, size);
	if (number < 0)
		text[to++] = '-';
	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			text[to++] = ',';
		text[to++] = digits[i];
	}
	return model_format(run, "%.*s", (int)to, text);
}

const char *words_count(struct run *run, int64_t count, const char *thing)
{
	size_t length = strlen(thing);
	bool hisses = length && (thing[length - 1] == 's' ||
				 (length > 1 && !strcmp(thing + length - 2, "ch")));
	const char *ending = hisses ? "es" : "s";

	return model_format(run, "%s %s%s", words_number(run, count), thing,
			    count == 1 ? "" : ending);
}

const char *words_size(struct run *run, int64_t bytes)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double size = (double)bytes / 1024;
	size_t unit = 0;

	if (bytes == UNKNOWN)
		return "?";
	if (bytes < 1024)
		return words_count(run, bytes, "byte");
	while (size >= 1023.95 && unit + 1 < sizeof units / sizeof *units) {
		size /= 1024;
		unit++;
	}
	return model_format(run, "%.1f %s", size, units[unit]);
}

const char *words_size_exact(struct run *run, int64_t bytes)
{
	if (bytes == UNKNOWN || bytes < 1024)
		return words_size(run, bytes);
	return model_format(run, "%s (%s bytes)", words_size(run, bytes),
			    words_number(run, bytes));
}

const char *words_time(struct run *run, int64_t ns)
{
	if (ns == UNKNOWN)
		return "?";
	double seconds = (double)ns / 1e9;
	if (ns < 1000000)
		return model_format(run, "%.0f us", seconds * 1e6);
	if (ns < 1000000000)
		return model_format(run, "%.1f ms", seconds * 1e3);
	if (seconds < 120)
		return model_format(run, "%.2f s", seconds);
	if (seconds < 7200)
		return model_format(run, "%.0f min %.0f s", (double)(int64_t)(seconds / 60),
				    seconds - 60 * (double)(int64_t)(seconds / 60));
	return model_format(run, "%.1f h", seconds / 3600);
}

const char *words_share(struct run *run, int64_t thousandths)
{
	if (thousandths == UNKNOWN)
		return "?";
	return thousandths > 0 && thousandths < 10
		       ? "less than 1 %"
		       : model_format(run, "%lld %%", (long long)thousandths / 10);
}

const char *words_signal(struct run *run, int64_t number)
{
	const char *name = system_names_signal(number);

	return name ? name : model_format(run, "signal %s", words_number(run, number));
}

static const char *exit_call(const struct process *process)
{
	switch (process->recorded) {
	case HOW_RETURN:
		return "returned from main";
	case HOW_QUICK_EXIT:
		return "ended by quick_exit()";
	case HOW_UNDERSCORE_EXIT:
		return "ended by _exit()";
	case HOW_EXIT:
		return "ended by exit()";
	default:
		return process->how == ENDED_UNDERSCORE_EXIT ? "ended by a bare exit_group call"
							     : "ended";
	}
}

const char *words_error(int64_t number)
{
	return number == ETIMEDOUT	? "ETIMEDOUT"
	       : number == ECONNRESET	? "ECONNRESET"
	       : number == EPIPE	? "EPIPE"
	       : number == EHOSTUNREACH ? "EHOSTUNREACH"
	       : number == ENETUNREACH	? "ENETUNREACH"
					: NULL;
}

const char *words_end(struct run *run, const struct process *process)
{
	switch (process->how) {
	case ENDED_EXIT:
	case ENDED_UNDERSCORE_EXIT:
		return process->status == UNKNOWN
			       ? exit_call(process)
			       : model_format(run, "%s (status %" PRId64 ")",
					      exit_call(process), process->status);
	case ENDED_ABORT:
		return "ended by abort()";
	case ENDED_SIGNAL:
		return model_format(run, "was killed by %s",
				    words_signal(run, process->signal));
	case ENDED_EXEC:
		return "replaced itself by exec";
	case ENDED_VANISHED:
		return "vanished: killed, or ended past every hook";
	case ENDED_RUNNING:
		return "still running";
	case ENDED_UNKNOWN:
		break;
	}
	return "ended in an unknown way";
}

const char *words_pid(struct run *run, const struct process *process)
{
	return process->pid == UNKNOWN ? "?" : model_format(run, "%" PRId64, process->pid);
}

const char *words_date(struct run *run, int64_t realtime_ns)
{
	char date[40];
	struct tm utc;

	if (realtime_ns == UNKNOWN)
		return "?";
	time_t seconds = (time_t)(realtime_ns / 1000000000);
	if (!gmtime_r(&seconds, &utc) ||
	    !strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc))
		return "?";
	return model_format(run, "%s", date);
}

const char *words_client(enum trace_client client)
{
	switch (client) {
	case CLIENT_LIBRDKAFKA:
		return "librdkafka";
	case CLIENT_KAFKA_PYTHON:
		return "kafka-python";
	case CLIENT_KAFKA_CLIENTS:
		return "kafka-clients";
	case CLIENT_WIRE:
		return "wire";
	case CLIENT_AIOKAFKA:
		return "aiokafka";
	}
	return NULL;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const struct frame *words_place_frame(const struct call_site *site)
{
	return site->place < site->depth ? &site->frames[site->place] : NULL;
}

const char *words_frame(struct run *run, const struct frame *frame)
{
	const char *module = frame->module ? base_name(frame->module) : NULL;
	const char *function = frame->function ? frame->function : "";
	const char *at = frame->function ? " at " : "";

	if (frame->file && frame->line)
		return model_format(run, "%s%s%s:%d%s%s%s", function, at, frame->file,
				    frame->line, module ? " (" : "", module ? module : "",
				    module ? ")" : "");
	if (module)
		return model_format(run, "%s%s%s+0x%" PRIx64, function,
				    frame->function ? " in " : "", module, frame->offset);
	return frame->function ? frame->function
			       : model_format(run, "address 0x%" PRIx64, frame->offset);
}

static bool text_is(const char *one, const char *other)
{
	return one == other || (one && other && !strcmp(one, other));
}

static bool frame_is(const struct frame *one, const struct frame *other)
{
	return one->line == other->line && one->offset == other->offset &&
	       text_is(one->function, other->function) && text_is(one->file, other->file) &&
	       text_is(one->module, other->module);
}

/* The next frame outwards in the stack, or NULL: any frame, or only the user's own. */
static const struct frame *frame_out(const struct call_site *site, const struct frame *frame,
				     bool users)
{
	do
		frame++;
	while (users && frame < site->frames + site->depth && frame->origin != ORIGIN_USER);
	return frame < site->frames + site->depth ? frame : NULL;
}

/* How many frames outwards from the place are the same in both sites. */
static size_t levels_alike(const struct call_site *site, const struct call_site *other,
			   bool users)
{
	const struct frame *one = words_place_frame(site), *two = words_place_frame(other);
	size_t levels = 0;

	for (; one && two && frame_is(one, two); levels++) {
		one = frame_out(site, one, users);
		two = frame_out(other, two, users);
	}
	return levels;
}

/* The frame that no other site with this place has at its level; NULL: no other site has the
 * place, or no such frame exists. */
static const struct frame *caller_among(const struct producer *producer,
					const struct call_site *site, bool users)
{
	const struct frame *frame = words_place_frame(site);
	size_t most = 0;

	for (size_t i = 0; i < producer->site_count; i++) {
		size_t alike = &producer->sites[i] == site
				       ? 0
				       : levels_alike(site, &producer->sites[i], users);

		most = alike > most ? alike : most;
	}
	for (size_t i = 0; frame && i < most; i++)
		frame = frame_out(site, frame, users);
	return most ? frame : NULL;
}

const struct frame *words_caller_frame(const struct producer *producer,
				       const struct call_site *site)
{
	const struct frame *caller = caller_among(producer, site, true);

	return caller ? caller : caller_among(producer, site, false);
}

const char *words_site(struct run *run, const struct producer *producer,
		       const struct call_site *site)
{
	const struct frame *place = words_place_frame(site);
	const struct frame *caller = place ? words_caller_frame(producer, site) : NULL;

	if (!place)
		return "?";
	if (!caller)
		return words_frame(run, place);
	return model_format(run, "%s, called from %s", words_frame(run, place),
			    words_frame(run, caller));
}

const char *words_place(struct run *run, const struct producer *producer)
{
	return producer->site_count && words_place_frame(&producer->sites[0])
		       ? words_site(run, producer, &producer->sites[0])
		       : NULL;
}

const char *words_producer(struct run *run, const struct process *process,
			   const struct producer *producer)
{
	const char *name = producer->name	 ? producer->name
			   : producer->client_id ? producer->client_id
						 : NULL;

	if (name)
		return name;
	return model_format(run, "producer %td", producer - process->producers + 1);
}
