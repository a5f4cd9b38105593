/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe.c - finds the Java client in the host and weaves our calls into it.
 *
 * When: inside connect(), called by the JDK's own network library on a thread
 * that has the name of a producer's sender. That is a native method: the JVM
 * lets it call back, holds no lock of its own, and may stop the world
 * meanwhile. A JVM without producers is never looked into.
 */
#define _GNU_SOURCE
#include "java/probe.h"

#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "format/format.h"
#include "guest/linker.h"
#include "guest/loaded.h"
#include "guest/settings.h"
#include "java/archive.h"
#include "java/client.h"
#include "java/hooks.h"
#include "java/jni.h"
#include "java/transform.h"

#define SENDER_THREAD "kafka-producer-" /* as much of the name as the kernel keeps */
#define SENDER_CLASS "clients/producer/internals/Sender;"
#define STACK_DEPTH 64
#define WAIT_MS 5000

enum probe_state {
	PROBE_IDLE = 0,
	PROBE_BUSY = 1, /* one thread is at it */
	PROBE_OVER = 2, /* nothing to do, or not let */
};

static uint32_t probe_state;

/* ---- the client ---- */

/* The sender's class is on the stack: runOnce() and run() called us. */
static java_ref sender_find(jni_env env, char prefix[JAVA_CLIENT_PREFIX])
{
	struct java_frame frames[STACK_DEPTH];
	int32_t count = 0;
	java_ref found = NULL;

	if (JVMTI(jni_jvmti, GetStackTrace)(jni_jvmti, NULL, 0, STACK_DEPTH, frames, &count) !=
	    0)
		return NULL;
	for (int32_t i = 0; i < count && !found; i++) {
		java_ref class;
		char *signature = NULL;

		if (JVMTI(jni_jvmti, GetMethodDeclaringClass)(jni_jvmti, frames[i].method,
							      &class) ||
		    JVMTI(jni_jvmti, GetClassSignature)(jni_jvmti, class, &signature, NULL))
			continue;
		size_t bytes = strlen(signature);
		size_t tail = sizeof SENDER_CLASS - 1;

		if (bytes > tail && bytes - tail < JAVA_CLIENT_PREFIX && signature[0] == 'L' &&
		    strcmp(signature + bytes - tail, SENDER_CLASS) == 0) {
			memcpy(prefix, signature + 1, bytes - tail - 1);
			prefix[bytes - tail - 1] = '\0';
			found = class;
		}
		jni_give(signature);
		if (!found)
			JNI(env, DeleteLocalRef)(env, class);
	}
	return found;
}

static void client_enter(jni_env env)
{
	char prefix[JAVA_CLIENT_PREFIX];
	java_ref sender = sender_find(env, prefix);
	java_ref loader = NULL;

	if (!sender)
		return;
	for (uint32_t i = 0; i < java_clients_used; i++)
		if (JNI(env, IsSameObject)(env, sender, java_clients[i].sender))
			return;
	if (java_clients_used == JAVA_CLIENTS ||
	    JVMTI(jni_jvmti, GetClassLoader)(jni_jvmti, sender, &loader) != 0) {
		java_clients_notes_add(NOTE_JVM_REFUSED);
		return;
	}
	struct java_client *client = &java_clients[java_clients_used];

	*client = (struct java_client){
		.sender = JNI(env, NewWeakGlobalRef)(env, sender),
		.loader = loader ? JNI(env, NewWeakGlobalRef)(env, loader) : NULL,
	};
	strcpy(client->prefix, prefix);
	__atomic_store_n(&java_clients_used, java_clients_used + 1, __ATOMIC_RELEASE);
	java_client_version(env, client, loader);
	bool woven = java_transform(env, client, loader);

	if (woven)
		java_sends_under_way(env, client, loader);
	java_clients_notes_add(woven ? NOTE_PROBE_JVM : NOTE_JVM_REFUSED);
	java_clients_note(jni_jvmti);
}

/* ---- the JVM ---- */

static java_vm vm_find(void)
{
	typedef int32_t created_fn(java_vm *, int32_t, int32_t *);
	void *handle = linker_open("libjvm.so", RTLD_NOLOAD | RTLD_LAZY);
	void *symbol = handle ? linker_symbol(handle, "JNI_GetCreatedJavaVMs") : NULL;
	created_fn *created;
	java_vm vm = NULL;
	int32_t count = 0;

	memcpy(&created, &symbol, sizeof created);
	if (created && (created(&vm, 1, &count) != 0 || count != 1))
		vm = NULL;
	if (handle)
		linker_close(handle);
	linker_error_clear();
	return vm;
}

static void *vm_environment(java_vm vm, int32_t version)
{
	void *environment = NULL;
	java_get_env_fn *get = (java_get_env_fn *)(*vm)[JAVA_VM_GET_ENV];

	return get(vm, &environment, version) == 0 ? environment : NULL;
}

static bool vm_is_known(jvmti_env jvmti)
{
	char *name = NULL;

	if (JVMTI(jvmti, GetSystemProperty)(jvmti, "java.vm.name", &name) != 0)
		return false;
	bool known = strstr(name, "OpenJDK") || strstr(name, "HotSpot");

	JVMTI(jvmti, Deallocate)(jvmti, (uint8_t *)name);
	return known;
}

static bool vm_is_willing(jvmti_env jvmti)
{
	static const struct java_capabilities wanted = {
		{1ull << JAVA_CAN_TAG_OBJECTS | 1ull << JAVA_CAN_GET_SOURCE_FILE_NAME |
			 1ull << JAVA_CAN_GET_LINE_NUMBERS |
			 1ull << JAVA_CAN_RETRANSFORM_CLASSES,
		 0}};
	struct java_events events = {{NULL}};
	int phase = 0;

	events.callback[JAVA_EVENT_CLASS_FILE_LOAD - JAVA_EVENT_FIRST] =
		(slot_fn *)java_transform_class_file;
	return JVMTI(jvmti, GetPhase)(jvmti, &phase) == 0 && phase == JVMTI_PHASE_LIVE &&
	       vm_is_known(jvmti) && JVMTI(jvmti, AddCapabilities)(jvmti, &wanted) == 0 &&
	       JVMTI(jvmti, SetEventCallbacks)(jvmti, &events, sizeof events) == 0 &&
	       JVMTI(jvmti, SetEventNotificationMode)(jvmti, 1, JAVA_EVENT_CLASS_FILE_LOAD,
						      NULL) == 0;
}

/* False: this JVM does not let us, now or ever. */
static bool vm_enter(java_vm vm, jni_env env)
{
	if (jni_jvmti)
		return true;
	jvmti_env jvmti = (jvmti_env)vm_environment(vm, JVMTI_VERSION_8);

	if (jvmti && !java_archive_is_written(env) && vm_is_willing(jvmti)) {
		jni_jvmti = jvmti;
		return true;
	}
	if (jvmti) {
		java_clients_note(jvmti);
		JVMTI(jvmti, DisposeEnvironment)(jvmti);
	}
	java_clients_notes_add(NOTE_JVM_REFUSED);
	return false;
}

static uint32_t probe_try(void)
{
	java_vm vm = vm_find();

	if (!vm)
		return PROBE_OVER;
	jni_env env = (jni_env)vm_environment(vm, JNI_VERSION_8);

	if (!env || JNI(env, ExceptionCheck)(env))
		return PROBE_IDLE; /* not a thread of Java's: the next connect */
	java_clients_notes_add(NOTE_JVM);
	if (!vm_enter(vm, env))
		return PROBE_OVER;
	if (jni_push(env, 32)) {
		client_enter(env);
		JNI(env, PopLocalFrame)(env, NULL);
	}
	jni_threw(env);
	return PROBE_IDLE;
}

/* ---- connect ---- */

static bool is_java_network(const void *caller)
{
	struct loaded found;

	if (!loaded_find(caller, &found))
		return false;
	const char *slash = strrchr(found.path, '/');
	const char *name = slash ? slash + 1 : found.path;

	return strcmp(name, "libnio.so") == 0 || strcmp(name, "libnet.so") == 0;
}

static bool is_sender(void)
{
	char name[16] = "";

	return prctl(PR_GET_NAME, name) == 0 && strcmp(name, SENDER_THREAD) == 0;
}

/* Another sender's thread may be weaving this one's client: its records must
 * not be accepted before that is done. */
static bool turn_take(void)
{
	struct timespec moment = {0, 1000000};

	for (int waited_ms = 0; waited_ms < WAIT_MS; waited_ms++) {
		uint32_t idle = PROBE_IDLE;

		if (__atomic_compare_exchange_n(&probe_state, &idle, PROBE_BUSY, false,
						__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			return true;
		if (idle == PROBE_OVER)
			return false;
		nanosleep(&moment, NULL);
	}
	return false;
}

void java_probe_connect_seen(const void *caller)
{
	if (__atomic_load_n(&probe_state, __ATOMIC_ACQUIRE) == PROBE_OVER || !is_sender() ||
	    !is_java_network(caller) || !turn_take())
		return;
	uint32_t state =
		strcmp(guest_settings.probe_jvm, "off") == 0 ? PROBE_OVER : probe_try();

	__atomic_store_n(&probe_state, state, __ATOMIC_RELEASE);
}
