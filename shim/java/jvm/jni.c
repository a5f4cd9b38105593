/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jni.c - see jni.h.
 */
#include "java/jvm/jni.h"

#include <string.h>

jvmti_env jni_jvmti;

int64_t jni_tag(java_ref object)
{
	int64_t tag = 0;

	if (!object || JVMTI(jni_jvmti, GetTag)(jni_jvmti, object, &tag) != 0)
		return 0;
	return tag;
}

bool jni_is_over(void)
{
	int phase = 0;

	return JVMTI(jni_jvmti, GetPhase)(jni_jvmti, &phase) == 0 && phase == JVMTI_PHASE_DEAD;
}

void jni_tag_set(java_ref object, int64_t tag)
{
	if (object)
		JVMTI(jni_jvmti, SetTag)(jni_jvmti, object, tag);
}

bool jni_threw(jni_env env)
{
	if (!JNI(env, ExceptionCheck)(env))
		return false;
	JNI(env, ExceptionClear)(env);
	return true;
}

bool jni_push(jni_env env, int32_t references)
{
	if (JNI(env, PushLocalFrame)(env, references) == 0) {
		/* PushLocalFrame ensures this already, but -Xcheck:jni does not know that. */
		if (JNI(env, EnsureLocalCapacity)(env, references) == 0)
			return true;
		JNI(env, PopLocalFrame)(env, NULL);
	}
	jni_threw(env);
	return false;
}

size_t jni_text(jni_env env, java_ref string, char *to, size_t room)
{
	int32_t characters = string ? JNI(env, GetStringLength)(env, string) : 0;
	int32_t bytes = string ? JNI(env, GetStringUTFLength)(env, string) : 0;

	to[0] = '\0';
	if (bytes <= 0 || (size_t)bytes >= room)
		return 0;
	JNI(env, GetStringUTFRegion)(env, string, 0, characters, to);
	to[bytes] = '\0';
	return (size_t)bytes;
}

void jni_give(void *room)
{
	if (room)
		JVMTI(jni_jvmti, Deallocate)(jni_jvmti, room);
}

size_t jni_class_name(jni_env env, java_ref object, char *name, size_t room)
{
	java_ref class = object ? JNI(env, GetObjectClass)(env, object) : NULL;
	char *signature = NULL;
	size_t bytes = 0;

	name[0] = '\0';
	if (!class ||
	    JVMTI(jni_jvmti, GetClassSignature)(jni_jvmti, class, &signature, NULL) != 0)
		return 0;
	const char *slash = strrchr(signature, '/');
	const char *begin = slash ? slash + 1 : signature;

	bytes = strlen(begin);
	if (bytes && bytes < room) {
		memcpy(name, begin, bytes);
		name[--bytes] = '\0'; /* the semicolon */
	}
	jni_give(signature);
	return bytes;
}

bool jni_class_is(jni_env env, java_ref object, const char *name)
{
	char found[128];

	jni_class_name(env, object, found, sizeof found);
	return strcmp(found, name) == 0;
}
