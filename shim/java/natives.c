/* SPDX-License-Identifier: Apache-2.0 */
/*
 * natives.c - the table of the functions that are woven in.
 */
#include "java/natives.h"

#include <string.h>

#include "java/hooks.h"
#include "java/weave/weave.h"

bool java_natives_register(jni_env env, java_ref target)
{
	static slot_fn *const functions[JAVA_HOOK_COUNT] = {
#define FUNCTION(function, class, method, shape, where, operands)                              \
	(slot_fn *)java_native_##function,
		JAVA_HOOKS(FUNCTION)
#undef FUNCTION
	};
	char descriptor[128];

	for (size_t i = 0; i < JAVA_HOOK_COUNT; i++) {
		struct java_native native = {(char *)java_hooks[i].call, descriptor, NULL};

		weave_descriptor(&java_hooks[i], descriptor);
		memcpy(&native.function, &functions[i], sizeof native.function);
		if (JNI(env, RegisterNatives)(env, target, &native, 1) != 0)
			return false;
	}
	return true;
}
