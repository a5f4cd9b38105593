/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.c - see record.h.
 */
#include "java/record.h"

#include <string.h>

#include "account/refused.h"
#include "java/jvm/jni.h"

/* What identifies a record; arrays are not read yet. */
struct record {
	struct refused_message message;
	char topic[256];
	java_ref key_array, value_array;
};

/* Identifies arrays by their length, texts by their content, other objects by their identity
 * hash: their own hashCode() is the application's code, which the guest must not call. */
static uint64_t object_number(jni_env env, java_ref object, java_ref *array)
{
	char name[128];
	int32_t number = 0;

	*array = NULL;
	if (!object)
		return 0;
	jni_class_name(env, object, name, sizeof name);
	if (strcmp(name, "[") == 0) {
		*array = object;
		return (uint64_t)JNI(env, GetArrayLength)(env, object);
	}
	java_ref class = JNI(env, GetObjectClass)(env, object);
	java_method code = strcmp(name, "String") == 0
				   ? JNI(env, GetMethodID)(env, class, "hashCode", "()I")
				   : NULL;

	if (code)
		number = JNI(env, CallIntMethodA)(env, object, code, NULL);
	else
		JVMTI(jni_jvmti, GetObjectHashCode)(jni_jvmti, object, &number);
	jni_threw(env);
	return (uint32_t)number | 1ull << 32; /* no length of an array */
}

static void record_look(jni_env env, const struct java_client *client, java_ref record,
			struct record *look)
{
	*look = (struct record){.message = {.topic = look->topic}};
	jni_text(env, JNI(env, GetObjectField)(env, record, client->fields[FIELD_RECORD_TOPIC]),
		 look->topic, sizeof look->topic);
	look->message.key_size = object_number(
		env, JNI(env, GetObjectField)(env, record, client->fields[FIELD_RECORD_KEY]),
		&look->key_array);
	look->message.value_size = object_number(
		env, JNI(env, GetObjectField)(env, record, client->fields[FIELD_RECORD_VALUE]),
		&look->value_array);
}

/* From here to record_leave() no JNI function may be called: the arrays are held critically. */
static void record_hold(jni_env env, struct record *look)
{
	if (look->key_array)
		look->message.key =
			JNI(env, GetPrimitiveArrayCritical)(env, look->key_array, NULL);
	if (look->value_array)
		look->message.value =
			JNI(env, GetPrimitiveArrayCritical)(env, look->value_array, NULL);
}

#define JNI_ABORT 2 /* nothing was written */

static void record_leave(jni_env env, const struct record *look)
{
	if (look->message.value)
		JNI(env, ReleasePrimitiveArrayCritical)
	(env, look->value_array, (void *)look->message.value, JNI_ABORT);
	if (look->message.key)
		JNI(env, ReleasePrimitiveArrayCritical)
	(env, look->key_array, (void *)look->message.key, JNI_ABORT);
}

/* Before serialization: the size of arrays and texts; that of other objects is not known. */
static uint64_t object_bytes(jni_env env, java_ref object)
{
	char name[128];

	jni_class_name(env, object, name, sizeof name);
	if (strcmp(name, "[") == 0)
		return (uint64_t)JNI(env, GetArrayLength)(env, object);
	return strcmp(name, "String") == 0 ? (uint64_t)JNI(env, GetStringUTFLength)(env, object)
					   : 0;
}

uint64_t java_record_bytes(jni_env env, const struct java_client *client, java_ref record)
{
	java_ref key = JNI(env, GetObjectField)(env, record, client->fields[FIELD_RECORD_KEY]);
	java_ref value =
		JNI(env, GetObjectField)(env, record, client->fields[FIELD_RECORD_VALUE]);

	return object_bytes(env, key) + object_bytes(env, value);
}

struct refused_mark java_record_mark(jni_env env, const struct java_client *client,
				     java_ref record)
{
	struct record look;

	record_look(env, client, record, &look);
	record_hold(env, &look);
	struct refused_mark mark = refused_mark(&look.message);

	record_leave(env, &look);
	return mark;
}

void java_record_accepted(jni_env env, const struct java_client *client,
			  struct account_producer *producer, java_ref record)
{
	struct record look;

	record_look(env, client, record, &look);
	if (!refused_resembles(producer, look.message.key_size, look.message.value_size))
		return;
	record_hold(env, &look);
	if (refused_resembles_closer(&look.message))
		refused_accepted(producer, &look.message);
	record_leave(env, &look);
}
