#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# libraries.sh - the libraries of libraries.tsv, static, in a folder of their own
#
#	libraries.sh PREFIX [HOST]
#
# Runs in the chroot that the wheel is built in. Each is what Debian 12 has, with its patches,
# configured for what the program uses and nothing else. Each one's copyright file is put into
# PREFIX/licences. HOST (aarch64-linux-gnu) is for a cross build. To take another one in: a
# line in libraries.tsv and a function build_NAME here.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
prefix=$1 host=${2:-}
sources=$prefix/sources
jobs=$(nproc)
# Debug information would hold folder names.
flags="-O2 -fPIC -ffile-prefix-map=$sources=."
# For those that call libm: from glibc 2.29 on these functions have a second version, with
# another way of telling errors, which no system before it has.
with_libm="$flags -include $prefix/first_versions.h"
first=GLIBC_2.2.5
[ "${host%%-*}" != aarch64 ] || first=GLIBC_2.17
mkdir -p "$prefix"
for name in exp log log2 pow; do
	printf '__asm__(".symver %s, %s@%s");\n' $name $name $first
done > "$prefix/first_versions.h"
export CC=${host:+$host-}gcc CXX=${host:+$host-}g++ AR=${host:+$host-}ar
export RANLIB=${host:+$host-}ranlib STRIP=${host:+$host-}strip
export CFLAGS=$flags CXXFLAGS=$flags LC_ALL=C TZ=UTC
export PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig
export CPPFLAGS=-I$prefix/include LDFLAGS=-L$prefix/lib

die() { printf 'libraries.sh: %s\n' "$*" >&2; exit 1; }

# autotools ARGUMENT...: the way of most.
autotools() {
	./configure --prefix="$prefix" --libdir="$prefix/lib" ${host:+--host="$host"} \
		--enable-static --disable-shared "$@"
}

made() { make -j"$jobs" "$@"; }

cmake_built() {
	local system=()
	[ -z "$host" ] || system=(-DCMAKE_SYSTEM_NAME=Linux
		-DCMAKE_SYSTEM_PROCESSOR="${host%%-*}")
	cmake -S . -B of-ours -G Ninja -DCMAKE_INSTALL_PREFIX="$prefix" \
		-DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_INSTALL_LIBDIR=lib \
		-DCMAKE_BUILD_TYPE=None -DBUILD_SHARED_LIBS=OFF \
		${system[@]+"${system[@]}"} "$@"
	cmake --build of-ours
	cmake --install of-ours
}

build_zlib() { CHOST=$host ./configure --prefix="$prefix" --static && made install; }
build_lz4() { made -C lib liblz4.a install BUILD_SHARED=no PREFIX="$prefix"; }
build_libzstd() {
	made -C lib libzstd.a ZSTD_LEGACY_SUPPORT=0
	made -C lib install-static install-includes install-pc PREFIX="$prefix" \
		ZSTD_LEGACY_SUPPORT=0
}
build_xz-utils() {
	autotools --disable-{xz,xzdec,lzmadec,lzmainfo,lzma-links,scripts,doc,nls}
	made install
}
# Its certificates are the system's: librdkafka looks where distributions keep them.
build_openssl() {
	local target=linux-x86_64
	[ -z "$host" ] || target=linux-${host%%-*}
	env -u CPPFLAGS -u LDFLAGS SOURCE_DATE_EPOCH=0 ./Configure "$target" \
		--prefix="$prefix" --libdir=lib --openssldir=/etc/ssl \
		no-shared no-tests no-module no-legacy no-dso "$CFLAGS"
	SOURCE_DATE_EPOCH=0 made build_libs
	SOURCE_DATE_EPOCH=0 make install_dev
}
build_librdkafka() {
	cmake_built -DRDKAFKA_BUILD_STATIC=ON -DRDKAFKA_BUILD_EXAMPLES=OFF \
		-DRDKAFKA_BUILD_TESTS=OFF -DWITH_SSL=ON -DWITH_SASL=OFF -DWITH_CURL=OFF \
		-DWITH_ZLIB=ON -DWITH_ZSTD=ON -DENABLE_LZ4_EXT=ON \
		-DOPENSSL_ROOT_DIR="$prefix" -DOPENSSL_USE_STATIC_LIBS=ON \
		-DCMAKE_C_FLAGS="$with_libm -DWITH_STATIC_LIB_libcrypto=1"
	# Its .pc file is of another name when it is static, does not say what it needs, and
	# names a file, which would come before what needs it.
	sed -e 's/^Requires:.*/Requires: libssl libcrypto zlib libzstd liblz4/' \
		-e 's/[^ ]*librdkafka[.]a/-lrdkafka/' \
		"$prefix/lib/pkgconfig/rdkafka-static.pc" > "$prefix/lib/pkgconfig/rdkafka.pc"
}
build_jansson() {
	cmake_built -DJANSSON_BUILD_DOCS=OFF -DJANSSON_WITHOUT_TESTS=ON -DJANSSON_EXAMPLES=OFF
}
build_libxml2() {
	autoreconf -fi
	CFLAGS=$with_libm autotools --without-{python,icu,lzma,zlib,iconv,http,ftp} \
		--without-{readline,history,debug,threads}
	made install
}
build_elfutils() {
	local folder
	autotools --disable-{debuginfod,libdebuginfod,nls,textrelcheck} --without-bzlib \
		--without-zstd --with-zlib --with-lzma
	for folder in config lib libelf libcpu backends libebl libdwelf libdwfl libdw; do
		# Of its libraries the static ones alone.
		made -C "$folder"
	done
	for folder in config libelf libebl libdwelf libdwfl libdw; do
		make -C "$folder" install
	done
	rm -f "$prefix"/lib/lib{dw,elf}*.so*
}
build_libiberty() {
	(cd libiberty && ./configure ${host:+--host="$host"} && made libiberty.a)
	install -D -m 644 -t "$prefix/lib" libiberty/libiberty.a
	install -D -m 644 -t "$prefix/include/libiberty" \
		include/{ansidecl,demangle,libiberty}.h
}
build_libarchive() {
	autotools --disable-{bsdtar,bsdcat,bsdcpio,acl,xattr} --with-zstd \
		--without-{zlib,bz2lib,libb2,iconv,lz4,lzma,lzo2,cng,nettle,openssl,xml2,expat}
	made install
}
build_sqlite3() {
	CFLAGS=$with_libm autotools --disable-{tcl,readline,load-extension}
	made libsqlite3.la
	make lib_install sqlite3.h sqlite3.pc
	install -D -m 644 -t "$prefix/include" sqlite3.h
	install -D -m 644 -t "$prefix/lib/pkgconfig" sqlite3.pc
}
build_ncurses() {
	./configure --prefix="$prefix" --libdir="$prefix/lib" ${host:+--host="$host"} \
		--with-build-cc=gcc --without-{shared,debug,ada,cxx,cxx-binding,progs,tests} \
		--without-manpages --with-normal --enable-widec --with-termlib=tinfo \
		--disable-db-install --enable-pc-files --disable-root-environ \
		--with-pkg-config-libdir="$prefix/lib/pkgconfig" \
		--with-terminfo-dirs=/etc/terminfo:/lib/terminfo:/usr/share/terminfo \
		--with-default-terminfo-dir=/usr/share/terminfo
	made libs
	make install.libs install.includes
}
build_tomlplusplus() {
	cp -r usr/include/toml++ "$prefix/include/"
	cp -r usr/share/doc/libtomlplusplus-dev debian
	printf '%s\n' "prefix=$prefix" 'Name: tomlplusplus' 'Description: toml++' \
		"Version: $1" "Cflags: -I$prefix/include" \
		> "$prefix/lib/pkgconfig/tomlplusplus.pc"
}

# taken NAME VERSION: its source, with Debian's patches, in a folder of its name.
taken() {
	rm -rf "${sources:?}/$1"
	mkdir -p "$sources/$1"
	cd "$sources/$1"
	apt-get -q source --download-only "$1=$2" ||
		die "Debian does not have the source of $1 $2: libraries.tsv names another one"
	dpkg-source -x ./*.dsc source
	cd source
}

# All of it is in its headers, which its binary package has.
taken_tomlplusplus() {
	rm -rf "${sources:?}/tomlplusplus"
	mkdir -p "$sources/tomlplusplus"
	cd "$sources/tomlplusplus"
	apt-get -q download "libtomlplusplus-dev=$1" ||
		die "Debian does not have libtomlplusplus-dev $1: libraries.tsv names another one"
	dpkg-deb -x ./*.deb source
}

table=$(grep -v '^#' "$here/libraries.tsv")
mkdir -p "$prefix"/{include,lib/pkgconfig,licences}
while IFS=$'\t' read -r name version; do
	# Built already, from this version and by this recipe.
	recipe=$(printf '%s\n' "$(declare -f "build_$name" autotools cmake_built)" \
		"$version $with_libm $host" "$(cat "$prefix/first_versions.h")" | sha256sum)
	[ "$(cat "$prefix/$name.done" 2>/dev/null)" != "$recipe" ] || continue
	printf 'libraries.sh: %s %s\n' "$name" "$version" >&2
	if declare -F "taken_$name" > /dev/null; then
		("taken_$name" "$version") >&2
	else
		(taken "$name" "$version") >&2
	fi
	cd "$sources/$name/source"
	"build_$name" "$version" >&2 < /dev/null
	cp debian/copyright "$prefix/licences/$name.txt"
	echo "$recipe" > "$prefix/$name.done"
done <<< "$table"
