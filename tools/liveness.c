/* SPDX-License-Identifier: Apache-2.0 */
/*
 * liveness.c - does the process that wrote a trace still run?
 *
 * A pid alone proves nothing: it is used again. Pid, start time, boot and
 * pid namespace together do. A zombie has ended.
 */
#include "liveness.h"

#include <stdbool.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* GONE: another boot, which is over or another machine's; RUNNING: this one. */
static enum liveness boot_of(const struct trace_process *process)
{
	static char ours[sizeof process->boot_id]; /* does not change */
	FILE *file = ours[0] ? NULL : fopen("/proc/sys/kernel/random/boot_id", "re");

	if (file) {
		if (!fgets(ours, sizeof ours, file))
			ours[0] = 0;
		fclose(file);
		ours[strcspn(ours, "\n")] = 0;
	}
	if (!ours[0] || !process->boot_id[0])
		return LIVENESS_UNKNOWN;
	return strncmp(process->boot_id, ours, sizeof ours) ? LIVENESS_GONE : LIVENESS_RUNNING;
}

static bool same_namespace(const struct trace_process *process)
{
	struct stat ours;

	return !process->pid_namespace || (stat("/proc/self/ns/pid", &ours) == 0 &&
					   (uint64_t)ours.st_ino == process->pid_namespace);
}

/* Field 3 (state) and field 22 (start ticks); the name in field 2 may hold
 * anything, so they are counted from its last bracket. */
static bool stat_of(int pid, char *state, uint64_t *start_ticks)
{
	char path[40], line[1024];

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	size_t length = fread(line, 1, sizeof line - 1, file);
	fclose(file);
	line[length] = 0;
	const char *at = strrchr(line, ')');
	if (!at || at[1] != ' ' || !at[2])
		return false;
	*state = at[2];
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (!at)
		return false;
	*start_ticks = strtoull(at + 1, NULL, 10);
	return true;
}

enum liveness liveness_of(const struct trace_process *process)
{
	uint64_t start_ticks;
	char state;

	if (process->observed)
		return LIVENESS_GONE;
	enum liveness boot = boot_of(process);
	if (boot != LIVENESS_RUNNING)
		return boot;
	if (!same_namespace(process))
		return LIVENESS_UNKNOWN;
	if (process->pid <= 0 || !stat_of(process->pid, &state, &start_ticks))
		return LIVENESS_GONE;
	if (start_ticks != process->start_ticks || state == 'Z' || state == 'X')
		return LIVENESS_GONE;
	return LIVENESS_RUNNING;
}
