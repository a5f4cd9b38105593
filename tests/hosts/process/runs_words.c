/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runs_words.c - says its arguments and its short name; with "run" before them, runs the
 * rest by a shell.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	char comm[64] = "";
	FILE *file = fopen("/proc/self/comm", "r");

	if (argc == 3 && strcmp(argv[1], "run") == 0)
		return system(argv[2]) != 0;
	if (!file || !fgets(comm, sizeof(comm), file))
		return 1;
	fclose(file);
	for (int i = 0; i < argc; i++)
		printf("%s ", argv[i]);
	printf("comm %s", comm);
	return 0;
}
