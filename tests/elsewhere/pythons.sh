# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# pythons.sh - the field's clients in Python under interpreters that Debian 12 has not
#
# sid has CPython 3.14 and 3.15 as packages. No release has a free-threaded one: Debian 13's
# source of CPython 3.13 is built without the lock, once. The broker is our own fake one, so
# nothing but the clients is fetched (tests/field/kafka_python/run).

# What that build needs beyond what is there.
free_threaded_needs='dpkg-dev gcc make libssl-dev zlib1g-dev libffi-dev pkg-config xz-utils'

free_threaded_make() {
	local root=$1
	[ ! -x "$root/usr/local/bin/python3.13t" ] || return 0
	sed 's/^deb /deb-src /' "$root/etc/apt/sources.list" \
		> "$root/etc/apt/sources.list.d/unflushed-sources.list"
	within "$root" apt-get -q update &&
		# shellcheck disable=SC2086
		packages "$root" $free_threaded_needs &&
		within "$root" sh -c 'rm -rf /root/cpython && mkdir -p /root/cpython/build &&
			cd /root/cpython && apt-get -q source --download-only python3.13 &&
			tar xf python3.13_*.orig.tar.xz --strip-components 1 && cd build &&
			../configure --disable-gil --prefix=/opt/python3.13t \
				--disable-test-modules && make -j2 && make install &&
			ln -s /opt/python3.13t/bin/python3.13t /usr/local/bin/'
}

# pythons ROOT MINOR...: the field's rows of these; the last line of that counts.
pythons() {
	local root=$1 log=$cache/$suite.pythons.log minor
	say "clients under CPython 3.{$(printf '%s ' "${@:2}")} on $suite: $log"
	: > "$log"
	cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
	packages "$root" python3-venv ca-certificates g++ >> "$log" 2>&1 || true
	for minor in "${@:2}"; do
		case $minor in
		*t) free_threaded_make "$root" >> "$log" 2>&1 ||
			say "no CPython 3.$minor can be built on $suite" ;;
		*) packages "$root" "python3.$minor-venv" "python3.$minor-dev" >> "$log" 2>&1 ||
			say "$suite has no CPython 3.$minor" ;;
		esac
	done
	within "$root" env HOME=/root UNFLUSHED_PYTHONS="${*:2}" /source/tests/field/run \
		/source/build kafka_python >> "$log" 2>&1 || true
	sed -n '/^client .*verdict/,$p' "$log" | sed 's/^/    /'
	counted "$log" "$suite, 3.${*:2}"
}
