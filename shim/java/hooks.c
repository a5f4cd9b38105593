/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks.c - the rows of hooks.h: as java/weave takes them, and as the JVM does.
 */
#include "java/hooks.h"

#include <string.h>

const struct weave_hook java_hooks[JAVA_HOOK_COUNT] = {
#define HOOK(function, class, method, shape, where, operands)                                  \
	{class, method, shape, WEAVE_##where, operands, #function},
	JAVA_HOOKS(HOOK)
#undef HOOK
};

bool java_hooks_are_whole(uint64_t woven)
{
	for (size_t i = 0; i < JAVA_HOOKS_NEEDED_COUNT; i++) {
		bool found = false;

		for (size_t j = 0; j < JAVA_HOOKS_NEEDED_COUNT && !found; j++)
			found = woven & 1ull << j &&
				strcmp(java_hooks[i].call, java_hooks[j].call) == 0;
		if (!found)
			return false;
	}
	return true;
}

bool java_hooks_register(jni_env env, java_ref target)
{
	static slot_fn *const functions[JAVA_HOOK_COUNT] = {
#define FUNCTION(function, class, method, shape, where, operands)                              \
	(slot_fn *)java_hook_##function,
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
