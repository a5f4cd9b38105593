/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings_process.c - why a process could not be judged, and what its trace lacks.
 */
#include "judge/findings.h"

#include "judge/judge.h"
#include "model/number.h"
#include "model/words.h"
#include "reach/reach.h"

bool when_shim_not_loaded(const struct subject *at)
{
	return judge_blindness(at->process) == BLIND_NOT_LOADED;
}

void say_shim_not_loaded(const struct subject *at, struct finding *finding)
{
	const struct process *process = at->process;

	finding->text = model_format(at->run, "The shim was not loaded into %s%s%s.%s%s",
				     process->exe ? process->exe : "the program",
				     process->cannot_load ? ", because " : "",
				     process->cannot_load ? process->cannot_load : "",
				     process->suspicion ? " " : "",
				     process->suspicion ? process->suspicion : "");
}

bool when_traces_in_doubt(const struct subject *at)
{
	return judge_blindness(at->process) == BLIND_DOUBTED;
}

void say_traces_in_doubt(const struct subject *at, struct finding *finding)
{
	finding->text = model_format(
		at->run, "Whether these are all traces of the run is not known: %s.",
		at->process->doubt);
}

bool when_trace_damaged(const struct subject *at)
{
	return judge_blindness(at->process) == BLIND_DAMAGED;
}

void say_trace_damaged(const struct subject *at, struct finding *finding)
{
	const struct process *process = at->process;

	finding_evidence(finding, "faults", (int64_t)process->fault_count);
	finding->text = process->fault_count
				? model_format(at->run, "The trace is damaged: %s.",
					       process->faults[0].what)
				: "The trace is damaged: its counts do not add up.";
}

bool when_recording_stopped(const struct subject *at)
{
	return judge_blindness(at->process) == BLIND_SILENT;
}

void say_recording_stopped(const struct subject *at, struct finding *finding)
{
	finding->text = model_format(at->run, "The shim stopped recording: %s.",
				     at->process->silent_reason);
}

bool when_counters_full(const struct subject *at)
{
	return judge_blindness(at->process) == BLIND_FULL;
}

void say_counters_full(const struct subject *at, struct finding *finding)
{
	finding_evidence(finding, "messages", at->process->sends_unseen);
	finding->text = model_format(
		at->run,
		"Of %s the producer is not known: it found no room in the trace, or "
		"was met too late to be told.",
		words_count(at->run, at->process->sends_unseen, "message"));
}

bool when_io_uring_unseen(const struct subject *at)
{
	return judge_blindness(at->process) == BLIND_IO_URING;
}

void say_io_uring_unseen(const struct subject *at, struct finding *finding)
{
	int64_t bytes = 0, connections = 0;

	for (size_t i = 0; i < at->process->socket_count; i++) {
		const struct socket *socket = &at->process->sockets[i];

		if (socket->producer != UNKNOWN || socket->unseen_bytes <= 0)
			continue;
		bytes = number_sum(bytes, socket->unseen_bytes);
		connections++;
	}
	finding_evidence(finding, "bytes", connections ? bytes : UNKNOWN);
	finding_evidence(finding, "connections", connections);
	if (connections)
		finding->text = model_format(
			at->run,
			"%s went out on %s past every call that the shim sees: the program "
			"has a ring of io_uring.",
			words_size(at->run, bytes),
			words_count(at->run, connections, "connection"));
	else
		finding->text = "The program has a ring of io_uring, and a connection that "
				"nothing was seen to be sent on.";
}

static bool has_produced(const struct process *process)
{
	for (size_t i = 0; i < process->socket_count; i++)
		if (process->sockets[i].produce_requests > 0)
			return true;
	return false;
}

bool when_nothing_seen(const struct subject *at)
{
	enum blindness blindness = judge_blindness(at->process);

	/* The finding broker-unreachable gives the reason: no client was let in, so none had
	 * anything to send. */
	if ((blindness == BLIND_NOTHING ||
	     (blindness == BLIND_WIRE_ONLY && !has_produced(at->process))) &&
	    reach_of(at->process, NULL).cut_off)
		return false;
	return blindness == BLIND_NOTHING || blindness == BLIND_WIRE_ONLY ||
	       blindness == BLIND_LATE;
}

static void say_wire_only(const struct subject *at, struct finding *finding)
{
	int64_t requests = 0, records = 0, connections = 0;
	bool known = true;

	for (size_t i = 0; i < at->process->socket_count; i++) {
		const struct socket *socket = &at->process->sockets[i];

		if (!judge_wire_only(socket))
			continue;
		connections++;
		requests = number_sum(requests, socket->produce_requests);
		records = number_sum(records, socket->produce_records);
		known = known && socket->records_known;
	}
	finding_evidence(finding, "connections", connections);
	finding_evidence(finding, "produce_requests", requests);
	finding_evidence(finding, "records", known ? records : UNKNOWN);
	finding->text = model_format(
		at->run,
		"Only the wire was seen: %s in %s. What the client still held in its memory at "
		"the end cannot be counted; it used %s to Kafka.",
		known ? words_count(at->run, records, "record") : "uncounted records",
		words_count(at->run, requests, "Produce request"),
		words_count(at->run, connections, "connection"));
}

/* A client that the guest can see into, but that has no producer that was used. */
static const struct runtime_client *idle_client(const struct process *process)
{
	if (process->producer_count)
		return NULL;
	for (size_t i = 0; i < process->python_client_count; i++)
		if (process->python_clients[i].probed)
			return &process->python_clients[i];
	return NULL;
}

/* Over TLS, a client whose login was refused and that then closes the connection cannot be
 * distinguished from one that has finished. */
static void say_idle_client(const struct subject *at, struct finding *finding,
			    const struct runtime_client *client)
{
	finding->text = model_format(
		at->run,
		"%s was found in %s, but no producer of it came to work, "
		"and no Kafka traffic could be read.",
		client->version ? model_format(at->run, "%s %s", client->name, client->version)
				: client->name,
		at->process->exe ? at->process->exe : "the program");
	finding_advises(finding, "look at what the client says: did the broker let it in?",
			"A producer that is not let in (password, mechanism, certificate, "
			"address) is never there to be judged, and over TLS the broker's "
			"refusal cannot be read: what the client printed or raised has it. A "
			"program that only consumes has nothing to lose.");
}

void say_nothing_seen(const struct subject *at, struct finding *finding)
{
	enum blindness blindness = judge_blindness(at->process);
	const struct runtime_client *idle = idle_client(at->process);

	if (blindness == BLIND_WIRE_ONLY)
		say_wire_only(at, finding);
	else if (blindness == BLIND_LATE)
		finding->text = "The Java client was met no earlier than its first connection: "
				"whether its send() had refused messages before that was not "
				"seen.";
	else if (idle)
		say_idle_client(at, finding, idle);
	else
		finding->text = model_format(at->run,
					     "No call of librdkafka and no Kafka traffic was "
					     "seen. The program was %s.",
					     at->process->exe ? at->process->exe
							      : "of an unknown name");
}

bool when_librdkafka_static(const struct subject *at)
{
	return at->process->librdkafka_static && at->process->producer_count == 0;
}

/* Why the librdkafka in the program is not followed, and what to change, worst first. */
static const struct {
	uint32_t note;
	const char *why, *change, *fix;
} not_linked[] = {
	{NOTE_LINKED_INCOMPLETE,
	 ", without the functions that tell of each message: the linker has left out what the "
	 "program does not call",
	 "link it without --gc-sections, or librdkafka dynamically",
	 "Link the program without -Wl,--gc-sections (Rust: rdkafka without the feature "
	 "cmake-build), or link librdkafka dynamically (Go: -tags dynamic; Rust: the feature "
	 "dynamic-linking)."},
	{NOTE_LINKED_UNDECODED, ", in machine code that the shim does not understand",
	 "take breakpoints and uprobes away, or link librdkafka dynamically",
	 "A breakpoint of a debugger or a uprobe (perf, bpftrace) in one of its functions has "
	 "that effect: run it without. Else its compiler wrote what the shim has not met: link "
	 "librdkafka dynamically (Go: -tags dynamic; Rust: the feature "
	 "dynamic-linking)."},
	{NOTE_LINKED_REFUSED,
	 ", and the system lets nobody write into code (SELinux, MemoryDenyWriteExecute=, a "
	 "filter of system calls)",
	 "watch it where it may write into its code; or link it dynamically",
	 "Take MemoryDenyWriteExecute= or the filter of system calls away while the program is "
	 "watched (SELinux: allow execmod), or link librdkafka dynamically (Go: -tags dynamic; "
	 "Rust: the feature dynamic-linking)."},
	{NOTE_LINKED_THREADS, ", and a thread ran before the shim could write into its code",
	 "preload nothing that starts threads; or link librdkafka dynamically",
	 "A library that is loaded with the program started a thread before main: run it "
	 "without "
	 "that library, or link librdkafka dynamically (Go: -tags dynamic; Rust: the feature "
	 "dynamic-linking)."},
};

/* Without one of these notes, the symbol table had no such functions, or
 * UNFLUSHED_PROBE_LINKED is off. */
void say_librdkafka_static(const struct subject *at, struct finding *finding)
{
	const char *why = ", and its functions were not found there (a stripped program, or "
			  "UNFLUSHED_PROBE_LINKED=off)";

	for (size_t i = 0; i < sizeof not_linked / sizeof *not_linked; i++)
		if (at->process->notes & not_linked[i].note) {
			why = not_linked[i].why;
			finding_advises(finding, not_linked[i].change, not_linked[i].fix);
			break;
		}
	finding->text =
		model_format(at->run, "librdkafka is linked into %s itself%s.",
			     at->process->exe ? at->process->exe : "the executable", why);
}

bool when_ended_in_send(const struct subject *at)
{
	return judge_inside_send(at->process);
}

static bool all_cut_off(const struct process *process)
{
	for (size_t i = 0; i < process->producer_count; i++)
		if (!reach_of(process, &process->producers[i]).cut_off)
			return false;
	return process->producer_count || reach_of(process, NULL).cut_off;
}

void say_ended_in_send(const struct subject *at, struct finding *finding)
{
	bool one = at->process->inside_send == 1;

	finding_evidence(finding, "inside_send", at->process->inside_send);
	if (all_cut_off(at->process))
		finding_defers(finding);
	finding->text = model_format(
		at->run,
		"%s %s inside send when the program ended: %s. The client had not taken %s "
		"yet, so %s not in Kafka.",
		words_count(at->run, at->process->inside_send, "message"), one ? "was" : "were",
		words_end(at->run, at->process), one ? "it" : "them",
		one ? "it is" : "they are");
}

bool when_events_dropped(const struct subject *at)
{
	return at->process->dropped_events > 0 || at->process->dropped_rows > 0;
}

void say_events_dropped(const struct subject *at, struct finding *finding)
{
	const struct process *process = at->process;

	finding_evidence(finding, "events", process->dropped_events);
	finding_evidence(finding, "rows", process->dropped_rows);
	finding->text = model_format(at->run, "%s and %s of detail did not fit into the trace.",
				     words_count(at->run, process->dropped_events, "event"),
				     words_count(at->run, process->dropped_rows, "row"));
}
