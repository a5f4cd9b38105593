# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# chroot.sh - chroots that debootstrap makes, and what runs in them
#
# Sourced by who has $cache (where they stay), $source (this repository), say(), and for
# row() $suite, $passed and $failed.

# within ROOT COMMAND...: runs it in there, with /proc, /dev and /sys, and with each
# FOLDER:THERE of $binds. It is the root of a mount namespace: in a mere chroot the kernel
# gives nobody a user namespace, and nothing can be mounted over.
within() {
	local root=$1
	shift
	# shellcheck disable=SC2016
	unshare --mount --pid --fork --kill-child bash -c '
		root=$1 binds=$2
		shift 2
		mount --bind "$root" "$root" && mount -t proc proc "$root/proc" &&
			mount --rbind /dev "$root/dev" && mount --rbind /sys "$root/sys" ||
			exit 125
		for bind in $binds; do
			mkdir -p "$root/${bind#*:}" &&
				mount --bind "${bind%%:*}" "$root/${bind#*:}" || exit 125
		done
		cd "$root" && pivot_root . . && umount -l . || exit 125
		exec chroot . "$@"' - "$root" "${binds:-}" "$@"
}

packages() {
	within "$1" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
		--no-install-recommends "${@:2}"
}

# chroot_make NAME [ARCHITECTURE SUITE]: made under another name, so that one that was not
# finished is not taken for one.
chroot_make() {
	local suite=$1 root=$cache/$1
	[ ! -d "$root" ] || return 0
	say "making a chroot of $suite"
	mkdir -p "$cache"
	rm -rf "$root.part"
	debootstrap --variant=minbase ${2:+--arch="$2"} "${3:-$suite}" "$root.part" \
		${UNFLUSHED_MIRROR:-} > "$cache/$suite.log" 2>&1 || return 1
	cp /etc/resolv.conf "$root.part/etc/"
	# A mirror may lag behind: its list of sid is past its date within a week.
	[ "$suite" != sid ] || echo 'Acquire::Check-Valid-Until "false";' \
		> "$root.part/etc/apt/apt.conf.d/99unflushed"
	mv "$root.part" "$root"
}

# row NAME COMMAND...: one line of the table.
row() {
	local name=$1
	shift
	if "$@" > "$cache/row.log" 2>&1; then
		passed=$((passed + 1))
		printf '%-10s %-60s ok\n' "$suite" "$name"
	else
		failed=$((failed + 1))
		printf '%-10s %-60s FAILED\n' "$suite" "$name"
		sed 's/^/    /' "$cache/row.log"
	fi
}

# What was built stays; a source that is gone since would be compiled, too.
source_into() {
	mkdir -p "$1/source"
	find "$1/source" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
	(cd "$source" && git ls-files -z --cached --others --exclude-standard |
		tar --null -c -T - ) | tar -x -C "$1/source"
}
