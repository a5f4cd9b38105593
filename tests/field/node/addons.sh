# SPDX-License-Identifier: Apache-2.0
#
# addons.sh - how Node's clients are fetched and built
#
# Sourced after field.sh, with $here: this folder. Sets $modules and what the clients are called.

version_of() { sed -n "s,.*\"$1\": \"\(.*\)\".*,\1,p" "$here/package.json"; }
kafkajs="kafkajs $(version_of kafkajs)"
addon="confluent-kafka-javascript $(version_of @confluentinc/kafka-javascript)"
older="node-rdkafka $(version_of node-rdkafka)"
modules=$FIELD_CACHE/node-$(digest "$here/package-lock.json")

install_modules() {
	cp "$here/package.json" "$here/package-lock.json" . &&
		limit npm ci --ignore-scripts --no-audit --no-fund
}

# Into here, and into the package; node's own headers are not fetched where they are.
copy_modules() { # package
	local home
	cp -r "$modules/node_modules" . && cd "node_modules/$1" || return 1
	home=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
	[ ! -d "$home/include/node" ] || export npm_config_nodedir=$home
}

# The package would fetch its addon from elsewhere, or librdkafka's dependencies:
# so librdkafka is built first, without them, and then the package's own way.
build_addon() {
	copy_modules @confluentinc/kafka-javascript || return 1
	(
		cd deps/librdkafka &&
			./configure --enable-static --disable-optimization --disable-gssapi \
				--disable-curl --disable-zstd --disable-lz4-ext --disable-zlib \
				--prefix="$PWD/../../build/deps" \
				--libdir="$PWD/../../build/deps" &&
			limit make -j "$(nproc)" libs
	) && CXXFLAGS=-O0 JOBS=$(nproc) MAKEFLAGS=-j$(nproc) npm_config_build_from_source=true \
		limit npm run install
}

build_older() {
	copy_modules node-rdkafka &&
		CXXFLAGS=-O0 JOBS=$(nproc) BUILD_LIBRDKAFKA=0 limit npm run install
}

# addon_built CLIENT NAME BUILD: 0 when it is there, in $built; or a row that says why not.
addon_built() {
	built=$FIELD_CACHE/$2-$(digest "$here/package-lock.json")
	[ -d "$built" ] || say "building $1"
	once "$built" "$3" && return 0
	skipped "$1" "$(once_failed)"
	return 1
}
