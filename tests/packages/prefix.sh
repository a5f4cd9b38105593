# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# prefix.sh - cmake --install, in a folder of its own, which may move

# The build's own program must not be what runs: only the installed one is named.
prefix_files() {
	local file
	for file in bin/unflushed lib/libunflushed.so lib/libunflushed-audit.so \
		share/man/man1/unflushed.1 share/zsh/site-functions/_unflushed \
		share/bash-completion/completions/unflushed \
		share/fish/vendor_completions.d/unflushed.fish \
		share/unflushed/unflushed.summary-1.json share/pkgconfig/unflushed-trace.pc \
		include/unflushed/format/format.h; do
		[ -f "$1/$file" ] || { echo "there is no $file"; return 1; }
	done
}

# A program of others, which knows of the headers by pkg-config alone.
prefix_headers() {
	printf '%s\n' '#include <format/format.h>' '#include <stdio.h>' \
		'int main(void) { printf("%zu\n", sizeof(struct trace_header)); return 0; }' \
		> "$scratch/reader.c"
	# shellcheck disable=SC2046
	gcc -Wall -Werror -o "$scratch/reader" "$scratch/reader.c" \
		$(PKG_CONFIG_PATH=$1/share/pkgconfig pkg-config --cflags unflushed-trace) &&
		"$scratch/reader"
}

# The library that is preloaded, as the producer's own process has it.
prefix_preloads() {
	"$1/bin/unflushed" run --quiet -- cat /proc/self/maps > "$scratch/maps" &&
		cat "$scratch/maps" && grep -q " $1/lib/libunflushed.so$" "$scratch/maps" &&
		! grep -q "$build/lib" "$scratch/maps"
}

prefix_into() {
	cmake --install "$build" --prefix "$1" > "$scratch/install.log" 2>&1 ||
		{ cat "$scratch/install.log"; return 1; }
}

prefix() {
	local at=$scratch/prefix
	local in='env -u LD_LIBRARY_PATH' producer=$build/tests/hosts/forgets_flush
	row "cmake --install --prefix" prefix_into "$at"
	row "all of it is there" prefix_files "$at"
	row "its headers are found by pkg-config" prefix_headers "$at"
	row "the library beside it is preloaded" prefix_preloads "$at"
	installed_rows "$at/bin/unflushed" "$at/lib/libunflushed.so" \
		"man -l $at/share/man/man1/unflushed.1"
	mv "$at" "$scratch/moved"
	at=$scratch/moved
	row "after a move, too" prefix_preloads "$at"
	ln -s "$at/bin/unflushed" "$scratch/linked"
	row "and by a symbolic link" version_said "$scratch/linked" "$at/lib/libunflushed.so"
}
