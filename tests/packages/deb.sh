# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# deb.sh - the Debian packages: installed, upgraded, removed and purged by apt
#
# They are built here, for the release that this machine is, and tried on it and on the next.

# Built from the sources as they are now, not as they were committed.
deb_made() {
	rm -rf "$cache/debs"
	SOURCE_DATE_EPOCH=$(git -C "$source" log -1 --format=%ct) \
		"$source/tools/package/deb" "$source" "$cache/deb" "$cache/debs"
}

apt() { within "$fresh" env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@"; }

# What a user can see that was added; not apt's own caches, lists and logs.
deb_state() {
	within "$fresh" sh -c 'dpkg-query -W && find / -xdev \( -path /proc -o -path /sys \
		-o -path /dev -o -path /tmp -o -path /packages -o -path /var/cache \
		-o -path /var/log -o -path /var/lib/apt -o -path /var/lib/dpkg \) -prune \
		-o -print && ls /var/lib/dpkg/info' | sort > "$1"
}

deb_install() {
	apt install --no-install-recommends "/packages/unflushed_${version}-1_amd64.deb" \
		"/packages/unflushed-dev_${version}-1_all.deb"
}

# An earlier version, with a file that the new one has no more.
deb_earlier() {
	rm -rf "$scratch/earlier"
	dpkg-deb -R "$cache/debs/unflushed_${version}-1_amd64.deb" "$scratch/earlier" &&
		sed -i 's/^Version:.*/Version: 0.0.9-1/' "$scratch/earlier/DEBIAN/control" &&
		echo old > "$scratch/earlier/usr/share/unflushed/old" &&
		dpkg-deb --root-owner-group -b "$scratch/earlier" "$fresh/packages/earlier.deb" &&
		apt install --no-install-recommends /packages/earlier.deb &&
		[ -f "$fresh/usr/share/unflushed/old" ] &&
		[ "$(within "$fresh" dpkg-query -W -f '${Version}' unflushed)" = 0.0.9-1 ]
}

deb_upgraded() {
	deb_install && [ ! -e "$fresh/usr/share/unflushed/old" ] &&
		[ "$(within "$fresh" dpkg-query -W -f '${Version}' unflushed)" = "$version-1" ]
}

deb_removed() {
	apt remove unflushed unflushed-dev && [ ! -e "$fresh/usr/bin/unflushed" ]
}

deb_purged() {
	within "$fresh" dpkg --purge unflushed unflushed-dev && apt autoremove --purge \
		-o APT::AutoRemove::RecommendsImportant=false \
		-o APT::AutoRemove::SuggestsImportant=false && deb_state "$scratch/after" &&
		diff "$scratch/before" "$scratch/after"
}

# LD_PRELOAD by its name alone, as README.md says: the loader's cache has it.
deb_preloads_by_name() {
	# shellcheck disable=SC2016
	within "$fresh" sh -c 'mkdir /tmp/traces && LD_PRELOAD=libunflushed.so \
		UNFLUSHED_DIR=/tmp/traces /my-producer 127.0.0.1:9 10
		unflushed check /tmp/traces; status=$?
		rm -r /tmp/traces; echo "status: $status"; [ "$status" -eq 80 ]'
}

deb_completes() {
	# shellcheck disable=SC2016
	packages "$fresh" bash-completion zsh fish > "$scratch/shells" &&
		within "$fresh" bash -c '. /usr/share/bash-completion/bash_completion &&
			_completion_loader unflushed; complete -p unflushed' &&
		within "$fresh" zsh -fc 'autoload -Uz compinit && compinit -u &&
			[ "$_comps[unflushed]" = _unflushed ]' &&
		within "$fresh" env HOME=/root fish -c 'complete -C "unflushed re"' |
			grep '^report'
}

deb_headers() {
	dpkg-deb -x "$cache/debs/unflushed-dev_${version}-1_all.deb" "$scratch/dev" &&
		prefix_headers "$scratch/dev/usr"
}

deb_changelog() {
	dpkg-deb --fsys-tarfile "$cache/debs/unflushed_${version}-1_amd64.deb" |
		tar -xO ./usr/share/doc/unflushed/changelog.Debian.gz | gzip -d \
		> "$scratch/changelog" && dpkg-parsechangelog --all -l "$scratch/changelog" &&
		[ "$(dpkg-parsechangelog -l "$scratch/changelog" -S Version)" = "$version-1" ]
}

# No E: is found; the warnings are shown by a row that fails alone.
deb_lintian() {
	packages "$fresh" lintian > "$scratch/lintian" &&
		within "$fresh" sh -c 'lintian --allow-root --fail-on error /packages/*_*.deb'
}

deb_rows() {
	suite=$1
	fresh_copy "$suite" && within "$fresh" apt-get -q update > "$cache/$suite.log" 2>&1 ||
		return 0
	row "a producer can be built" producer_of "$suite"
	mkdir "$fresh/packages"
	cp "$cache"/debs/*.deb "$fresh/packages/"
	deb_state "$scratch/before"
	row "apt installs an earlier version" deb_earlier
	row "apt upgrades it, and installs the headers" deb_upgraded
	row "apt removes both" deb_removed
	row "apt purges both, and all is as it was before" deb_purged
	row "apt installs both" deb_install
	row "the producer is there, and what it needs" prepare "$suite"
	installed_rows unflushed "/usr/lib/x86_64-linux-gnu/libunflushed.so" "man unflushed"
	row "LD_PRELOAD=libunflushed.so without a folder" deb_preloads_by_name
	row "bash, zsh and fish find their completions" deb_completes
	row "lintian finds no error" deb_lintian
	row "a purge leaves a system that is whole" within "$fresh" sh -c \
		'apt-get -q -y purge unflushed unflushed-dev && apt-get -q check &&
		! find /usr /etc /var/lib -name "*unflushed*" | grep .'
}

# deb [:SUITE]
deb() {
	local in producer=/my-producer here_is all=(bookworm trixie)
	# shellcheck disable=SC2034
	here_is=$(. /etc/os-release && echo "${VERSION_CODENAME:-none}")
	suite=here
	if [ "$here_is" != bookworm ]; then
		left_out "the Debian packages" "they are built on Debian 12, and this is $here_is"
		return 0
	fi
	row "tools/package/deb" deb_made
	row "the headers compile outside of the repository" deb_headers
	row "dpkg-parsechangelog reads the changelog" deb_changelog
	in="within $fresh"
	[ -z "$1" ] || all=("${1#:}")
	for suite in "${all[@]}"; do deb_rows "$suite"; done
}
