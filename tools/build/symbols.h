/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_BUILD_SYMBOLS_H
#define UNFLUSHED_BUILD_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Unknown parts are NULL and 0. */
struct symbol {
	char *function;
	char *file;
	int line;
	struct symbol *into; /* where this function was inlined, and the line there; or NULL */
};

/*
 * `offset` is an address as the file itself counts them: the address in the
 * process minus the module's load bias. For a return address pass it minus one,
 * or the line may be the one after the call. With a build id, a file that has
 * another one (or none) is refused: its lines would be wrong. NULL: nothing is
 * known of that address. Modules stay open between calls and results are
 * cached, because thousands of traces have the same addresses; symbols_close()
 * frees both.
 */
const struct symbol *symbols_resolve(const char *module_path, const uint8_t *build_id,
				     size_t build_id_bytes, uint64_t offset);
void symbols_close(void);

enum symbols_named {
	SYMBOLS_UNREAD, /* the file does not exist, is another one, or is a Go program whose
			 * table of functions is not understood */
	SYMBOLS_NO_GO,	/* it is not a Go program */
	SYMBOLS_NOT_NAMED,
	SYMBOLS_NAMED,
};

/* Whether a Go program has a function whose full name ends so (golang_names()). */
enum symbols_named symbols_go_names(const char *module_path, const uint8_t *build_id,
				    size_t build_id_bytes, const char *ending);

#endif
