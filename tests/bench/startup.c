/* SPDX-License-Identifier: Apache-2.0 */
/*
 * startup.c - microseconds to start and end a program that never touches Kafka.
 *
 * The programs are started with LD_PRELOAD as STARTUP_PRELOAD gives it.
 * startup [COUNT]
 * links:
 */
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
	char *const words[] = {"/bin/true", NULL};
	const char *preload = getenv("STARTUP_PRELOAD");
	struct timespec began, ended;

	if (preload)
		setenv("LD_PRELOAD", preload, 1);
	clock_gettime(CLOCK_MONOTONIC, &began);
	for (int i = 0; i < count; i++) {
		pid_t pid;

		if (posix_spawn(&pid, words[0], NULL, NULL, words, environ) != 0)
			return 1;
		waitpid(pid, NULL, 0);
	}
	clock_gettime(CLOCK_MONOTONIC, &ended);
	printf("%.1f\n", ((double)(ended.tv_sec - began.tv_sec) * 1e9 +
			  (double)(ended.tv_nsec - began.tv_nsec)) /
				 1e3 / count);
	return 0;
}
