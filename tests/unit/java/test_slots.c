/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_slots.c - the slots that the guest calls in the JVM are those of a JDK's
 * headers.
 *
 * links: jdk
 * Without a JDK on this machine there is nothing to compare with: skipped, aloud.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <string.h>

#include "testing.h"

#ifdef JDK_HEADERS
#include <jni.h>
#include <jvmti.h>

#include "java/jvm/api.h"

#define JNI_IS(slot, name, result, parameters)                                                 \
	_Static_assert(offsetof(struct JNINativeInterface_, name) == (slot) * sizeof(void *),  \
		       "JNI " #name);
JNI_SLOTS(JNI_IS)
#define JVMTI_IS(slot, name, result, parameters)                                               \
	_Static_assert(offsetof(struct jvmtiInterface_1_, name) ==                             \
			       ((slot)-1) * sizeof(void *),                                    \
		       "JVMTI " #name);
JVMTI_SLOTS(JVMTI_IS)

_Static_assert(offsetof(struct JNIInvokeInterface_, GetEnv) == JAVA_VM_GET_ENV * sizeof(void *),
	       "GetEnv");
_Static_assert(sizeof(struct java_capabilities) == sizeof(jvmtiCapabilities), "capabilities");
_Static_assert(sizeof(union java_value) == sizeof(jvalue), "values");
_Static_assert(sizeof(struct java_frame) == sizeof(jvmtiFrameInfo) &&
		       offsetof(struct java_frame, location) ==
			       offsetof(jvmtiFrameInfo, location),
	       "frames");
_Static_assert(sizeof(struct java_stack) == sizeof(jvmtiStackInfo) &&
		       offsetof(struct java_stack, frames) ==
			       offsetof(jvmtiStackInfo, frame_buffer) &&
		       offsetof(struct java_stack, frame_count) ==
			       offsetof(jvmtiStackInfo, frame_count),
	       "stacks");
_Static_assert(offsetof(struct java_line, line) == offsetof(jvmtiLineNumberEntry, line_number),
	       "lines");
_Static_assert(offsetof(struct java_native, function) == offsetof(JNINativeMethod, fnPtr),
	       "natives");
_Static_assert(offsetof(struct java_events,
			callback[JAVA_EVENT_CLASS_FILE_LOAD - JAVA_EVENT_FIRST]) ==
		       offsetof(jvmtiEventCallbacks, ClassFileLoadHook),
	       "the event of a class file");
_Static_assert(JVMTI_EVENT_CLASS_FILE_LOAD_HOOK == JAVA_EVENT_CLASS_FILE_LOAD, "its number");
_Static_assert(JVMTI_PHASE_LIVE == 4 && JVMTI_VERSION_1_2 == JVMTI_VERSION_8, "versions");

/* Bit fields have no offset: one is set, and looked for. */
static void a_capability_is_the_bit_that_we_set(void **state)
{
	jvmtiCapabilities theirs;
	struct java_capabilities ours = {{1ull << JAVA_CAN_TAG_OBJECTS |
						  1ull << JAVA_CAN_GET_SOURCE_FILE_NAME |
						  1ull << JAVA_CAN_GET_LINE_NUMBERS |
						  1ull << JAVA_CAN_RETRANSFORM_CLASSES,
					  0}};

	(void)state;
	memset(&theirs, 0, sizeof theirs);
	theirs.can_tag_objects = 1;
	theirs.can_get_source_file_name = 1;
	theirs.can_get_line_numbers = 1;
	theirs.can_retransform_classes = 1;
	assert_memory_equal(&ours, &theirs, sizeof ours);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_capability_is_the_bit_that_we_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void)
{
	fprintf(stderr,
		"SKIPPED: there is no JDK (Debian: default-jdk-headless) to compare with\n");
	return 77;
}
#endif
