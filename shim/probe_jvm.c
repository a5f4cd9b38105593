/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe_jvm.c - finds the Java client in the host and weaves our calls into it.
 *
 * When: inside connect(), called by the JDK's own network library on a thread
 * that has the name of a producer's sender. That is a native method: the JVM
 * lets it call back, holds no lock of its own, and may stop the world
 * meanwhile. A JVM without producers is never looked into.
 *
 * All or nothing: a class that could not be woven makes all of them what they
 * were before any record is counted.
 */
#define _GNU_SOURCE
#include "probe_jvm.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "guest.h"
#include "loaded.h"
#include "settings.h"

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
jvmti_env probe_jvmti;

const struct weave_hook probe_jvm_hooks[PROBE_JVM_HOOK_COUNT] = {
#define HOOK(function, class, method, shape, where, operands) \
	{class, method, shape, WEAVE_##where, operands, #function},
	PROBE_JVM_HOOKS(HOOK)
#undef HOOK
};

/* ---- manners ---- */

void probe_jvm_note(uint32_t bit)
{
	__atomic_fetch_or(&guest->map.process->notes, bit, __ATOMIC_RELAXED);
}

int64_t probe_jvm_tag(java_ref object)
{
	int64_t tag = 0;

	if (!object || JVMTI(probe_jvmti, GetTag)(probe_jvmti, object, &tag) != 0)
		return 0;
	return tag;
}

void probe_jvm_tag_set(java_ref object, int64_t tag)
{
	if (object)
		JVMTI(probe_jvmti, SetTag)(probe_jvmti, object, tag);
}

bool probe_jvm_threw(jni_env env)
{
	if (!JNI(env, ExceptionCheck)(env))
		return false;
	JNI(env, ExceptionClear)(env);
	return true;
}

bool probe_jvm_push(jni_env env, int32_t references)
{
	if (JNI(env, PushLocalFrame)(env, references) == 0) {
		/* The same again, for -Xcheck:jni, which does not look at that. */
		if (JNI(env, EnsureLocalCapacity)(env, references) == 0)
			return true;
		JNI(env, PopLocalFrame)(env, NULL);
	}
	probe_jvm_threw(env);
	return false;
}

size_t probe_jvm_text(jni_env env, java_ref string, char *to, size_t room)
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

/* ---- weaving ---- */

static uint8_t *room_take(size_t bytes)
{
	uint8_t *room = NULL;

	return JVMTI(probe_jvmti, Allocate)(probe_jvmti, (int64_t)bytes, &room) == 0 ? room : NULL;
}

static void room_give(void *room)
{
	if (room)
		JVMTI(probe_jvmti, Deallocate)(probe_jvmti, room);
}

static void target_name(const struct probe_jvm_client *client, char name[256])
{
	strcpy(name, client->prefix);
	strcat(name, "clients/producer/internals/Unflushed");
}

/* The client whose class this is; NULL: not one of ours. */
static struct probe_jvm_client *client_for(jni_env env, java_ref loader, const char *name)
{
	for (uint32_t i = 0; i < probe_jvm_clients_used; i++) {
		struct probe_jvm_client *client = &probe_jvm_clients[i];

		if (client->weaves && strncmp(name, client->prefix, strlen(client->prefix)) == 0 &&
		    JNI(env, IsSameObject)(env, loader, client->loader))
			return client;
	}
	return NULL;
}

static void class_weave(struct probe_jvm_client *client, const char *class, int32_t bytes,
			const uint8_t *data, int32_t *new_bytes, uint8_t **new_data)
{
	char target[256];
	size_t room = (size_t)bytes + WEAVE_GROWTH(PROBE_JVM_HOOK_COUNT);
	struct weave weave = {
		.bytes = data,
		.size = (size_t)bytes,
		.hooks = probe_jvm_hooks,
		.hook_count = PROBE_JVM_HOOK_COUNT,
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
		*new_data = weave.out; /* the JVM gives it back */
	} else {
		room_give(weave.out);
	}
	room_give(weave.room);
}

/* Stays on: when somebody else has these classes transformed, ours come again. */
static void class_file_seen(jvmti_env jvmti, jni_env env, java_ref redefined, java_ref loader,
			    const char *name, java_ref domain, int32_t bytes, const uint8_t *data,
			    int32_t *new_bytes, uint8_t **new_data)
{
	(void)jvmti;
	(void)domain;
	if (!redefined || !name)
		return;
	struct probe_jvm_client *client = client_for(env, loader, name);
	const char *class = client ? name + strlen(client->prefix) : "";

	if (strncmp(class, "clients/producer/", 17) == 0)
		class_weave(client, class + 17, bytes, data, new_bytes, new_data);
}

/* Every function has been woven in, in one of the shapes that it may have. */
static bool is_whole(uint64_t woven)
{
	for (size_t i = 0; i < PROBE_JVM_HOOK_COUNT; i++) {
		bool found = false;

		for (size_t j = 0; j < PROBE_JVM_HOOK_COUNT && !found; j++)
			found = woven & 1ull << j &&
				strcmp(probe_jvm_hooks[i].call, probe_jvm_hooks[j].call) == 0;
		if (!found)
			return false;
	}
	return true;
}

/* The classes that the rows name, each once; how many, or 0. */
static int32_t classes_find(jni_env env, const struct probe_jvm_client *client, java_ref loader,
			    java_ref classes[PROBE_JVM_HOOK_COUNT])
{
	int32_t count = 0;

	for (size_t i = 0; i < PROBE_JVM_HOOK_COUNT; i++) {
		if (i && strcmp(probe_jvm_hooks[i].class, probe_jvm_hooks[i - 1].class) == 0)
			continue;
		classes[count] = probe_jvm_class(env, client->prefix, probe_jvm_hooks[i].class, loader);
		bool again = false;

		if (!classes[count])
			return 0;
		for (int32_t j = 0; j < count && !again; j++)
			again = JNI(env, IsSameObject)(env, classes[count], classes[j]);
		count += !again;
	}
	return count;
}

/* Our functions' class, beside the client's own: whatever its loader
 * delegates or hides, it finds what it has defined itself. */
static bool target_define(jni_env env, struct probe_jvm_client *client, java_ref loader)
{
	uint8_t bytes[8192];
	char name[256];

	target_name(client, name);
	size_t size = weave_target(probe_jvm_hooks, PROBE_JVM_HOOK_COUNT, name, bytes, sizeof bytes);
	java_ref target = size ? JNI(env, DefineClass)(env, name, loader, (const int8_t *)bytes,
						       (int32_t)size)
			       : NULL;

	if (probe_jvm_threw(env) || !target)
		return false;
	probe_jvm_tag_set(target, client - probe_jvm_clients + 1);
	return probe_jvm_register(env, target) && !probe_jvm_threw(env);
}

static bool client_weave(jni_env env, struct probe_jvm_client *client, java_ref loader)
{
	java_ref classes[PROBE_JVM_HOOK_COUNT + 1];
	int32_t count = probe_jvm_client_read(env, client, loader)
				? classes_find(env, client, loader, classes)
				: 0;

	if (!count || !target_define(env, client, loader))
		return false;
	client->weaves = true;
	int error = JVMTI(probe_jvmti, RetransformClasses)(probe_jvmti, count, classes);

	if (!probe_jvm_threw(env) && error == 0 && is_whole(client->woven))
		return true;
	client->weaves = false;
	if (error == 0) /* some of them: as they were */
		JVMTI(probe_jvmti, RetransformClasses)(probe_jvmti, count, classes);
	probe_jvm_threw(env);
	return false;
}

/* ---- the client ---- */

/* The sender's class is on the stack: runOnce() and run() called us. */
static java_ref sender_find(jni_env env, char prefix[PROBE_JVM_PREFIX])
{
	struct java_frame frames[STACK_DEPTH];
	int32_t count = 0;
	java_ref found = NULL;

	if (JVMTI(probe_jvmti, GetStackTrace)(probe_jvmti, NULL, 0, STACK_DEPTH, frames, &count) != 0)
		return NULL;
	for (int32_t i = 0; i < count && !found; i++) {
		java_ref class;
		char *signature = NULL;

		if (JVMTI(probe_jvmti, GetMethodDeclaringClass)(probe_jvmti, frames[i].method, &class) ||
		    JVMTI(probe_jvmti, GetClassSignature)(probe_jvmti, class, &signature, NULL))
			continue;
		size_t bytes = strlen(signature);
		size_t tail = sizeof SENDER_CLASS - 1;

		if (bytes > tail && bytes - tail < PROBE_JVM_PREFIX && signature[0] == 'L' &&
		    strcmp(signature + bytes - tail, SENDER_CLASS) == 0) {
			memcpy(prefix, signature + 1, bytes - tail - 1);
			prefix[bytes - tail - 1] = '\0';
			found = class;
		}
		room_give(signature);
		if (!found)
			JNI(env, DeleteLocalRef)(env, class);
	}
	return found;
}

static void client_enter(jni_env env)
{
	char prefix[PROBE_JVM_PREFIX];
	java_ref sender = sender_find(env, prefix);
	java_ref loader = NULL;

	if (!sender)
		return;
	for (uint32_t i = 0; i < probe_jvm_clients_used; i++)
		if (JNI(env, IsSameObject)(env, sender, probe_jvm_clients[i].sender))
			return;
	if (probe_jvm_clients_used == PROBE_JVM_CLIENTS ||
	    JVMTI(probe_jvmti, GetClassLoader)(probe_jvmti, sender, &loader) != 0) {
		probe_jvm_note(NOTE_JVM_REFUSED);
		return;
	}
	struct probe_jvm_client *client = &probe_jvm_clients[probe_jvm_clients_used];

	*client = (struct probe_jvm_client){
		.sender = JNI(env, NewWeakGlobalRef)(env, sender),
		.loader = loader ? JNI(env, NewWeakGlobalRef)(env, loader) : NULL,
	};
	strcpy(client->prefix, prefix);
	__atomic_store_n(&probe_jvm_clients_used, probe_jvm_clients_used + 1, __ATOMIC_RELEASE);
	probe_jvm_client_version(env, client, loader);
	probe_jvm_note(client_weave(env, client, loader) ? NOTE_PROBE_JVM : NOTE_JVM_REFUSED);
	probe_jvm_clients_note(probe_jvmti);
}

/* ---- the JVM ---- */

static java_vm vm_find(void)
{
	typedef int32_t created_fn(java_vm *, int32_t, int32_t *);
	void *handle = dlopen("libjvm.so", RTLD_NOLOAD | RTLD_LAZY);
	void *symbol = handle ? dlsym(handle, "JNI_GetCreatedJavaVMs") : NULL;
	created_fn *created;
	java_vm vm = NULL;
	int32_t count = 0;

	memcpy(&created, &symbol, sizeof created);
	if (created && (created(&vm, 1, &count) != 0 || count != 1))
		vm = NULL;
	if (handle)
		dlclose(handle);
	dlerror();
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
			 1ull << JAVA_CAN_GET_LINE_NUMBERS | 1ull << JAVA_CAN_RETRANSFORM_CLASSES,
		 0}};
	struct java_events events = {{NULL}};
	int phase = 0;

	events.callback[JAVA_EVENT_CLASS_FILE_LOAD - JAVA_EVENT_FIRST] = (slot_fn *)class_file_seen;
	return JVMTI(jvmti, GetPhase)(jvmti, &phase) == 0 && phase == JVMTI_PHASE_LIVE &&
	       vm_is_known(jvmti) && JVMTI(jvmti, AddCapabilities)(jvmti, &wanted) == 0 &&
	       JVMTI(jvmti, SetEventCallbacks)(jvmti, &events, sizeof events) == 0 &&
	       JVMTI(jvmti, SetEventNotificationMode)(jvmti, 1, JAVA_EVENT_CLASS_FILE_LOAD, NULL) == 0;
}

/* False: this JVM does not let us, now or ever. */
static bool vm_enter(java_vm vm)
{
	if (probe_jvmti)
		return true;
	jvmti_env jvmti = (jvmti_env)vm_environment(vm, JVMTI_VERSION_8);

	if (jvmti && vm_is_willing(jvmti)) {
		probe_jvmti = jvmti;
		return true;
	}
	if (jvmti) {
		probe_jvm_clients_note(jvmti);
		JVMTI(jvmti, DisposeEnvironment)(jvmti);
	}
	probe_jvm_note(NOTE_JVM_REFUSED);
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
	probe_jvm_note(NOTE_JVM);
	if (!vm_enter(vm))
		return PROBE_OVER;
	if (probe_jvm_push(env, 32)) {
		client_enter(env);
		JNI(env, PopLocalFrame)(env, NULL);
	}
	probe_jvm_threw(env);
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

void probe_jvm_connect_seen(const void *caller)
{
	if (__atomic_load_n(&probe_state, __ATOMIC_ACQUIRE) == PROBE_OVER || !is_sender() ||
	    !is_java_network(caller) || !turn_take())
		return;
	uint32_t state = strcmp(guest_settings.probe_jvm, "off") == 0 ? PROBE_OVER : probe_try();

	__atomic_store_n(&probe_state, state, __ATOMIC_RELEASE);
}
