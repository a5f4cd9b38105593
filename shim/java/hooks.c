/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks.c - the rows of hooks.h, as java/weave takes them.
 */
#include "java/hooks.h"

const struct weave_hook probe_jvm_hooks[PROBE_JVM_HOOK_COUNT] = {
#define HOOK(function, class, method, shape, where, operands) \
	{class, method, shape, WEAVE_##where, operands, #function},
	PROBE_JVM_HOOKS(HOOK)
#undef HOOK
};
