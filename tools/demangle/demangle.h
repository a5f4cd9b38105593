/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demangle.h - turns the symbol names of C++ and Rust into the names in the
 * source code.
 *
 * Both of Rust's manglings are known (_R..., and _ZN...17h and 16 digits E).
 * The hash and the crates' numbers, which distinguish two functions of the same
 * name, are left out.
 */
#ifndef UNFLUSHED_DEMANGLE_H
#define UNFLUSHED_DEMANGLE_H

/* Never NULL; the caller frees the result. A name that is of neither language, is damaged, or
 * would become longer than the limit is returned as it is. */
char *demangle(const char *name);

#endif
