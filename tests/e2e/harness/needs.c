/* SPDX-License-Identifier: Apache-2.0 */
/*
 * needs.c - what a story needs beyond the build, and the Debian packages that
 * have it.
 */
#include "harness.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

#define PYTHON_MODULES "/usr/lib/python3/dist-packages/"

static const struct need {
	const char *name, *pattern, *package;
} needs[] = {
	{"clang", "/usr/bin/clang-[0-9]*", "clang"},
	{"confluent_kafka", PYTHON_MODULES "confluent_kafka", "python3-confluent-kafka"},
	{"crc32c", PYTHON_MODULES "crc32c", "python3-crc32c"},
	{"curl", "/usr/bin/curl", "curl"},
	{"eventlet", PYTHON_MODULES "eventlet", "python3-eventlet"},
	{"fish", "/usr/bin/fish", "fish"},
	{"gevent", PYTHON_MODULES "gevent", "python3-gevent"},
	{"heaptrack", "/usr/bin/heaptrack", "heaptrack"},
	{"java", "/usr/bin/java", "default-jre-headless"},
	{"javac", "/usr/bin/javac", "default-jdk-headless"},
	{"jemalloc", "/usr/lib/*/libjemalloc.so.2", "libjemalloc2"},
	{"kafka", PYTHON_MODULES "kafka", "python3-kafka"},
	{"kcat", "/usr/bin/kcat", "kcat"},
	{"librdkafka.a", PATH_HOSTS "/static_librdkafka", "librdkafka-dev with its archive"},
	{"musl-gcc", "/usr/bin/musl-gcc", "musl-tools"},
	{"node", "/usr/bin/node", "nodejs"},
	{"openssl", "/usr/bin/openssl", "openssl"},
	{"python3", "/usr/bin/python3", "python3"},
	{"tcmalloc", "/usr/lib/*/libtcmalloc_minimal.so.4", "libtcmalloc-minimal4"},
	{"tmux", "/usr/bin/tmux", "tmux"},
	{"valgrind", "/usr/bin/valgrind", "valgrind"},
	{"zsh", "/usr/bin/zsh", "zsh"},
	{"zstd", "/usr/bin/zstd", "zstd"},
};

static const struct need *need_of(const char *name)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		if (strcmp(needs[i].name, name) == 0)
			return &needs[i];
	}
	fail_msg("%s is no row of needs.c", name);
	return NULL;
}

static const char *found_at(const struct need *need)
{
	static char path[512];
	glob_t found;

	if (glob(need->pattern, 0, NULL, &found) != 0)
		return NULL;
	snprintf(path, sizeof(path), "%s", found.gl_pathv[0]);
	globfree(&found);
	return path;
}

const char *story_missing(const char *name)
{
	static char reason[256];
	const struct need *need = need_of(name);

	if (found_at(need))
		return NULL;
	snprintf(reason, sizeof(reason), "%s is not there: install %s", need->pattern,
		 need->package);
	return reason;
}

const char *story_needs(const char *name)
{
	const char *missing = story_missing(name);

	if (missing)
		skip_because("%s", missing);
	return found_at(need_of(name));
}
