/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plain.h - names without what changes from one build, run or machine to the next.
 *
 * All texts live as long as the run; a text without such parts is returned
 * unchanged.
 */
#ifndef UNFLUSHED_SIGNATURE_PLAIN_H
#define UNFLUSHED_SIGNATURE_PLAIN_H

#include "model/model.h"

/* What follows the last slash. */
const char *plain_base(const char *path);

/* Replaces uuids, runs of eight or more hexadecimal digits (at least one of them 0 to 9), and
 * the version of a jar by '*'. */
const char *plain_program(struct run *run, const char *name);

/* The same, and also replaces every run of digits: orders-2026-11-27 becomes orders-*-*-*. */
const char *plain_topic(struct run *run, const char *name);

/*
 * Removes what compilers add to a function's name, and the numbers of lambdas and anonymous
 * classes:
 *
 *	publish.constprop.0, publish.cold		publish		(gcc, clang)
 *	publish(int) [clone .isra.0]			publish(int)	(the demangler)
 *	main::{lambda(int)#2}::operator()		main::{lambda(int)}::operator()
 *	shop::publish::h0123456789abcdef		shop::publish	(Rust)
 *	shop::publish::{{closure}}, {closure#1}	the latter {closure}
 *	main.publish.func1.2, gowrap1			main.publish.func, gowrap (Go)
 *	shop.Orders.lambda$main$0			shop.Orders.lambda$main$ (Java)
 *	shop.Orders$1.run				shop.Orders$.run
 *	shop.Orders$$Lambda$14/0x00007f00c8.accept	shop.Orders$$Lambda$.accept
 */
const char *plain_function(struct run *run, const char *name);

#endif
