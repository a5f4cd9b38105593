/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notes.c - see notes.h.
 */
#include "render/notes.h"

#include <string.h>

#include "model/words.h"

static const struct {
	uint32_t note;
	const char *sentence;
} sentences[] = {
	{NOTE_NO_UNWIND, "the stack could not be unwound: call sites are one frame deep"},
	{NOTE_FORKED_CHILD, "this process began as a fork of its parent, without exec"},
	{NOTE_DESCRIPTORS_FULL, "a descriptor's number was too high for the shim to follow"},
	{NOTE_CONFLICT, "librdkafka did not take our interceptors: messages may be missing"},
	{NOTE_IO_URING, "the program uses io_uring: what it sends that way is not seen"},
	{NOTE_PROBE_REFUSED, "a Python client (layers.python) is of a version or a shape that "
			     "the shim does not know: "
			     "it was left alone, and what it held is not counted"},
	{NOTE_JVM_REFUSED, "this JVM, or a Java client in it, is of a shape that the shim "
			   "does not know, or the JVM writes an archive of its classes: it "
			   "was left alone, and what it held is not counted"},
	{NOTE_JVM_LATE,
	 "a Java client was met no earlier than its first connection (the JVM has "
	 "another SelectorProvider, or the client came with an agent): messages "
	 "that its send() refused before are not counted"},
	{NOTE_SITES_LESS, "UNFLUSHED_SITES asked for less of the call sites than their stacks"},
	{NOTE_SITES_UNKNOWN,
	 "UNFLUSHED_SITES has a value that is not known: stacks were taken, the default"},
	{NOTE_AUDITOR_ASIDE,
	 "the program would not have started with LD_AUDIT, which was taken from it: calls of "
	 "librdkafka that it takes with dlsym, or makes from a plugin opened RTLD_DEEPBIND, "
	 "are "
	 "not seen"},
	{NOTE_LINKED_INSIDE,
	 "librdkafka in the executable has no functions to add interceptors: of a message that "
	 "failed, it cannot be asked whether it was written once"},
	{NOTE_LINKED_RECIPE,
	 "the program was stripped: where librdkafka's functions are in it was found by their "
	 "code, or by symbols in another file (unflushed recipe)"},
	{NOTE_LIBRDKAFKA_STATIC,
	 "librdkafka is linked into the executable: its calls are not seen"},
};
#define SENTENCES (sizeof sentences / sizeof *sentences)

static const char *redirect_note(struct run *run, const struct process *process)
{
	return model_format(run, "%s went to %s, not where the program meant them to go",
			    words_count(run, process->redirected_connects, "connection"),
			    process->redirected_to ? process->redirected_to
						   : "the embedded broker");
}

/* The report of `run --prove` itself knew what was withheld; a later one only has the trace. */
static bool is_left_of_a_proof(const struct process *process)
{
	for (size_t i = 0; i < process->socket_count; i++)
		if (process->sockets[i].flags & SOCKET_DIVERTED)
			return !process->proves;
	return false;
}

const char **notes_of(struct run *run, const struct process *process)
{
	const char **notes =
		model_alloc(run, (SENTENCES + process->fault_count + process->finding_count +
				  7) * sizeof *notes);
	size_t count = 0;

	for (size_t i = 0; i < SENTENCES; i++)
		if (process->notes & sentences[i].note)
			notes[count++] = sentences[i].sentence;
	if (process->notes & NOTE_CONSUMER && !process->producer_count)
		notes[count++] = "a consumer of librdkafka was made here, and no producer";
	if (process->redirected_connects > 0 || process->notes & NOTE_REDIRECTED)
		notes[count++] = redirect_note(run, process);
	if (process->unserved)
		notes[count++] = process->unserved;
	if (is_left_of_a_proof(process))
		notes[count++] = "recorded under `run --prove`, which withheld answers: what "
				 "that shows is in the report of that run alone";
	if (process->silent_reason)
		notes[count++] =
			model_format(run, "the shim fell silent: %s", process->silent_reason);
	if (process->recycled_sockets > 0)
		notes[count++] =
			model_format(run, "%s closed long ago are not listed one by one",
				     words_count(run, process->recycled_sockets, "connection"));
	if (process->dropped_sockets > 0)
		notes[count++] = model_format(
			run,
			"%s found no room in the trace: what went out on them is not known",
			words_count(run, process->dropped_sockets, "connection"));
	for (size_t i = 0; i < process->fault_count; i++)
		notes[count++] =
			model_format(run, "the trace is damaged: %s", process->faults[i].what);
	for (size_t i = 0; i < process->finding_count; i++)
		if (!strcmp(process->findings[i].id, "layers-disagree"))
			notes[count++] = "the client's own counts and what was seen on its "
					 "connections disagree: see the finding";
	return notes;
}
