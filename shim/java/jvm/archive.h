/* SPDX-License-Identifier: Apache-2.0 */
/*
 * archive.h - whether the JVM writes or reads an archive of classes (class data sharing).
 */
#ifndef UNFLUSHED_JAVA_JVM_ARCHIVE_H
#define UNFLUSHED_JAVA_JVM_ARCHIVE_H

#include <stdbool.h>

#include "java/jvm/api.h"

/* The JVM writes an archive of its classes when it ends: no class of the guest may be in it. */
bool java_archive_is_written(jni_env env);

/* The JVM may have classes for which it has not called JVM_DefineClassWithSource: from an
 * archive, or from the boot loader's own path. */
bool java_archive_may_be_read(jni_env env);

#endif
