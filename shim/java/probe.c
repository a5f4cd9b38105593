/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe.c - finds the Java client in the host and weaves the guest's calls into it.
 *
 * It runs when the constructor of a KafkaProducer makes its selector, inside epoll_create(),
 * called by the JDK's own network library. That is a native method: it may call JNI, holds no
 * lock of the JVM, and the JVM may stop all threads meanwhile; and neither the producer nor its
 * sender exists yet. Where that was not seen, it runs in connect(), on a thread that has the
 * name of a producer's sender. When a class is defined, its loader's lock may be held, so only
 * its name is compared: a JVM without a class of the producer's name is never entered.
 */
#define _GNU_SOURCE
#include "java/probe.h"

#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "calls/calls.h"
#include "format/format.h"
#include "guest/guest.h"
#include "guest/linker.h"
#include "guest/loaded.h"
#include "guest/settings.h"
#include "java/jvm/archive.h"
#include "java/client.h"
#include "java/hooks.h"
#include "java/jvm/jni.h"
#include "java/transform.h"
#include "trace/record.h"

#define SENDER_THREAD "kafka-producer-" /* the kernel keeps 15 characters of a name */
#define SENDER_CLASS "clients/producer/internals/Sender;"
#define PRODUCER_CLASS "clients/producer/KafkaProducer"
#define STACK_DEPTH 64
#define WAIT_MS 5000

enum probe_state {
	PROBE_IDLE = 0,
	PROBE_BUSY = 1, /* a thread is looking now */
	PROBE_OVER = 2, /* nothing to do, or refused */
};

static uint32_t probe_state;

/* ---- the client ---- */

/* Finds a class whose signature ends with `tail` and of which a method is on this thread's
 * stack, and the part of the signature before `tail`. NULL: there is none. */
static java_ref class_on_stack(jvmti_env jvmti, jni_env env, const char *tail,
			       char prefix[JAVA_CLIENT_PREFIX])
{
	struct java_frame frames[STACK_DEPTH];
	int32_t count = 0;
	java_ref found = NULL;

	if (JVMTI(jvmti, GetStackTrace)(jvmti, NULL, 0, STACK_DEPTH, frames, &count) != 0)
		return NULL;
	for (int32_t i = 0; i < count && !found; i++) {
		java_ref class;
		char *signature = NULL;

		if (JVMTI(jvmti, GetMethodDeclaringClass)(jvmti, frames[i].method, &class) ||
		    JVMTI(jvmti, GetClassSignature)(jvmti, class, &signature, NULL))
			continue;
		size_t bytes = strlen(signature), end = strlen(tail);

		if (bytes > end && bytes - end < JAVA_CLIENT_PREFIX && signature[0] == 'L' &&
		    strcmp(signature + bytes - end, tail) == 0) {
			memcpy(prefix, signature + 1, bytes - end - 1);
			prefix[bytes - end - 1] = '\0';
			found = class;
		}
		JVMTI(jvmti, Deallocate)(jvmti, (uint8_t *)signature);
		if (!found)
			JNI(env, DeleteLocalRef)(env, class);
	}
	return found;
}

static java_ref loader_of(java_ref class)
{
	java_ref loader = NULL;

	return JVMTI(jni_jvmti, GetClassLoader)(jni_jvmti, class, &loader) == 0 ? loader : NULL;
}

static bool client_is_known(jni_env env, java_ref sender)
{
	for (uint32_t i = 0; i < java_clients_used; i++)
		if (JNI(env, IsSameObject)(env, sender, java_clients[i].sender))
			return true;
	return false;
}

/* `notes`: bits of enum trace_note to set if the client is woven now. */
static void client_enter(jni_env env, java_ref sender, const char *prefix, uint32_t notes)
{
	if (!sender || client_is_known(env, sender))
		return;
	if (java_clients_used == JAVA_CLIENTS) {
		java_clients_notes_add(NOTE_JVM_REFUSED);
		return;
	}
	struct java_client *client = &java_clients[java_clients_used];
	java_ref loader = loader_of(sender);

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
	java_clients_notes_add(woven ? NOTE_PROBE_JVM | notes : NOTE_JVM_REFUSED);
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

/* False: this JVM can never be entered. */
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

/* ---- a client was found ---- */

/* Another thread may be weaving this thread's client: waits for it, so that no record is
 * accepted or refused before that is done. */
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

static void turn_give(uint32_t state)
{
	__atomic_store_n(&probe_state, state, __ATOMIC_RELEASE);
}

static bool is_java_network(const void *caller)
{
	struct loaded found;

	if (!loaded_find(caller, &found))
		return false;
	const char *slash = strrchr(found.path, '/');
	const char *name = slash ? slash + 1 : found.path;

	return strcmp(name, "libnio.so") == 0 || strcmp(name, "libnet.so") == 0;
}

static bool probe_may(const void *caller)
{
	return __atomic_load_n(&probe_state, __ATOMIC_ACQUIRE) != PROBE_OVER &&
	       is_java_network(caller);
}

static bool is_turned_off(void)
{
	return strcmp(guest_settings.probe_jvm, "off") == 0;
}

/* ---- connect ---- */

static bool is_sender(void)
{
	char name[16] = "";

	return prctl(PR_GET_NAME, name) == 0 && strcmp(name, SENDER_THREAD) == 0;
}

/* The sender's class is on the stack, in the frames of runOnce() and run(). */
static void sender_meet(jni_env env)
{
	char prefix[JAVA_CLIENT_PREFIX];

	client_enter(env, class_on_stack(jni_jvmti, env, SENDER_CLASS, prefix), prefix,
		     NOTE_JVM_LATE);
}

static uint32_t connect_try(void)
{
	java_vm vm = vm_find();

	if (!vm)
		return PROBE_OVER;
	jni_env env = (jni_env)vm_environment(vm, JNI_VERSION_8);

	if (!env || JNI(env, ExceptionCheck)(env))
		return PROBE_IDLE; /* no Java thread: try at the next connect */
	java_clients_notes_add(NOTE_JVM);
	if (!vm_enter(vm, env))
		return PROBE_OVER;
	if (jni_push(env, 32)) {
		sender_meet(env);
		JNI(env, PopLocalFrame)(env, NULL);
	}
	jni_threw(env);
	return PROBE_IDLE;
}

void java_probe_connect_seen(const void *caller)
{
	if (!is_sender() || !probe_may(caller) || !turn_take())
		return;
	turn_give(is_turned_off() ? PROBE_OVER : connect_try());
}

/* ---- a selector ---- */

/* Counts classes of the producer's name that were defined. A class that the JVM has without
 * JVM_DefineClassWithSource (archive.h) is not counted: then every selector is checked. */
static uint32_t producers_defined;
static uint32_t undefined_asked, undefined_possible;

void on_JVM_DefineClassWithSource(const struct call *call, void *given, void *env,
				  const char *name, void *loader, const signed char *bytes,
				  int32_t size, void *domain, const char *source)
{
	size_t tail = sizeof PRODUCER_CLASS - 1, whole = given && name ? strlen(name) : 0;

	(void)call, (void)env, (void)loader, (void)bytes, (void)size, (void)domain;
	(void)source;
	if (UNLIKELY(whole > tail && strcmp(name + whole - tail, PRODUCER_CLASS) == 0))
		__atomic_store_n(&producers_defined, 1, __ATOMIC_RELEASE);
}

static bool producers_are_possible(jni_env env)
{
	if (__atomic_load_n(&producers_defined, __ATOMIC_ACQUIRE))
		return true;
	if (!__atomic_load_n(&undefined_asked, __ATOMIC_ACQUIRE)) {
		undefined_possible = java_archive_may_be_read(env);
		__atomic_store_n(&undefined_asked, 1, __ATOMIC_RELEASE);
	}
	return undefined_possible;
}

/* Uses a JVMTI environment of its own while the guest has none: without capabilities it changes
 * nothing in the JVM. */
static java_ref producer_on_stack(java_vm vm, jni_env env, char prefix[JAVA_CLIENT_PREFIX])
{
	jvmti_env jvmti =
		jni_jvmti ? jni_jvmti : (jvmti_env)vm_environment(vm, JVMTI_VERSION_8);
	java_ref found = jvmti ? class_on_stack(jvmti, env, PRODUCER_CLASS ";", prefix) : NULL;

	if (jvmti && jvmti != jni_jvmti)
		JVMTI(jvmti, DisposeEnvironment)(jvmti);
	return found;
}

/* The producer's constructor is running. */
static uint32_t producer_meet(java_vm vm, jni_env env, java_ref producer, const char *prefix)
{
	java_clients_notes_add(NOTE_JVM);
	if (!vm_enter(vm, env))
		return PROBE_OVER;
	java_ref sender =
		java_client_class(env, prefix, "internals/Sender", loader_of(producer));

	if (!sender) { /* not as the guest expects */
		java_clients_notes_add(NOTE_JVM_REFUSED);
		java_clients_note(jni_jvmti);
	}
	client_enter(env, sender, prefix, 0);
	jni_threw(env);
	return PROBE_IDLE;
}

static void selector_look(java_vm vm, jni_env env)
{
	char prefix[JAVA_CLIENT_PREFIX];
	java_ref producer = producer_on_stack(vm, env, prefix);

	if (producer && !guest_is_borrowed() && record_ready() && turn_take())
		turn_give(producer_meet(vm, env, producer, prefix));
}

void java_probe_selector_seen(const void *caller)
{
	if (!probe_may(caller) || is_turned_off())
		return;
	java_vm vm = vm_find();
	jni_env env = vm ? (jni_env)vm_environment(vm, JNI_VERSION_8) : NULL;

	if (!env || JNI(env, ExceptionCheck)(env) || !producers_are_possible(env) ||
	    !jni_push(env, 32))
		return;
	selector_look(vm, env);
	JNI(env, PopLocalFrame)(env, NULL);
}
