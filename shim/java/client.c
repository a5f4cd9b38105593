/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client.c - the Java client's classes, as one class loader has them.
 *
 * Applications may have several copies of the client, of several versions, each in
 * its class loader, also in a package to which a build has moved it (shading): each
 * is described by a struct of its own.
 */
#include "java/client.h"

#include <string.h>

#include "guest/state.h"
#include "java/jvm/jni.h"
#include "trace/map.h"
#include "trace/writer.h"

struct java_client java_clients[JAVA_CLIENTS];
uint32_t java_clients_used;

#define NAME_BYTES 384
#define PRODUCER "clients/producer/"

/* "*" stands for the client's producer package, "^" for the client's root. */
static void name_expand(const char *prefix, const char *pattern, char to[NAME_BYTES])
{
	size_t at = 0;

	for (; *pattern && at < NAME_BYTES - 1; pattern++) {
		const char *part = *pattern == '*' || *pattern == '^' ? prefix : NULL;

		for (; part && *part && at < NAME_BYTES - 1; part++)
			to[at++] = *part;
		for (part = *pattern == '*' ? PRODUCER : NULL;
		     part && *part && at < NAME_BYTES - 1; part++)
			to[at++] = *part;
		if (*pattern != '*' && *pattern != '^')
			to[at++] = *pattern;
	}
	to[at] = '\0';
}

java_ref java_client_class(jni_env env, const char *prefix, const char *name, java_ref loader)
{
	char pattern[NAME_BYTES], full[NAME_BYTES];
	java_ref class = NULL;

	pattern[0] = '*';
	strncpy(pattern + 1, name, sizeof pattern - 2);
	pattern[sizeof pattern - 1] = '\0';
	name_expand(prefix, *name == '^' ? name : pattern, full);
	if (!loader) {
		class = JNI(env, FindClass)(env, full);
		return jni_threw(env) ? NULL : class;
	}
	for (char *slash = full; *slash; slash++)
		if (*slash == '/')
			*slash = '.';
	if (!jni_push(env, 8))
		return NULL;
	java_ref own = JNI(env, GetObjectClass)(env, loader);
	java_method load = JNI(env, GetMethodID)(env, own, "loadClass",
						 "(Ljava/lang/String;)Ljava/lang/Class;");
	union java_value argument = {.l = load ? JNI(env, NewStringUTF)(env, full) : NULL};

	if (argument.l)
		class = JNI(env, CallObjectMethodA)(env, loader, load, &argument);
	return JNI(env, PopLocalFrame)(env, jni_threw(env) ? NULL : class);
}

static java_field field_find(jni_env env, const char *prefix, java_ref class, const char *name,
			     const char *pattern)
{
	char descriptor[NAME_BYTES];

	name_expand(prefix, pattern, descriptor);
	java_field field = class ? JNI(env, GetFieldID)(env, class, name, descriptor) : NULL;

	return jni_threw(env) ? NULL : field;
}

static const struct {
	const char *class, *name, *descriptor;
} fields[JAVA_CLIENT_FIELD_COUNT] = {
#define FIELD(id, class, name, descriptor) [FIELD_##id] = {class, name, descriptor},
	JAVA_CLIENT_FIELDS(FIELD)
#undef FIELD
};

/* The class that wraps the application's callback: up to 3.2, and since. */
static bool callback_read(jni_env env, struct java_client *client, java_ref loader)
{
	static const char *const wrappers[] = {"KafkaProducer$AppendCallbacks",
					       "KafkaProducer$InterceptorCallback"};

	for (size_t i = 0; i < 2 && !client->user_callback; i++) {
		java_ref class = java_client_class(env, client->prefix, wrappers[i], loader);

		client->user_callback =
			field_find(env, client->prefix, class, "userCallback", "L*Callback;");
		if (client->user_callback)
			client->callback_class = JNI(env, NewWeakGlobalRef)(env, class);
	}
	return client->user_callback;
}

void java_client_version(jni_env env, struct java_client *client, java_ref loader)
{
	java_ref class =
		java_client_class(env, client->prefix, "^common/utils/AppInfoParser", loader);
	java_field field =
		class ? JNI(env, GetStaticFieldID)(env, class, "VERSION", "Ljava/lang/String;")
		      : NULL;

	if (!jni_threw(env) && field)
		jni_text(env, JNI(env, GetStaticObjectField)(env, class, field),
			 client->version, sizeof client->version);
	for (char *at = client->version; *at; at++)
		if (*at <= ' ')
			*at = '_'; /* the trace separates words by blanks */
	if (!client->version[0])
		strcpy(client->version, "?");
}

void java_clients_notes_add(uint32_t bit)
{
	__atomic_fetch_or(&trace->process->notes, bit, __ATOMIC_RELAXED);
}

/* "OpenJDK 64-Bit Server VM 17.0.15+6" */
static trace_string vm_text(jvmti_env jvmti)
{
	static const char *const names[] = {"java.vm.name", "java.vm.version"};
	char text[256];
	size_t at = 0;

	for (size_t i = 0; i < 2; i++) {
		char *value = NULL;

		if (JVMTI(jvmti, GetSystemProperty)(jvmti, names[i], &value) != 0)
			continue;
		size_t bytes = strlen(value);

		if (at + bytes + 1 < sizeof text) {
			if (at)
				text[at++] = ' ';
			memcpy(text + at, value, bytes);
			at += bytes;
		}
		JVMTI(jvmti, Deallocate)(jvmti, (uint8_t *)value);
	}
	return writer_string(text, at);
}

void java_clients_note(jvmti_env jvmti)
{
	char lines[JAVA_CLIENTS * 64];
	size_t at = 0;
	struct trace_process *process = trace->process;

	for (uint32_t i = 0; i < java_clients_used; i++) {
		const struct java_client *client = &java_clients[i];
		const char *words[] = {"kafka-clients ", client->version,
				       client->weaves ? "\n" : " unprobed\n"};

		for (size_t j = 0; j < 3; j++) {
			memcpy(lines + at, words[j], strlen(words[j]));
			at += strlen(words[j]);
		}
	}
	if (!at) /* a JVM that the guest could not enter */
		memcpy(lines, "kafka-clients ? unprobed\n", at = 25);
	process->jvm_clients = writer_string(lines, at);
	if (!process->jvm_version)
		process->jvm_version = vm_text(jvmti);
}

bool java_client_read(jni_env env, struct java_client *client, java_ref loader)
{
	java_ref class = NULL;

	for (size_t i = 0; i < JAVA_CLIENT_FIELD_COUNT; i++) {
		bool other = !i || strcmp(fields[i].class, fields[i - 1].class) != 0;

		if (other && class)
			JNI(env, DeleteLocalRef)(env, class);
		if (other)
			class = java_client_class(env, client->prefix, fields[i].class, loader);
		client->fields[i] = field_find(env, client->prefix, class, fields[i].name,
					       fields[i].descriptor);
		if (!client->fields[i])
			return false;
	}
	class = java_client_class(env, client->prefix, "internals/FutureRecordMetadata",
				  loader);
	client->index = field_find(env, client->prefix, class, "batchIndex", "I");
	if (!client->index) {
		client->index = field_find(env, client->prefix, class, "relativeOffset", "J");
		client->index_is_long = true;
	}
	return client->index && callback_read(env, client, loader);
}

const struct java_client *java_client_of(java_ref target)
{
	int64_t tag = jni_tag(target);

	return tag > 0 && tag <= JAVA_CLIENTS ? &java_clients[tag - 1] : NULL;
}

const struct java_client *java_client_late(jni_env env, java_ref target)
{
	uint32_t used = __atomic_load_n(&java_clients_used, __ATOMIC_ACQUIRE);

	for (uint32_t i = 0; i < used; i++)
		if (java_clients[i].target &&
		    JNI(env, IsSameObject)(env, java_clients[i].target, target))
			return &java_clients[i];
	return NULL;
}
