/* SPDX-License-Identifier: Apache-2.0 */
/*
 * weave.h - weaves calls of static methods into a Java class file.
 *
 * Knows the class file format ("The Java Virtual Machine Specification",
 * chapter 4) and calls no JVM. A call is inserted at a method's entry, before
 * each of its returns, or where an exception leaves it. Everything else in the
 * class stays the same; jumps, exception handlers, line numbers and stack maps
 * are corrected for the moved code. A class that cannot be read, or would not
 * fit, is not changed: the result is false, never a class that is half woven.
 */
#ifndef UNFLUSHED_WEAVE_H
#define UNFLUSHED_WEAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum weave_where {
	WEAVE_ENTRY,
	WEAVE_RETURNS,
	WEAVE_LEFT, /* by an exception, which is thrown again afterwards */
};

/*
 * `shape` is the method's descriptor with "L" for every class and array, or
 * "*" for any.
 * `operands` are the arguments of the call: "aN" the reference and "iN" the int
 * in local variable N (one digit), "d", which comes first, a copy of the value to
 * be returned, or of the exception that leaves the method. When an exception
 * leaves it, only `this` is known to be in its variable: a row of WEAVE_LEFT is
 * about an instance method, no constructor, and has no operands but "d" and "a0".
 */
struct weave_hook {
	const char *class; /* its name, behind the package prefix */
	const char *method;
	const char *shape;
	enum weave_where where;
	const char *operands;
	const char *call; /* the static method's name */
};

/* Memory to work in, about half a MiB: the caller's, never on a stack. */
struct weave_room {
	uint32_t constants[65536]; /* where each constant begins; 0 none */
	uint32_t moved[65536 + 1]; /* where each instruction goes */
};

struct weave {
	const uint8_t *bytes;
	size_t size;
	const struct weave_hook *hooks;
	size_t hook_count;  /* at most 64 */
	const char *class;  /* rows of this class only */
	const char *target; /* class whose static methods are called, a/b/C */
	struct weave_room *room;
	uint8_t *out;
	size_t out_room;

	size_t out_size;
	uint64_t woven; /* bit n: row n is in */

	uint32_t constants; /* while it weaves: the class's own, and which of them names it */
	uint32_t self;
};

/* The inserted calls make a class larger by less than this. */
#define WEAVE_GROWTH(hooks) (256 * (size_t)(hooks) + 1024)

bool weave_class(struct weave *weave);

/* The descriptor of a hook's static method, by its operands. */
void weave_descriptor(const struct weave_hook *hook, char descriptor[128]);

/* A class `name` that has nothing but the hooks' static methods, all native.
 * Its size; 0 when it did not fit. */
size_t weave_target(const struct weave_hook *hooks, size_t count, const char *name,
		    uint8_t *out, size_t room);

#endif
