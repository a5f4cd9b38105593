/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site.c - the Java line that sends.
 *
 * The stack is taken when a record enters a batch, where it is counted, so
 * nothing must be kept from send() until then. Frames of the client itself are
 * left out.
 */
#include "java/site.h"

#include <string.h>

#include "guest/guest.h"
#include "guest/hash.h"
#include "guest/settings.h"
#include "guest/state.h"
#include "java/jvm/jni.h"
#include "java/stack.h"
#include "trace/map.h"
#include "trace/stacks.h"
#include "trace/writer.h"

/* accepted, <init>, tryAppend, append, doSend are always on top. */
#define CLIENT_FRAMES 5
#define STACK_FRAMES (TRACE_FRAMES_MOST + 3)

#define RECENT 4

/* By the slot of the thread; stack.c says why it is not thread-local. */
static struct recent {
	uint64_t hash;
	uint32_t generation;
	uint32_t site;
} recent[33][RECENT];

static uint64_t stack_hash(const struct java_frame *frames, int32_t count)
{
	uint64_t hash = HASH_BEGIN;

	for (int32_t i = 0; i < count; i++) {
		hash = hash_bytes(hash, &frames[i].method, sizeof frames[i].method);
		hash = hash_bytes(hash, &frames[i].location, sizeof frames[i].location);
	}
	return hash | 1;
}

/* ---- a frame as text ---- */

static uint32_t frame_line(const struct java_frame *frame)
{
	struct java_line *lines = NULL;
	int32_t count = 0;
	uint32_t line = 0;
	int64_t nearest = -1;

	if (JVMTI(jni_jvmti, GetLineNumberTable)(jni_jvmti, frame->method, &count, &lines) != 0)
		return 0;
	for (int32_t i = 0; i < count; i++)
		if (lines[i].location <= frame->location && lines[i].location > nearest) {
			nearest = lines[i].location;
			line = (uint32_t)lines[i].line;
		}
	jni_give(lines);
	return line;
}

/* "Lcom/shop/Orders$Sender;" and "run": com.shop.Orders$Sender.run */
static trace_string function_text(const char *signature, const char *method)
{
	char text[512];
	size_t class_bytes = strlen(signature) - 2;
	size_t method_bytes = strlen(method);

	if (class_bytes + method_bytes + 1 > sizeof text)
		return 0;
	for (size_t i = 0; i < class_bytes; i++)
		text[i] = signature[i + 1] == '/' ? '.' : signature[i + 1];
	text[class_bytes] = '.';
	memcpy(text + class_bytes + 1, method, method_bytes);
	return writer_string_once(text, class_bytes + 1 + method_bytes);
}

static bool is_client(const struct java_frame *frame)
{
	java_ref class = NULL;
	char *signature = NULL;

	if (JVMTI(jni_jvmti, GetMethodDeclaringClass)(jni_jvmti, frame->method, &class) != 0 ||
	    JVMTI(jni_jvmti, GetClassSignature)(jni_jvmti, class, &signature, NULL) != 0)
		return false;
	bool own = strstr(signature, "kafka/clients/producer/");

	jni_give(signature);
	return own;
}

static void frame_write(const struct java_frame *frame, struct trace_frame *to)
{
	java_ref class = NULL;
	char *signature = NULL, *method = NULL, *file = NULL;

	if (JVMTI(jni_jvmti, GetMethodDeclaringClass)(jni_jvmti, frame->method, &class) != 0)
		return;
	if (JVMTI(jni_jvmti, GetClassSignature)(jni_jvmti, class, &signature, NULL) == 0 &&
	    JVMTI(jni_jvmti, GetMethodName)(jni_jvmti, frame->method, &method, NULL, NULL) == 0)
		to->function = function_text(signature, method);
	if (JVMTI(jni_jvmti, GetSourceFileName)(jni_jvmti, class, &file) == 0)
		to->file = writer_string_once(file, strlen(file));
	to->line = frame_line(frame);
	jni_give(file);
	jni_give(method);
	jni_give(signature);
}

static uint32_t site_make(uint64_t hash, const struct java_frame *frames, int32_t count)
{
	struct stacks_frames stack = {.depth = (uint32_t)count};
	uint32_t site = stacks_begin(hash, LANGUAGE_JAVA);

	if (!site)
		return 0;
	for (int32_t i = 0; i < count; i++)
		frame_write(&frames[i], &stack.frames[i]);
	stacks_end(site, &stack);
	return site;
}

/* Leaves out the client's own frames: they tell nothing, and may differ for the same line. */
static uint32_t site_of(jni_env env, const struct java_frame *frames, int32_t count)
{
	if (!jni_push(env, 4 * STACK_FRAMES))
		return 0;
	while (count && is_client(frames)) {
		frames++;
		count--;
	}
	if (count > (settings_site_level == SITES_STACK ? TRACE_FRAMES_MOST : 1))
		count = settings_site_level == SITES_STACK ? TRACE_FRAMES_MOST : 1;
	uint64_t hash = stack_hash(frames, count);
	uint32_t site = stacks_find(hash, LANGUAGE_JAVA);

	if (!site && count)
		site = site_make(hash, frames, count);
	JNI(env, PopLocalFrame)(env, NULL);
	return site;
}

uint32_t java_site(jni_env env, const void *caller, const void *frame)
{
	struct java_frame frames[STACK_FRAMES];
	int32_t count = 0;
	uint32_t site;

	if (settings_site_level == SITES_OFF)
		return 0;
	if (LIKELY(java_stack_known(caller, frame, &site)))
		return site;
	if (JVMTI(jni_jvmti, GetStackTrace)(
		    jni_jvmti, NULL, CLIENT_FRAMES,
		    settings_site_level == SITES_STACK ? STACK_FRAMES : 4, frames, &count) != 0)
		return 0;
	uint64_t hash = stack_hash(frames, count);
	struct recent *entry = &recent[writer_thread() % 33][hash >> 32 & (RECENT - 1)];

	if (entry->hash != hash || entry->generation != guest_generation + 1)
		*entry = (struct recent){hash, guest_generation + 1,
					 site_of(env, frames, count)};
	java_stack_learn(caller, frame, entry->site);
	return entry->site;
}

/* sender_made() is on top, then constructors of the client that call each other. */
uint32_t java_site_made(jni_env env)
{
	struct java_frame frames[STACK_FRAMES];
	int32_t count = 0;

	if (settings_site_level == SITES_OFF ||
	    JVMTI(jni_jvmti, GetStackTrace)(jni_jvmti, NULL, 1, STACK_FRAMES, frames, &count) !=
		    0)
		return 0;
	return site_of(env, frames, count);
}
