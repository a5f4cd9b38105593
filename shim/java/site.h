/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site.h - the stack of Java lines that calls send().
 */
#ifndef UNFLUSHED_JAVA_SITE_H
#define UNFLUSHED_JAVA_SITE_H

#include <stdint.h>

#include "java/jvm/api.h"

/*
 * Row of SECTION_SITE plus 1; 0 none. From accepted() only, which will return
 * to `caller` and whose frame begins at `frame` (its CFA).
 */
uint32_t java_site(jni_env env, const void *caller, const void *frame);

/* The same of the code that makes a producer, whose Sender is made at that moment. From
 * sender_made() only. */
uint32_t java_site_made(jni_env env);

#endif
