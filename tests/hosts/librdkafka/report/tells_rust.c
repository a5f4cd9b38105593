/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tells_rust.c - the same with the mark of rust-rdkafka: where its producer is dropped stands a
 * panic, whose words are among the constants of every program that has one.
 *
 * tells_rust: as tells
 * links: rdkafka dl
 */
#include "librdkafka/report/tells.c"

__attribute__((used, section(".rodata"))) static const char panics[] =
	"According to librdkafka's doc, calling this with valid arguments on a producer can "
	"only result in a success, but it still failed: ";
