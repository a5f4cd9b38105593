/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demangle.h - the names of C++ and Rust, as who wrote the code reads them.
 *
 * Rust's are those of both its manglings (_R..., and _ZN...17h and 16 digits E), without the
 * hash and the numbers of crates that tell two of the same name apart.
 */
#ifndef UNFLUSHED_DEMANGLE_H
#define UNFLUSHED_DEMANGLE_H

/* Never NULL; to be freed. What is neither's, or damaged, or would become longer than any name
 * that is read, stays as it is. */
char *demangle(const char *name);

#endif
