/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alive.c - see alive.h.
 */
#include "alive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "testing.h"

static uint64_t start_ticks(pid_t pid)
{
	char path[40], line[1024] = "";

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	FILE *file = fopen(path, "re");

	assert_non_null(file);
	assert_true(fread(line, 1, sizeof(line) - 1, file) > 0);
	fclose(file);
	const char *at = strrchr(line, ')');

	for (int field = 2; field < 22; field++)
		at = strchr(at + 1, ' ');
	return strtoull(at + 1, NULL, 10);
}

struct trace_process alive_process(pid_t pid)
{
	struct trace_process process = {.pid = pid, .start_ticks = start_ticks(pid)};
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	assert_non_null(file);
	assert_non_null(fgets(process.boot_id, sizeof(process.boot_id), file));
	fclose(file);
	process.boot_id[strcspn(process.boot_id, "\n")] = 0;
	return process;
}

void alive_ourselves(struct trace_process *process)
{
	const struct trace_process self = alive_process(getpid());

	memcpy(process->boot_id, self.boot_id, sizeof(self.boot_id));
	process->pid = self.pid;
	process->start_ticks = self.start_ticks;
	process->how = HOW_UNKNOWN;
}
