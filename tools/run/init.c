/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init.c - see init.h.
 */
#include "run/init.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

bool init_is_ours(void)
{
	return getpid() == 1;
}

/* In a new pid namespace /proc may still be that of the outer one. */
static bool proc_is_ours(void)
{
	char self[32];
	ssize_t bytes = readlink("/proc/self", self, sizeof(self) - 1);

	self[bytes > 0 ? bytes : 0] = '\0';
	return strtol(self, NULL, 10) == getpid();
}

static void name_read(pid_t pid, char *name, size_t bytes)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	FILE *file = fopen(path, "re");
	if (!file || !fgets(name, (int)bytes, file))
		snprintf(name, bytes, "?");
	name[strcspn(name, "\n")] = '\0';
	if (file)
		fclose(file);
}

static void left_look(struct left *left)
{
	DIR *stream = proc_is_ours() ? opendir("/proc") : NULL;
	struct dirent *entry;

	*left = (struct left){0};
	while (stream && (entry = readdir(stream))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid <= 1)
			continue;
		if (left->count < LEFT_NAMED) {
			left->named[left->count].pid = pid;
			name_read(pid, left->named[left->count].name,
				  sizeof(left->named[0].name));
		}
		left->count++;
	}
	if (stream)
		closedir(stream);
}

void init_end(struct left *left)
{
	/* Zombies do not count as processes that outlived the host. */
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	left_look(left);
	kill(-1, SIGKILL);
	/* Each process that ends leaves its children to us: repeats until there are none. */
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
}
