/* SPDX-License-Identifier: Apache-2.0 */
/*
 * startup.c - microseconds to start and end a program: /bin/true, which never touches Kafka, or
 * the one that is named, which ends at once without arguments.
 *
 * The programs are started with LD_PRELOAD as STARTUP_PRELOAD gives it.
 * startup [COUNT [PROGRAM]]
 * links:
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 300;
	char *const words[] = {argc > 2 ? argv[2] : (char *)"/bin/true", NULL};
	const char *preload = getenv("STARTUP_PRELOAD");
	struct timespec began, ended;
	posix_spawn_file_actions_t silent;

	posix_spawn_file_actions_init(&silent);
	posix_spawn_file_actions_addopen(&silent, 2, "/dev/null", O_WRONLY, 0);
	if (preload)
		setenv("LD_PRELOAD", preload, 1);
	clock_gettime(CLOCK_MONOTONIC, &began);
	for (int i = 0; i < count; i++) {
		pid_t pid;

		if (posix_spawn(&pid, words[0], &silent, NULL, words, environ) != 0)
			return 1;
		waitpid(pid, NULL, 0);
	}
	clock_gettime(CLOCK_MONOTONIC, &ended);
	printf("%.1f\n", ((double)(ended.tv_sec - began.tv_sec) * 1e9 +
			  (double)(ended.tv_nsec - began.tv_nsec)) /
				 1e3 / count);
	return 0;
}
