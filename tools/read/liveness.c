/* SPDX-License-Identifier: Apache-2.0 */
/*
 * liveness.c - whether the process that wrote a trace still runs
 *
 * A pid alone does not identify a process, because the kernel uses it again;
 * pid, start time, boot and pid namespace together do. A process that is
 * exiting counts as ended: it closes its pipes before it is a zombie, so their
 * readers may ask in between.
 */
#include "read/liveness.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* GONE: another boot, which has ended or is another machine's; RUNNING: this boot. */
static enum liveness boot_of(const struct trace_process *process)
{
	static char ours[sizeof process->boot_id]; /* of this boot: never changes */
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

/* The stat file of a thread. */
struct stat_line {
	bool ending; /* a zombie, dead, or exiting: it runs no code of its own */
	uint64_t start_ticks;
};

#define PF_EXITING 0x4 /* linux/sched.h: set at the begin of exit, before files are closed */

/* Reads the fields 3 (state), 9 (flags) and 22 (start ticks). The name in field 2 may have any
 * characters, so fields are counted from its last bracket. */
static bool stat_of(const char *path, struct stat_line *out)
{
	char line[1024];
	FILE *file = fopen(path, "re");

	if (!file)
		return false;
	size_t length = fread(line, 1, sizeof line - 1, file);
	fclose(file);
	line[length] = 0;
	const char *at = strrchr(line, ')');
	if (!at || at[1] != ' ' || !at[2])
		return false;
	out->ending = at[2] == 'Z' || at[2] == 'X';
	for (int field = 2; at && field < 22; field++) {
		at = strchr(at + 1, ' ');
		if (at && field + 1 == 9 && strtoul(at + 1, NULL, 10) & PF_EXITING)
			out->ending = true;
	}
	if (!at)
		return false;
	out->start_ticks = strtoull(at + 1, NULL, 10);
	return true;
}

/* The first thread may end long before the others. */
static bool another_thread_runs(int pid)
{
	char path[64];
	struct stat_line line;
	bool runs = false;

	snprintf(path, sizeof path, "/proc/%d/task", pid);
	DIR *tasks = opendir(path);
	if (!tasks)
		return false;
	for (struct dirent *task; !runs && (task = readdir(tasks));) {
		snprintf(path, sizeof path, "/proc/%d/task/%.16s/stat", pid, task->d_name);
		runs = task->d_name[0] != '.' && stat_of(path, &line) && !line.ending;
	}
	closedir(tasks);
	return runs;
}

enum liveness liveness_of(const struct trace_process *process)
{
	struct stat_line line;
	char path[40];

	if (process->observed)
		return LIVENESS_GONE;
	enum liveness boot = boot_of(process);
	if (boot != LIVENESS_RUNNING)
		return boot;
	if (!same_namespace(process))
		return LIVENESS_UNKNOWN;
	snprintf(path, sizeof path, "/proc/%d/stat", process->pid);
	if (process->pid <= 0 || !stat_of(path, &line) ||
	    line.start_ticks != process->start_ticks)
		return LIVENESS_GONE;
	return line.ending && !another_thread_runs(process->pid) ? LIVENESS_GONE
								 : LIVENESS_RUNNING;
}
