/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostenv.c - the environment that `run` gives its host
 *
 * LD_PRELOAD and LD_AUDIT are prepended to, never replaced: the host may need another library
 * in them (an allocator, a tracer).
 */
#include "run/hostenv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program/loadable.h"

#define PLACE "{broker}"

static bool prepend(const char *name, const char *library)
{
	const char *others = getenv(name);
	char *value = NULL;

	if (!others || !*others)
		return setenv(name, library, 1) == 0;
	bool made =
		asprintf(&value, "%s:%s", library, others) >= 0 && setenv(name, value, 1) == 0;
	free(value);
	return made;
}

/* Appends to the variable's value, which stays the same otherwise. */
static bool append(const char *name, const char *words)
{
	const char *others = getenv(name);
	char *value = NULL;
	bool made = asprintf(&value, "%s%s%s", others ? others : "",
			     others && *others ? ":" : "", words) >= 0 &&
		    setenv(name, value, 1) == 0;

	free(value);
	return made;
}

/* The length of the part of a list (separated by ":" or blanks) that must be first. */
static size_t first_length(const char *list)
{
	size_t length = strcspn(list, ": ");
	char first[4096];

	snprintf(first, sizeof(first), "%.*s", (int)length, list);
	return loadable_must_be_first(first) ? length : 0;
}

/* Prepends the shim, but behind a library without which in first place the host would end. */
static bool preload(const struct hostenv *env)
{
	const char *others = getenv("LD_PRELOAD");
	size_t first = others ? first_length(others) : 0;
	char *value = NULL;

	if (first == 0)
		return prepend("LD_PRELOAD", env->dir->shim) &&
		       (!env->goes_first || prepend("LD_PRELOAD", env->goes_first));
	bool made = asprintf(&value, "%.*s:%s%s", (int)first, others, env->dir->shim,
			     others + first) >= 0 &&
		    setenv("LD_PRELOAD", value, 1) == 0;
	free(value);
	return made;
}

#define ROOM "glibc.rtld.optional_static_tls"

/*
 * With an auditor the loader lays out thread-local storage before it loads libraries: all of
 * them share the room that is reserved for later ones, and most programs need a little more.
 * The auditor recognises its entry by its place and spelling, and starts a program anew that
 * needs another number (shim/audit/room.h).
 */
static bool make_room(void)
{
	const char *others = getenv("GLIBC_TUNABLES");

	return (others && strstr(others, ROOM)) || append("GLIBC_TUNABLES", ROOM "=0x00000600");
}

/* With only another auditor no program is started anew; but the shim needs some of the room. */
static bool audit(const char *auditor)
{
	const char *others = getenv("LD_AUDIT");

	if (!auditor[0])
		return !others || !*others || make_room();
	return make_room() && prepend("LD_AUDIT", auditor);
}

#define ORDER "verify_asan_link_order"

/*
 * The runtime of AddressSanitizer ends a program (the host, or one that it starts) in which
 * another library is before it. It works behind the shim, too. If the runtime were preloaded
 * instead, all programs that the host starts would have it, and report leaks.
 */
static bool excuse_order(void)
{
	const char *others = getenv("ASAN_OPTIONS");

	return (others && strstr(others, ORDER)) || append("ASAN_OPTIONS", ORDER "=0");
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
	/* The relay of an outer `run` would refuse the guests of this one. */
	if (env->relay ? setenv("UNFLUSHED_PROVE", env->relay, 1) != 0
		       : unsetenv("UNFLUSHED_PROVE") != 0)
		return false;
	if (env->bootstrap && env->redirect_ports &&
	    !redirect(env->bootstrap, env->redirect_ports))
		return false;
	return setenv("UNFLUSHED_DIR", env->dir->traces, 1) == 0 &&
	       setenv("UNFLUSHED_MARK", env->dir->mark, 1) == 0 &&
	       setenv("UNFLUSHED_RUN", env->dir->run, 1) == 0 && audit(env->dir->audit) &&
	       excuse_order() && preload(env);
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

/* gcc's analyzer forgets a pointer that is stored in an element of a list, and calls it a leak:
 * the copies belong to the host from here on. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif
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
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
