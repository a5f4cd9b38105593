/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostenv.c - the environment that `run` gives its host
 *
 * LD_PRELOAD (and LD_AUDIT) is prepended to, never replaced: the host may live on another
 * library in it (an allocator, a tracer).
 */
#include "hostenv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLACE "{broker}"

static bool prepend(const char *name, const char *library)
{
	const char *others = getenv(name);
	char *value = NULL;

	if (!others || !*others)
		return setenv(name, library, 1) == 0;
	bool made = asprintf(&value, "%s:%s", library, others) >= 0 &&
		    setenv(name, value, 1) == 0;
	free(value);
	return made;
}

/* The first broker of the bootstrap list takes the redirected connects. */
static bool redirect(const char *bootstrap, const char *ports)
{
	char first[64];

	snprintf(first, sizeof(first), "%.*s", (int)strcspn(bootstrap, ","), bootstrap);
	return setenv("UNFLUSHED_REDIRECT", first, 1) == 0 &&
	       setenv("UNFLUSHED_REDIRECT_PORTS", ports, 1) == 0;
}

bool hostenv_apply(const struct hostenv *env)
{
	if (env->bootstrap && setenv("UNFLUSHED_BROKER", env->bootstrap, 1) != 0)
		return false;
	if (!env->dir)
		return true;
	if (env->bootstrap && env->redirect_ports &&
	    !redirect(env->bootstrap, env->redirect_ports))
		return false;
	return setenv("UNFLUSHED_DIR", env->dir->traces, 1) == 0 &&
	       setenv("UNFLUSHED_MARK", env->dir->mark, 1) == 0 &&
	       (!env->dir->audit[0] || prepend("LD_AUDIT", env->dir->audit)) &&
	       prepend("LD_PRELOAD", env->dir->shim);
}

/* A copy of `text` with every {broker} replaced; `text` itself without one. */
static char *filled_in(char *text, const char *bootstrap)
{
	size_t places = 0, length = strlen(bootstrap);

	for (const char *at = strstr(text, PLACE); at; at = strstr(at + 1, PLACE))
		places++;
	if (places == 0)
		return text;
	char *copy = malloc(strlen(text) + places * length + 1);
	char *to = copy;
	for (const char *at = text; copy && *at;) {
		if (strncmp(at, PLACE, strlen(PLACE)) == 0) {
			to = stpcpy(to, bootstrap);
			at += strlen(PLACE);
		} else {
			*to++ = *at++;
		}
	}
	if (copy)
		*to = '\0';
	return copy;
}

static bool fill_in_list(char **list, const char *bootstrap)
{
	for (; list && *list; list++) {
		char *text = filled_in(*list, bootstrap);

		if (!text)
			return false;
		*list = text;
	}
	return true;
}

bool hostenv_fill_in(char **argv, const char *bootstrap)
{
	return fill_in_list(argv, bootstrap) && fill_in_list(environ, bootstrap);
}
