/* SPDX-License-Identifier: Apache-2.0 */
/*
 * archive.h - whether the JVM is going to keep its classes in a file.
 */
#ifndef UNFLUSHED_JAVA_JVM_ARCHIVE_H
#define UNFLUSHED_JAVA_JVM_ARCHIVE_H

#include <stdbool.h>

#include "java/jvm/api.h"

/* It writes an archive of its classes, where none of ours may be. */
bool java_archive_is_written(jni_env env);

/* It may have classes that nobody has defined while it runs: out of an archive, or of the
 * boot loader's own path. */
bool java_archive_may_be_read(jni_env env);

#endif
