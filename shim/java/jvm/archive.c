/* SPDX-License-Identifier: Apache-2.0 */
/*
 * archive.c - whether the JVM writes an archive of its classes, or reads one.
 *
 * Archives of classes (CDS, the AOT cache) are written by a training run and
 * used by all later ones. Woven classes must not be in one: the JVM prints a
 * warning for each, and every JVM that maps an AOT cache which JDK 25 has
 * written without them crashes (tried, 25.0.2). So a run that writes an archive
 * is not woven; runs that use one are.
 */
#define _GNU_SOURCE
#include "java/jvm/archive.h"

#include <string.h>

#include "guest/linker.h"
#include "java/jvm/jni.h"

#define HEAD 40 /* characters of an option that are compared */

/* Each is an option's beginning; the options are those of JDK 11 to 26. */
static const char *const writing[] = {
	"-XX:ArchiveClassesAtExit=",
	"-XX:+AutoCreateSharedArchive",
	"-XX:+RecordDynamicDumpInfo",
	"-XX:DumpLoadedClassList=",
	"-XX:AOTCacheOutput=",
	"-XX:AOTMode=record",
	NULL,
};
static const char *const reading[] = {
	"-XX:SharedArchiveFile=",
	"-XX:AOTCache=",
	"-Xbootclasspath",
	NULL,
};

static bool option_is(jni_env env, java_ref option, const char *const *options)
{
	char head[HEAD * 3 + 1] = "";
	int32_t characters = option ? JNI(env, GetStringLength)(env, option) : 0;

	if (characters > 0)
		JNI(env, GetStringUTFRegion)
	(env, option, 0, characters < HEAD ? characters : HEAD, head);
	for (; *options; options++)
		if (strncmp(head, *options, strlen(*options)) == 0)
			return true;
	return false;
}

/* All options of the JVM: from the command line, from files and from the environment. */
static java_ref options_of(jni_env env)
{
	typedef java_ref arguments_fn(jni_env);
	void *handle = linker_open("libjvm.so", RTLD_NOLOAD | RTLD_LAZY);
	void *symbol = handle ? linker_symbol(handle, "JVM_GetVmArguments") : NULL;
	arguments_fn *arguments;

	memcpy(&arguments, &symbol, sizeof arguments);
	if (handle)
		linker_close(handle);
	linker_error_clear();
	return arguments ? arguments(env) : NULL;
}

/* If that cannot be found out, the result is true. */
static bool is_given(jni_env env, const char *const *options)
{
	bool found = false;

	if (!jni_push(env, 8))
		return true;
	java_ref all = options_of(env);
	int32_t count = all ? JNI(env, GetArrayLength)(env, all) : 0;

	for (int32_t i = 0; i < count && !found; i++) {
		java_ref option = JNI(env, GetObjectArrayElement)(env, all, i);

		found = option_is(env, option, options);
		JNI(env, DeleteLocalRef)(env, option);
	}
	jni_threw(env);
	JNI(env, PopLocalFrame)(env, NULL);
	return found;
}

bool java_archive_is_written(jni_env env)
{
	return is_given(env, writing);
}

bool java_archive_may_be_read(jni_env env)
{
	return is_given(env, reading);
}
