/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks.c - the rows of hooks.h, as java/weave takes them.
 */
#include "java/hooks.h"

const struct weave_hook java_hooks[JAVA_HOOK_COUNT] = {
#define HOOK(function, class, method, shape, where, operands) \
	{class, method, shape, WEAVE_##where, operands, #function},
	JAVA_HOOKS(HOOK)
#undef HOOK
};
