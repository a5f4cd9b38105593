/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_process.c - who the process was, how it ended, what ran in it.
 *
 * The wait status that `run` wrote is right about the end; the guest's own
 * record is provisional (an exit handler may have changed it afterwards); where
 * both are missing the process was killed, or still runs.
 */
#include "build/builder.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "build/build.h"
#include "format/scrub.h"
#include "memory/memory.h"
#include "model/number.h"
#include "read/liveness.h"

/* The shim has scrubbed it, but older versions did so less well. */
static const char *argument_of(struct run *run, struct scrub *scrub, const char *text,
			       size_t bytes)
{
	size_t room = bytes * 3 + 3; /* a secret of one letter is three stars */
	char *shown = memory_take(room);
	const char *kept =
		model_text(run, shown, scrub_argument(scrub, text, bytes, shown, room));

	free(shown);
	return kept;
}

static void split_argv(struct builder *builder, trace_string at)
{
	const char *text = reader_string(builder->reader, at);
	struct process *process = builder->process;

	if (!text)
		return;
	struct scrub scrub = {0};
	size_t count = 1;
	for (const char *end = text; *end; end++)
		count += *end == '\n';
	process->argv = model_alloc(builder->run, count * sizeof *process->argv);
	while (process->argc < count) {
		size_t length = strcspn(text, "\n");

		process->argv[process->argc++] =
			argument_of(builder->run, &scrub, text, length);
		text += length + 1;
	}
}

static void end_by_status(struct process *process, int status)
{
	process->status = process->signal = UNKNOWN;
	if (WIFSIGNALED(status)) {
		process->signal = WTERMSIG(status);
		process->how = process->recorded == HOW_ABORT && process->signal == SIGABRT
				       ? ENDED_ABORT
				       : ENDED_SIGNAL;
		return;
	}
	process->status = WEXITSTATUS(status);
	/* Without a record: the process called exit_group directly. */
	process->how = process->recorded == HOW_UNDERSCORE_EXIT ||
				       (process->recorded == HOW_UNKNOWN &&
					process->shim_loaded && process->trace)
			       ? ENDED_UNDERSCORE_EXIT
			       : ENDED_EXIT;
}

static void end_by_record(struct process *process, const struct trace_process *row)
{
	if (row->status != TRACE_UNKNOWN)
		process->status = row->status;
	switch (process->recorded) {
	case HOW_RETURN:
		process->status = UNKNOWN;
		process->how = ENDED_EXIT;
		break;
	case HOW_EXIT:
	case HOW_QUICK_EXIT:
		process->how = ENDED_EXIT;
		break;
	case HOW_UNDERSCORE_EXIT:
		process->how = ENDED_UNDERSCORE_EXIT;
		break;
	case HOW_ABORT:
		process->how = ENDED_ABORT;
		process->status = UNKNOWN;
		process->signal = SIGABRT;
		break;
	default:
		process->status = UNKNOWN;
		process->how =
			liveness_of(row) == LIVENESS_GONE ? ENDED_VANISHED : ENDED_UNKNOWN;
	}
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void build_end(struct builder *builder, const struct trace_process *row)
{
	struct process *process = builder->process;

	if (process->recorded == HOW_EXEC) {
		/* The process runs another program now: the status is of that. */
		process->how = ENDED_EXEC;
		process->end_ns = number_at(row->end_ns);
	} else if (row->observed) {
		end_by_status(process, row->observed_status);
		process->end_ns = number_at(row->observed_ns);
	} else if (builder->reader->alive) {
		process->how = ENDED_RUNNING;
		process->end_ns = builder->reader->packed ? UNKNOWN : now_ns();
	} else {
		end_by_record(process, row);
		process->end_ns = process->recorded ? number_at(row->end_ns) : UNKNOWN;
	}
	if (process->end_ns <= 0)
		process->end_ns = UNKNOWN;
}

/* A CLOCK_REALTIME beyond the year 2116 only occurs in damaged traces; to lower ones a duration
 * can be added without overflow. */
#define REALTIME_MOST (INT64_MAX / 2)

static void build_times(struct process *process, const struct trace_process *row)
{
	int64_t traced = number_at(row->monotonic_ns), start = number_at(row->process_start_ns);

	if (start == 0 || start > traced)
		start = traced;
	process->trace_start_ns = start;
	if (row->realtime_ns > 0 && row->realtime_ns <= REALTIME_MOST &&
	    traced - start <= row->realtime_ns)
		process->start_realtime_ns = row->realtime_ns - (traced - start);
	if (process->end_ns != UNKNOWN && process->end_ns >= start)
		process->duration_ns = process->end_ns - start;
}

static void build_libraries(struct builder *builder)
{
	struct process *process = builder->process;
	uint32_t rows = reader_rows(builder->reader, SECTION_LIBRARY);

	process->libraries = model_alloc(builder->run, rows * sizeof *process->libraries + 1);
	for (uint32_t i = 0; i < rows; i++) {
		const struct trace_library *row =
			reader_row(builder->reader, SECTION_LIBRARY, i);

		if (row)
			process->libraries[process->library_count++] = (struct library){
				.version = build_string(builder, row->version),
				.path = build_string(builder, row->path),
				.linkage = row->linkage,
			};
	}
}

/* "name version" lines, with a third word where the client was not instrumented. */
static size_t build_clients(struct builder *builder, const char *lines,
			    struct runtime_client **clients)
{
	size_t most = 1, count = 0;

	for (const char *at = lines; at && *at; at++)
		most += *at == '\n';
	*clients = model_alloc(builder->run, most * sizeof **clients);
	while (lines && *lines) {
		size_t length = strcspn(lines, "\n"), name = strcspn(lines, " \n");
		const char *version = lines + name + (name < length);
		size_t version_length = strcspn(version, " \n");

		(*clients)[count++] = (struct runtime_client){
			.name = model_text(builder->run, lines, name),
			.version = version_length && *version != '?'
					   ? model_text(builder->run, version, version_length)
					   : NULL,
			.probed = version[version_length] != ' ',
		};
		lines += length + (lines[length] == '\n');
	}
	return count;
}

static void build_runtimes(struct builder *builder, const struct trace_process *row)
{
	struct process *process = builder->process;

	process->python_version = build_string(builder, row->python_version);
	process->python_client_count =
		build_clients(builder, reader_string(builder->reader, row->python_clients),
			      &process->python_clients);
	process->jvm_version = build_string(builder, row->jvm_version);
	process->jvm_client_count =
		build_clients(builder, reader_string(builder->reader, row->jvm_clients),
			      &process->jvm_clients);
}

void build_process(struct builder *builder)
{
	const struct trace_process *row = reader_row(builder->reader, SECTION_PROCESS, 0);
	struct process *process = builder->process;

	process->pid = row->pid;
	process->ppid = row->ppid;
	process->start_ticks = row->start_ticks;
	process->end_thread = row->end_thread > 0 ? row->end_thread : UNKNOWN;
	process->exe = build_string(builder, row->exe);
	split_argv(builder, row->argv);
	process->notes = row->notes;
	process->silent_reason = build_string(builder, row->silent_reason);
	process->redirected_to = build_string(builder, row->redirected_to);
	process->redirected_connects = row->redirected_connects;
	process->recorded = row->how <= HOW_EXEC ? (enum trace_how)row->how : HOW_UNKNOWN;
	process->send_buffer_max = row->tcp_wmem_max ? row->tcp_wmem_max : UNKNOWN;
	process->shim_loaded = true;
	process->waiting = row->waits_began > row->waits_ended;
	process->traced_ns = number_at(row->monotonic_ns);
	process->librdkafka_static = row->notes & NOTE_LIBRDKAFKA_STATIC;
	build_end(builder, row);
	build_times(process, row);
	build_libraries(builder);
	build_runtimes(builder, row);
}

/* A process that recorded nothing, and noted the reason in the mark file. */
void build_silent(struct run *run, const struct host *host)
{
	struct process *process = build_new_process(run);

	process->pid = host->silent_pid;
	process->send_buffer_max = UNKNOWN;
	process->shim_loaded = true;
	process->silent_reason =
		model_text(run, host->silent_reason, strlen(host->silent_reason));
}

static const char *text_keep(struct run *run, const char *text)
{
	return text ? model_text(run, text, strlen(text)) : NULL;
}

/* A program that a process with the shim started or exec'd. */
void build_unloaded(struct run *run, const struct host_unloaded *unloaded)
{
	struct process *process = build_new_process(run);

	process->pid = unloaded->pid;
	process->exe = text_keep(run, unloaded->path);
	process->send_buffer_max = UNKNOWN;
	process->cannot_load = text_keep(run, unloaded->unloaded);
	process->suspicion = text_keep(run, unloaded->suspicion);
}

void build_host(struct run *run, const struct host *host)
{
	struct process *process = build_new_process(run);
	struct scrub scrub = {0};
	size_t argc = 0;

	process->pid = host->pid;
	process->exe = text_keep(run, host->program);
	while (host->argv && host->argv[argc])
		argc++;
	process->argv = model_alloc(run, argc * sizeof *process->argv + 1);
	for (; process->argc < argc; process->argc++)
		process->argv[process->argc] =
			argument_of(run, &scrub, host->argv[process->argc],
				    strlen(host->argv[process->argc]));
	process->send_buffer_max = UNKNOWN;
	process->shim_loaded = host->shim_loaded;
	process->librdkafka_static = host->librdkafka_static;
	process->dropped_events = 0;
	process->silent_reason = text_keep(run, host->silent_reason);
	process->cannot_load = text_keep(run, host->cannot_load);
	process->doubt = text_keep(run, host->doubt);
	process->unserved = text_keep(run, host->unserved);
	if (host->reaped)
		end_by_status(process, host->wait_status);
}

void build_observed(struct run *run, const struct host *host)
{
	for (size_t i = 0; i < run->process_count; i++) {
		struct process *process = &run->processes[i];

		if (process->pid != host->pid || !process->trace)
			continue;
		process->librdkafka_static |=
			host->librdkafka_static && !(process->notes & NOTE_LINKED);
		process->doubt = text_keep(run, host->doubt);
		process->unserved = text_keep(run, host->unserved);
		/* `run` could not write the status into the trace. */
		if (host->reaped && process->how != ENDED_EXEC &&
		    process->how != ENDED_SIGNAL && process->status == UNKNOWN)
			end_by_status(process, host->wait_status);
	}
}
