/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transform.c - has the JVM transform the client's classes.
 *
 * All needed classes or none: if one could not be woven, all of them are restored before any
 * record is counted.
 */
#include "java/transform.h"

#include <string.h>

#include "java/hooks.h"
#include "java/jvm/jni.h"

static uint8_t *room_take(size_t bytes)
{
	uint8_t *room = NULL;

	return JVMTI(jni_jvmti, Allocate)(jni_jvmti, (int64_t)bytes, &room) == 0 ? room : NULL;
}

static void target_name(const struct java_client *client, char name[256])
{
	strcpy(name, client->prefix);
	strcat(name, "clients/producer/internals/Unflushed");
}

/* The client that this class belongs to; NULL: to none that is woven. */
static struct java_client *client_for(jni_env env, java_ref loader, const char *name)
{
	for (uint32_t i = 0; i < java_clients_used; i++) {
		struct java_client *client = &java_clients[i];

		if (client->weaves &&
		    strncmp(name, client->prefix, strlen(client->prefix)) == 0 &&
		    JNI(env, IsSameObject)(env, loader, client->loader))
			return client;
	}
	return NULL;
}

static void class_weave(struct java_client *client, const char *class, int32_t bytes,
			const uint8_t *data, int32_t *new_bytes, uint8_t **new_data)
{
	char target[256];
	size_t room = (size_t)bytes + WEAVE_GROWTH(JAVA_HOOK_COUNT);
	struct weave weave = {
		.bytes = data,
		.size = (size_t)bytes,
		.hooks = java_hooks,
		.hook_count = JAVA_HOOK_COUNT,
		.class = class,
		.target = target,
		.room = (struct weave_room *)(void *)room_take(sizeof(struct weave_room)),
		.out = room_take(room),
		.out_room = room,
	};

	target_name(client, target);
	if (weave.room && weave.out && weave_class(&weave)) {
		client->woven |= weave.woven;
		*new_bytes = (int32_t)weave.out_size;
		*new_data = weave.out; /* the JVM frees it */
	} else {
		jni_give(weave.out);
	}
	jni_give(weave.room);
}

/* Stays enabled: when another agent has these classes transformed, they are woven again. */
void java_transform_class_file(jvmti_env jvmti, jni_env env, java_ref redefined,
			       java_ref loader, const char *name, java_ref domain,
			       int32_t bytes, const uint8_t *data, int32_t *new_bytes,
			       uint8_t **new_data)
{
	(void)jvmti;
	(void)domain;
	if (!redefined || !name)
		return;
	struct java_client *client = client_for(env, loader, name);

	if (!client)
		return;
	const char *class = name + strlen(client->prefix);

	if (strncmp(class, "clients/producer/", 17) == 0)
		class_weave(client, class + 17, bytes, data, new_bytes, new_data);
}

/* The classes that the rows name, each once; how many, or 0. */
static int32_t classes_find(jni_env env, const struct java_client *client, java_ref loader,
			    java_ref classes[JAVA_HOOK_COUNT])
{
	int32_t count = 0;

	for (size_t i = 0; i < JAVA_HOOK_COUNT; i++) {
		if (i && strcmp(java_hooks[i].class, java_hooks[i - 1].class) == 0)
			continue;
		classes[count] =
			java_client_class(env, client->prefix, java_hooks[i].class, loader);
		bool again = false;

		if (!classes[count])
			return 0;
		for (int32_t j = 0; j < count && !again; j++)
			again = JNI(env, IsSameObject)(env, classes[count], classes[j]);
		count += !again;
	}
	return count;
}

/* Defines the class of the guest's functions in the client's loader: whatever that loader
 * delegates or hides, it finds classes that it has defined itself. */
static bool target_define(jni_env env, struct java_client *client, java_ref loader)
{
	uint8_t bytes[8192];
	char name[256];

	target_name(client, name);
	size_t size = weave_target(java_hooks, JAVA_HOOK_COUNT, name, bytes, sizeof bytes);
	java_ref target = size ? JNI(env, DefineClass)(env, name, loader, (const int8_t *)bytes,
						       (int32_t)size)
			       : NULL;

	if (jni_threw(env) || !target)
		return false;
	jni_tag_set(target, client - java_clients + 1);
	client->target = JNI(env, NewWeakGlobalRef)(env, target);
	return java_hooks_register(env, target) && !jni_threw(env);
}

bool java_transform(jni_env env, struct java_client *client, java_ref loader)
{
	java_ref classes[JAVA_HOOK_COUNT + 1];
	int32_t count = java_client_read(env, client, loader)
				? classes_find(env, client, loader, classes)
				: 0;

	if (!count || !target_define(env, client, loader))
		return false;
	client->weaves = true;
	int error = JVMTI(jni_jvmti, RetransformClasses)(jni_jvmti, count, classes);

	if (!jni_threw(env) && error == 0 && java_hooks_are_whole(client->woven))
		return true;
	client->weaves = false;
	if (error == 0) /* only some: restores them */
		JVMTI(jni_jvmti, RetransformClasses)(jni_jvmti, count, classes);
	jni_threw(env);
	return false;
}
