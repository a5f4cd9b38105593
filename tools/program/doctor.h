/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_PROGRAM_DOCTOR_H
#define UNFLUSHED_PROGRAM_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What a run under the shim could tell about a program. */
enum doctor_verdict {
	DOCTOR_JUDGED,	/* messages are counted in librdkafka */
	DOCTOR_DEPENDS, /* an interpreter: judged if its client is librdkafka */
	DOCTOR_STARTS,	/* a shell: the programs that it starts are judged */
	DOCTOR_WIRE,	/* only its connections are seen */
	DOCTOR_NOTHING, /* the shim does not load */
};

struct doctor_fact {
	char name[16];
	char value[512];
};
#define DOCTOR_FACTS 20

struct doctor {
	struct doctor_fact facts[DOCTOR_FACTS];
	size_t count;
	enum doctor_verdict verdict;
	char because[512]; /* a whole sentence */
};

/* `argv`: a command line as `run` takes it, which ends with NULL. Looks at the program that it
 * starts in the end: behind `env`, `timeout 9`, `sh -c` (starter.h). `shim` is the path of
 * libunflushed.so. False, with a sentence in `why`: there is no such program or process, or it
 * cannot be looked at. */
bool doctor_command(char *const *argv, const char *shim, struct doctor *doctor, char *why,
		    size_t why_bytes);
bool doctor_process(pid_t pid, struct doctor *doctor, char *why, size_t why_bytes);

const char *doctor_verdict_name(enum doctor_verdict verdict);

#endif
