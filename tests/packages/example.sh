# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# example.sh - README.md's first example, with an installed program
#
# What every way of installing has to show is `installed_rows`: one function for all of them.

# producer_of SUITE: tests/hosts/librdkafka/wait/forgets_flush.c, built in there with that
# release's compiler and librdkafka; once, and without leaving either in the chroot of tests.
producer_of() {
	local of=$cache/producer.$1 root=$cache/compiler.$1 sum
	sum=$(cat "$source/tests/hosts/librdkafka/wait/forgets_flush.c" \
		"$source"/tests/hosts/*.h 2>/dev/null | sha256sum)
	[ "$(cat "$of.sum" 2>/dev/null)" != "$sum" ] || return 0
	say "building a producer on $1"
	[ -d "$root" ] || cp -a "$cache/$1" "$root"
	packages "$root" gcc libc6-dev librdkafka-dev > "$cache/producer.log" 2>&1 || return 1
	rm -rf "$root/hosts"
	cp -r "$source/tests/hosts" "$root/hosts"
	within "$root" gcc -O1 -g -I/hosts -o /my-producer \
		/hosts/librdkafka/wait/forgets_flush.c -lrdkafka \
		>> "$cache/producer.log" 2>&1 || return 1
	cp "$root/my-producer" "$of"
	rm -rf --one-file-system "$root"
	echo "$sum" > "$of.sum"
}

# prepare SUITE: that producer is in $fresh, and the library that it is linked with; and this
# release's libunwind, whatever version the library of ours was built with.
prepare() {
	cp "$cache/producer.$1" "$fresh/my-producer"
	packages "$fresh" librdkafka1 libunwind8 man-db
}

# forgets PROGRAM: runs it there by $in; 80, and each of the 1000 messages counted as lost.
forgets() {
	local status=0
	# A broker so far away that nothing gets out in time: half a minute, for on a loaded
	# machine a producer can run longer than two seconds, and has its connection then. Nobody
	# waits for it. As a child of a shell: as the first process of a namespace, sid's timeout
	# takes its parent for gone, and ends with 125.
	# shellcheck disable=SC2016
	$in sh -c 'timeout 120 "$@"; exit $?' - "$1" run --check --broker --broker-rtt 30000 \
		-f json:/tmp/unflushed.json -f text -- "$producer" '{broker}' 1000 || status=$?
	echo "status: $status, expected 80"
	[ "$status" -eq 80 ] && $in cat /tmp/unflushed.json > "$scratch/summary" &&
		$in rm /tmp/unflushed.json && python3 - "$scratch/summary" <<'PYTHON'
import json, sys
run = json.load(open(sys.argv[1]))
[process] = run["processes"]
[producer] = process["producers"]
print(run["verdict"], producer["messages"], process["layers"])
assert run["verdict"] == "lost"
assert producer["client"] == "librdkafka"
assert producer["messages"]["produced"] == 1000
assert producer["messages"]["outstanding"] == 1000
assert not [note for note in process["layers"]["notes"] if "could not be unwound" in note]
assert not [note for note in process["layers"]["notes"] if "LD_AUDIT" in note]
PYTHON
}

version_said() {
	$in "$1" --version > "$scratch/version" && cat "$scratch/version" &&
		grep -qx "unflushed $version" "$scratch/version" &&
		grep -qx "commit  $commit_said" "$scratch/version" &&
		grep -qx "preloads $2" "$scratch/version"
}

doctor_sees() {
	$in "$1" doctor "$producer" > "$scratch/doctor" && cat "$scratch/doctor" &&
		grep -q '^can be judged' "$scratch/doctor"
}

# The page has its name, and nothing in it that man does not know.
page_reads() {
	$in sh -c "$1" > "$scratch/page" 2> "$scratch/page.errors" || { cat "$scratch/page.errors"
		return 1; }
	cat "$scratch/page.errors"
	grep -q '^UNFLUSHED(1)' "$scratch/page" && [ ! -s "$scratch/page.errors" ] &&
		[ "$(wc -l < "$scratch/page")" -gt 300 ]
}

# Of the source as it is; a package of another (UNFLUSHED_WHEEL) says its own.
commit_said='[0-9a-f]\{40,64\}\(-dirty\)\?'
version=$(sed -n 's/^project(unflushed VERSION \([0-9.]*\).*/\1/p' "$source/CMakeLists.txt")

# installed_rows PROGRAM LIBRARY PAGE: with $in before every command, and $producer.
installed_rows() {
	row "unflushed --version says $version and where the library is" version_said "$1" "$2"
	row "unflushed doctor looks into the producer" doctor_sees "$1"
	row "a producer that forgets to flush: 80, 1000 messages lost" forgets "$1"
	row "man shows the page" page_reads "$3"
}
