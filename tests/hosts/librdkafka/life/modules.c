/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modules.c - opens modules that produce; knows nothing of Kafka itself.
 *
 * Each module is opened before the first one produces.
 * modules BOOTSTRAP COUNT flush|forget local|deepbind MODULE...
 * links: dl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int produce_fn(const char *bootstrap, int count, int flush);

static produce_fn *module_open(const char *name, int how)
{
	void *handle = dlopen(name, how);
	produce_fn *produce = NULL;

	if (!handle || !(*(void **)&produce = dlsym(handle, "orders_produce"))) {
		fprintf(stderr, "%s\n", dlerror());
		exit(3);
	}
	return produce;
}

int main(int argc, char **argv)
{
	produce_fn *produce[8];
	int modules = argc - 5, status = 0;

	if (modules < 1 || modules > 8)
		return 2;
	int how = RTLD_LAZY | RTLD_LOCAL;

	if (strcmp(argv[4], "deepbind") == 0)
		how |= RTLD_DEEPBIND;
	for (int i = 0; i < modules; i++)
		produce[i] = module_open(argv[5 + i], how);
	for (int i = 0; i < modules; i++)
		status |= produce[i](argv[1], atoi(argv[2]), strcmp(argv[3], "flush") == 0);
	return status;
}
