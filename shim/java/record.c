/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.c - see record.h.
 */
#include "java/record.h"

#include <string.h>

#include "account/refused.h"
#include "java/jni.h"

static uint64_t print_array(jni_env env, uint64_t print, java_ref array)
{
	int8_t ends[2 * REFUSED_END_BYTES];
	int32_t size = JNI(env, GetArrayLength)(env, array);
	int32_t end = size < REFUSED_END_BYTES ? size : REFUSED_END_BYTES;

	JNI(env, GetByteArrayRegion)(env, array, 0, end, ends);
	JNI(env, GetByteArrayRegion)(env, array, size - end, end, ends + end);
	print = refused_print_bytes(print, ends, 2 * (uint64_t)end);
	return refused_print_number(print, (uint64_t)size);
}

/* Texts and bytes by what they say, other objects by which they are: their own
 * hashCode() is the application's, and not ours to call. */
static uint64_t print_object(jni_env env, uint64_t print, java_ref object)
{
	char name[128];
	int32_t number = 0;

	if (!object)
		return refused_print_number(print, 0);
	jni_class_name(env, object, name, sizeof name);
	java_ref class = JNI(env, GetObjectClass)(env, object);

	if (strcmp(name, "[") == 0)
		return print_array(env, print, object);
	java_method code = strcmp(name, "String") == 0
				   ? JNI(env, GetMethodID)(env, class, "hashCode", "()I")
				   : NULL;

	if (code)
		number = JNI(env, CallIntMethodA)(env, object, code, NULL);
	else
		JVMTI(jni_jvmti, GetObjectHashCode)(jni_jvmti, object, &number);
	jni_threw(env);
	return refused_print_number(print, (uint64_t)number);
}

/* Before it is serialized: of arrays and texts the size, of other objects it is not known. */
static uint64_t object_bytes(jni_env env, java_ref object)
{
	char name[128];

	jni_class_name(env, object, name, sizeof name);
	if (strcmp(name, "[") == 0)
		return (uint64_t)JNI(env, GetArrayLength)(env, object);
	return strcmp(name, "String") == 0 ? (uint64_t)JNI(env, GetStringUTFLength)(env, object) : 0;
}

uint64_t java_record_bytes(jni_env env, const struct java_client *client, java_ref record)
{
	java_ref key = JNI(env, GetObjectField)(env, record, client->fields[FIELD_RECORD_KEY]);
	java_ref value = JNI(env, GetObjectField)(env, record, client->fields[FIELD_RECORD_VALUE]);

	return object_bytes(env, key) + object_bytes(env, value);
}

uint64_t java_record_print(jni_env env, const struct java_client *client, java_ref record)
{
	static const enum java_client_field parts[] = {FIELD_RECORD_TOPIC, FIELD_RECORD_KEY,
						       FIELD_RECORD_VALUE};
	uint64_t print = refused_print_begin();

	for (size_t i = 0; i < 3; i++)
		print = print_object(
			env, print,
			JNI(env, GetObjectField)(env, record, client->fields[parts[i]]));
	return refused_print_end(print);
}
