/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slow_end.c - an agent that takes a second when the JVM unloads it: until then daemon threads
 * go on, and agents are told nothing any more.
 */
#include <time.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT int Agent_OnLoad(void *vm, char *options, void *reserved);
EXPORT void Agent_OnUnload(void *vm);

int Agent_OnLoad(void *vm, char *options, void *reserved)
{
	(void)vm, (void)options, (void)reserved;
	return 0;
}

void Agent_OnUnload(void *vm)
{
	struct timespec second = {1, 0};

	(void)vm;
	nanosleep(&second, 0);
}
