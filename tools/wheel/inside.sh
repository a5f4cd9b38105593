#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# inside.sh - the wheel, made in the chroot: of /source, into /out
#
#	inside.sh VERSION PLATFORM
#
# Ends with an error if a system that PLATFORM stands for lacks anything of what it needs.
set -euo pipefail
version=$1 platform=$2
export PATH=/opt/tools/bin:$PATH LC_ALL=C.UTF-8 TZ=UTC
prefix=/opt/unflushed
umask 022

/source/tools/wheel/libraries.sh $prefix
# later_libc FOLDER: what libunflushed.so is linked with (shim/CMakeLists.txt says why): the
# names and versions of Debian 12's libc.so.6, which Debian 11's linker itself cannot read.
later_libc() {
	mkdir -p "$1"
	cd "$1"
	apt-get -q download libc6/bookworm
	dpkg-deb -x libc6_*.deb .
	readelf --dyn-syms -W lib/*/libc.so.6 2> /dev/null |
		awk '$7 != "UND" && $8 ~ /@/ && $8 !~ /PRIVATE/ { print $8 }' | sort -u > names
	awk '{ print "stub_" NR ": .globl stub_" NR "\n.symver stub_" NR ", " $1 }' names > libc.s
	sed 's/.*@//' names | sort -u | sed 's/.*/& { local: stub_*; };/' > libc.map
	gcc -shared -nostdlib -Wl,-soname,libc.so.6 -Wl,--version-script=libc.map \
		-o libc.so.6.part libc.s
	mv libc.so.6.part libc.so.6
}
libc=/opt/libc/libc.so.6
[ -f $libc ] || (later_libc /opt/libc >&2)

export PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig
cmake -S /source -B /build -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBUILD_TESTING=OFF \
	-DUNFLUSHED_STATIC=ON -DUNFLUSHED_LIBC=$libc -DCMAKE_PREFIX_PATH=$prefix \
	-DCMAKE_C_FLAGS="-isystem $prefix/include" >&2
cmake --build /build >&2
rm -rf /stage /wheel /licences
cmake --install /build --prefix /stage --component unflushed --strip >&2

# Of what is linked in besides the libraries of libraries.tsv: the compiler's, and uPlot.
mkdir /licences
cp $prefix/licences/*.txt /licences/
cp "/usr/share/doc/gcc-$(gcc -dumpversion)-base/copyright" /licences/gcc.txt
[ ! -f /build/tools/html/uplot/package/LICENSE ] ||
	cp /build/tools/html/uplot/package/LICENSE /licences/uPlot.txt

python3 /source/tools/wheel/assemble.py /source /stage /licences "$version" "$platform" /wheel
python3 -m wheel pack /wheel --dest-dir /out >&2

file=/out/unflushed-$version-py3-none-$platform.whl
auditwheel show "$file" | tee /out/audit >&2
tr '\n' ' ' < /out/audit | grep -q "platform tag: \"$platform\"" || {
	echo "inside.sh: auditwheel does not call it $platform" >&2
	exit 1
}
# It goes into processes of others: libc alone, and as it was built.
readelf -d /stage/lib/libunflushed.so > /out/needed
[ "$(grep -c '(NEEDED)' /out/needed)" -eq 1 ] && grep -q 'NEEDED.*\[libc.so.6\]' /out/needed &&
	! grep -qE '\((RPATH|RUNPATH)\)' /out/needed
