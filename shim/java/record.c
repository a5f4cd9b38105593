/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.c - see record.h.
 */
#include "java/record.h"

#include <string.h>

#include "java/jni.h"

#define FINGERPRINT_BYTES 256

static uint64_t mix(uint64_t hash, const void *bytes, size_t count)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < count; i++)
		hash = (hash ^ at[i]) * 0x100000001b3u; /* FNV-1a */
	return hash;
}

static uint64_t mix_array(jni_env env, uint64_t hash, java_ref array)
{
	int8_t part[FINGERPRINT_BYTES];
	int32_t size = JNI(env, GetArrayLength)(env, array);
	int32_t head = size < FINGERPRINT_BYTES ? size : FINGERPRINT_BYTES;

	JNI(env, GetByteArrayRegion)(env, array, 0, head, part);
	hash = mix(hash, part, (size_t)head);
	JNI(env, GetByteArrayRegion)(env, array, size - head, head, part);
	hash = mix(hash, part, (size_t)head);
	return mix(hash, &size, sizeof size);
}

/* Texts and bytes by what they say, other objects by which they are: their own
 * hashCode() is the application's, and not ours to call. */
static uint64_t mix_object(jni_env env, uint64_t hash, java_ref object)
{
	char name[128];
	int32_t number = 0;

	if (!object)
		return mix(hash, "", 1);
	jni_class_name(env, object, name, sizeof name);
	java_ref class = JNI(env, GetObjectClass)(env, object);

	if (strcmp(name, "[") == 0)
		return mix_array(env, hash, object);
	java_method code = strcmp(name, "String") == 0
				   ? JNI(env, GetMethodID)(env, class, "hashCode", "()I")
				   : NULL;

	if (code)
		number = JNI(env, CallIntMethodA)(env, object, code, NULL);
	else
		JVMTI(jni_jvmti, GetObjectHashCode)(jni_jvmti, object, &number);
	jni_threw(env);
	return mix(hash, &number, sizeof number);
}

uint64_t java_record_fingerprint(jni_env env, const struct java_client *client, java_ref record)
{
	static const enum java_client_field parts[] = {FIELD_RECORD_TOPIC, FIELD_RECORD_KEY,
						       FIELD_RECORD_VALUE};
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < 3; i++)
		hash = mix_object(
			env, hash,
			JNI(env, GetObjectField)(env, record, client->fields[parts[i]]));
	return hash | 1;
}
