/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api.h - the part of a JVM's two native interfaces that the probe
 * uses: slots of the function tables, as their specifications number them.
 *
 * JNI: "Java Native Interface Specification", chapter 4, the index of each
 * function in the JNIEnv table. JVMTI: "JVM Tool Interface", the position of
 * each function in the jvmtiEnv table, counted from 1. Both have been fixed
 * since Java 5; new functions are added behind the last. No header of a JDK is
 * included: a build needs none (tests/unit/java/test_slots.c compares with
 * those of a JDK where there is one).
 */
#ifndef UNFLUSHED_JAVA_JVM_API_H
#define UNFLUSHED_JAVA_JVM_API_H

#include <stdbool.h>
#include <stdint.h>

typedef struct java_object *java_ref; /* jobject and its kin */
typedef struct java_field *java_field;
typedef struct java_method *java_method;

union java_value { /* jvalue */
	uint8_t z;
	int32_t i;
	int64_t j;
	double d;
	java_ref l;
};

struct java_native { /* JNINativeMethod */
	char *name;
	char *descriptor;
	void *function;
};

typedef void slot_fn(void);
typedef slot_fn *const *const *jni_env;	  /* JNIEnv * */
typedef slot_fn *const *const *jvmti_env; /* jvmtiEnv * */
typedef slot_fn *const *const *java_vm;	  /* JavaVM * */

/* Aligned by hand. */
/* clang-format off */
#define JNI_SLOTS(_)                                                                           \
	_(5, DefineClass, java_ref,                                                            \
	  (jni_env, const char *, java_ref, const int8_t *, int32_t))                          \
	_(6, FindClass, java_ref, (jni_env, const char *))                                     \
	_(13, Throw, int32_t, (jni_env, java_ref))                                             \
	_(15, ExceptionOccurred, java_ref, (jni_env))                                          \
	_(17, ExceptionClear, void, (jni_env))                                                 \
	_(19, PushLocalFrame, int32_t, (jni_env, int32_t))                                     \
	_(20, PopLocalFrame, java_ref, (jni_env, java_ref))                                    \
	_(21, NewGlobalRef, java_ref, (jni_env, java_ref))                                     \
	_(22, DeleteGlobalRef, void, (jni_env, java_ref))                                      \
	_(23, DeleteLocalRef, void, (jni_env, java_ref))                                       \
	_(25, NewLocalRef, java_ref, (jni_env, java_ref))                                      \
	_(24, IsSameObject, uint8_t, (jni_env, java_ref, java_ref))                            \
	_(26, EnsureLocalCapacity, int32_t, (jni_env, int32_t))                                \
	_(31, GetObjectClass, java_ref, (jni_env, java_ref))                                   \
	_(32, IsInstanceOf, uint8_t, (jni_env, java_ref, java_ref))                            \
	_(33, GetMethodID, java_method, (jni_env, java_ref, const char *, const char *))       \
	_(36, CallObjectMethodA, java_ref,                                                     \
	  (jni_env, java_ref, java_method, const union java_value *))                          \
	_(39, CallBooleanMethodA, uint8_t,                                                     \
	  (jni_env, java_ref, java_method, const union java_value *))                          \
	_(51, CallIntMethodA, int32_t,                                                         \
	  (jni_env, java_ref, java_method, const union java_value *))                          \
	_(54, CallLongMethodA, int64_t,                                                        \
	  (jni_env, java_ref, java_method, const union java_value *))                          \
	_(94, GetFieldID, java_field, (jni_env, java_ref, const char *, const char *))         \
	_(95, GetObjectField, java_ref, (jni_env, java_ref, java_field))                       \
	_(96, GetBooleanField, uint8_t, (jni_env, java_ref, java_field))                       \
	_(99, GetShortField, int16_t, (jni_env, java_ref, java_field))                         \
	_(100, GetIntField, int32_t, (jni_env, java_ref, java_field))                          \
	_(101, GetLongField, int64_t, (jni_env, java_ref, java_field))                         \
	_(144, GetStaticFieldID, java_field, (jni_env, java_ref, const char *, const char *))  \
	_(145, GetStaticObjectField, java_ref, (jni_env, java_ref, java_field))                \
	_(167, NewStringUTF, java_ref, (jni_env, const char *))                                \
	_(164, GetStringLength, int32_t, (jni_env, java_ref))                                  \
	_(168, GetStringUTFLength, int32_t, (jni_env, java_ref))                               \
	_(171, GetArrayLength, int32_t, (jni_env, java_ref))                                   \
	_(173, GetObjectArrayElement, java_ref, (jni_env, java_ref, int32_t))                  \
	_(215, RegisterNatives, int32_t,                                                       \
	  (jni_env, java_ref, const struct java_native *, int32_t))                            \
	_(221, GetStringUTFRegion, void, (jni_env, java_ref, int32_t, int32_t, char *))        \
	_(222, GetPrimitiveArrayCritical, void *, (jni_env, java_ref, uint8_t *))              \
	_(223, ReleasePrimitiveArrayCritical, void, (jni_env, java_ref, void *, int32_t))      \
	_(226, NewWeakGlobalRef, java_ref, (jni_env, java_ref))                                \
	_(227, DeleteWeakGlobalRef, void, (jni_env, java_ref))                                 \
	_(228, ExceptionCheck, uint8_t, (jni_env))
/* clang-format on */

struct java_frame { /* jvmtiFrameInfo */
	java_method method;
	int64_t location;
};

struct java_stack { /* jvmtiStackInfo */
	java_ref thread;
	int32_t state;
	struct java_frame *frames;
	int32_t frame_count;
};

struct java_line { /* jvmtiLineNumberEntry */
	int64_t location;
	int32_t line;
};

/* jvmtiCapabilities: 128 bits, numbered as in the specification. */
struct java_capabilities {
	uint64_t bits[2];
};
#define JAVA_CAN_TAG_OBJECTS 0
#define JAVA_CAN_GET_SOURCE_FILE_NAME 11
#define JAVA_CAN_GET_LINE_NUMBERS 12
#define JAVA_CAN_RETRANSFORM_CLASSES 37

/* jvmtiEventCallbacks: by event number, from 50 on. */
#define JAVA_EVENT_FIRST 50
#define JAVA_EVENT_CLASS_FILE_LOAD 54
struct java_events {
	slot_fn *callback[JAVA_EVENT_CLASS_FILE_LOAD - JAVA_EVENT_FIRST + 1];
};
typedef void java_class_file_fn(jvmti_env, jni_env, java_ref redefined, java_ref loader,
				const char *name, java_ref domain, int32_t bytes,
				const uint8_t *data, int32_t *new_bytes, uint8_t **new_data);

/* Aligned by hand. */
/* clang-format off */
#define JVMTI_SLOTS(_)                                                                         \
	_(2, SetEventNotificationMode, int, (jvmti_env, int, int, java_ref, ...))              \
	_(18, GetCurrentThread, int, (jvmti_env, java_ref *))                                  \
	_(46, Allocate, int, (jvmti_env, int64_t, uint8_t **))                                 \
	_(47, Deallocate, int, (jvmti_env, uint8_t *))                                         \
	_(48, GetClassSignature, int, (jvmti_env, java_ref, char **, char **))                 \
	_(50, GetSourceFileName, int, (jvmti_env, java_ref, char **))                          \
	_(57, GetClassLoader, int, (jvmti_env, java_ref, java_ref *))                          \
	_(58, GetObjectHashCode, int, (jvmti_env, java_ref, int32_t *))                        \
	_(64, GetMethodName, int, (jvmti_env, java_method, char **, char **, char **))         \
	_(65, GetMethodDeclaringClass, int, (jvmti_env, java_method, java_ref *))              \
	_(70, GetLineNumberTable, int,                                                         \
	  (jvmti_env, java_method, int32_t *, struct java_line **))                            \
	_(91, IsMethodObsolete, int, (jvmti_env, java_method, uint8_t *))                      \
	_(100, GetAllStackTraces, int,                                                         \
	  (jvmti_env, int32_t, struct java_stack **, int32_t *))                               \
	_(104, GetStackTrace, int,                                                             \
	  (jvmti_env, java_ref, int32_t, int32_t, struct java_frame *, int32_t *))             \
	_(106, GetTag, int, (jvmti_env, java_ref, int64_t *))                                  \
	_(107, SetTag, int, (jvmti_env, java_ref, int64_t))                                    \
	_(122, SetEventCallbacks, int, (jvmti_env, const struct java_events *, int32_t))       \
	_(127, DisposeEnvironment, int, (jvmti_env))                                           \
	_(131, GetSystemProperty, int, (jvmti_env, const char *, char **))                     \
	_(133, GetPhase, int, (jvmti_env, int *))                                              \
	_(142, AddCapabilities, int, (jvmti_env, const struct java_capabilities *))            \
	_(152, RetransformClasses, int, (jvmti_env, int32_t, const java_ref *))
/* clang-format on */

/* JNIInvokeInterface: the table of a JavaVM. */
#define JAVA_VM_GET_ENV 6
typedef int32_t java_get_env_fn(java_vm, void **, int32_t);
#define JNI_VERSION_8 0x00010008
#define JVMTI_VERSION_8 0x30010200 /* 1.2: Java 8 and newer have it */
#define JVMTI_PHASE_LIVE 4
#define JVMTI_PHASE_DEAD 8

#define JNI_FUNCTION(slot, name, result, parameters) typedef result jni_##name##_fn parameters;
JNI_SLOTS(JNI_FUNCTION)
#undef JNI_FUNCTION
#define JVMTI_FUNCTION(slot, name, result, parameters)                                         \
	typedef result jvmti_##name##_fn parameters;
JVMTI_SLOTS(JVMTI_FUNCTION)
#undef JVMTI_FUNCTION

enum jni_slot {
#define JNI_SLOT(slot, name, result, parameters) JNI_SLOT_##name = slot,
	JNI_SLOTS(JNI_SLOT)
#undef JNI_SLOT
};
enum jvmti_slot {
#define JVMTI_SLOT(slot, name, result, parameters) JVMTI_SLOT_##name = slot - 1,
	JVMTI_SLOTS(JVMTI_SLOT)
#undef JVMTI_SLOT
};

/* JNI(env, GetIntField)(env, object, field) */
#define JNI(env, name) ((jni_##name##_fn *)(*(env))[JNI_SLOT_##name])
#define JVMTI(env, name) ((jvmti_##name##_fn *)(*(env))[JVMTI_SLOT_##name])

#endif
