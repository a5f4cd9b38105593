# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# arm64.sh - aarch64: cross-built for Debian 12, each test run there by qemu
#
# Two chroots. One has the build machine's own architecture and the cross compilers: what it
# builds for the other, which it sees as /arm64, is written to /source, the same folder in
# both. In the other every program is an aarch64 one, and the kernel starts each by
# qemu (binfmt_misc), whatever executes it. So a program, the shim, the auditor and what a
# test compiles on its way are all emulated; the kernel is not.
#
# qemu has a thread of its own beside the program's, and the library leaves a librdkafka in the
# executable alone while there are two (shim/linked). What lies below QEMU_LD_PREFIX stands in for
# what the program asks for by stat(): a folder of threads that has one.
#
# What qemu cannot do (7.2), and the tests that fail for it: arm64.cannot. Those count as skipped.

kinds=/proc/sys/fs/binfmt_misc
kind=$kinds/qemu-aarch64

# The kernel opens qemu now (flag F): there is none in the chroot.
emulation_begin() {
	[ -e $kinds/register ] || mount -t binfmt_misc binfmt_misc $kinds || return 1
	[ ! -e $kind ] || return 0
	cat /usr/lib/binfmt.d/qemu-aarch64.conf > $kinds/register && registered=yes
}

emulation_end() {
	[ -z "$registered" ] || echo -1 > $kind
	registered=''
}

# Seen as /arm64, a link to /lib/... leads nowhere, and the linker takes the archive beside it:
# a program had libtinfo twice so, and a heap that both broke.
links_within() {
	local root=$1 link
	while read -r link; do
		ln -sfr "$root$(readlink "$link")" "$link"
	done < <(find "$root/usr/lib/aarch64-linux-gnu" -maxdepth 1 -type l -lname '/*')
}

# Each builds for an hour on one core if the compilers are emulated, too.
cross_build() {
	local tool=aarch64-linux-gnu libraries=/arm64/usr/lib/aarch64-linux-gnu
	packages "$2" crossbuild-essential-arm64 cmake ninja-build pkg-config \
		python3 &&
		binds="$1:/arm64 $1/source:/source" within "$2" env HOME=/root \
			PKG_CONFIG_SYSROOT_DIR=/arm64 \
			PKG_CONFIG_LIBDIR=$libraries/pkgconfig:/arm64/usr/share/pkgconfig \
			sh -c 'cd /source && cmake --preset release "$@" &&
				cmake --build build' - \
			-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 \
			-DCMAKE_C_COMPILER=$tool-gcc -DCMAKE_CXX_COMPILER=$tool-g++ \
			-DCMAKE_SYSROOT=/arm64 -DCMAKE_FIND_ROOT_PATH_MODE_PROGRAM=NEVER \
			-DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY \
			-DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY -DUNFLUSHED_PATIENCE=4
}

arm64() {
	local root=$1 log=$cache/$suite.tests.log
	if ! chroot_make bookworm; then
		say "no chroot to build in: $cache/bookworm.log"
		failed=$((failed + 1))
		return
	fi
	source_into "$root"
	say "installing on $suite, emulated: $log"
	within "$root" env HOME=/root /source/tools/dev install > "$log" 2>&1 || true
	links_within "$root"
	say "building for $suite: $log"
	if ! cross_build "$root" "$cache/bookworm" >> "$log" 2>&1; then
		say "it cannot be built: $log"
		tail -n 20 "$log" >&2
		failed=$((failed + 1))
		return
	fi
	mkdir -p "$root/emulated/proc/self/task/1"
	tested "$root" UNFLUSHED_BUILT=ON QEMU_LD_PREFIX=/emulated
}
