# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# wheel.sh - the wheel, installed by each release's own pip in a new virtual environment

# Built from the sources as they are now, or by who calls us: UNFLUSHED_WHEEL.
wheel_made() {
	if [ -n "${UNFLUSHED_WHEEL:-}" ]; then
		wheel_file=$UNFLUSHED_WHEEL
		return
	fi
	rm -rf "$cache/wheels"
	SOURCE_DATE_EPOCH=$(git -C "$source" log -1 --format=%ct) UNFLUSHED_UPLOT_FROM=$build \
		"$source/tools/wheel/build" "$source" "$cache/wheels" &&
		wheel_file=$(echo "$cache"/wheels/*.whl) && [ -f "$wheel_file" ]
}

# RECORD, the licences, and the entry point if there is a plugin: read by Python's own modules.
wheel_whole() {
	python3 - "$wheel_file" "$source" "$version" <<'PYTHON'
import base64, csv, hashlib, io, pathlib, sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
source, version = pathlib.Path(sys.argv[2]), sys.argv[3]
info = f"unflushed-{version}.dist-info/"
assert wheel.testzip() is None
names = set(wheel.namelist())
assert len(names) == len(wheel.namelist())
rows = list(csv.reader(io.StringIO(wheel.read(info + "RECORD").decode())))
assert {row[0] for row in rows} == names, names ^ {row[0] for row in rows}
for name, digest, size in rows:
    if name != info + "RECORD":
        found = base64.urlsafe_b64encode(hashlib.sha256(wheel.read(name)).digest())
        assert digest == "sha256=" + found.rstrip(b"=").decode(), name
assert len({entry.date_time for entry in wheel.infolist()}) == 1
for line in (source / "tools/wheel/libraries.tsv").read_text().splitlines():
    if not line.startswith("#"):
        text = wheel.read(f"{info}licenses/{line.split()[0]}.txt").decode()
        assert "opyright" in text, line
for name in "LICENSE", "gcc.txt":
    assert wheel.read(f"{info}licenses/{name}")
for module in (source / "tools/wheel/unflushed").glob("*.py"):
    assert wheel.read("unflushed/" + module.name) == module.read_bytes()
plugin = (source / "tools/wheel/unflushed/pytest_plugin.py").exists()
points = info + "entry_points.txt"
assert (points in names) == plugin
assert not plugin or "unflushed = unflushed.pytest_plugin" in wheel.read(points).decode()
print(len(names), "files, the plugin of pytest", "is there" if plugin else "is not")
PYTHON
}

wheel_installs() {
	packages "$fresh" ca-certificates python3-venv &&
		cp "$wheel_file" "$fresh/packages/" &&
		within "$fresh" python3 -m venv /venv &&
		within "$fresh" /venv/bin/pip install --no-index \
			"/packages/$(basename "$wheel_file")" &&
		within "$fresh" /venv/bin/pip list && within "$fresh" /venv/bin/pip check
}

# wheel_tells PYTHON ENVIRONMENT: what the package says of its files.
wheel_tells() {
	# shellcheck disable=SC2016
	within "$fresh" "$1" -c '
import subprocess, sys, unflushed
print(sys.version)
assert unflushed.program() == sys.argv[1] + "/bin/unflushed", unflushed.program()
assert unflushed.library() == sys.argv[1] + "/lib/libunflushed.so", unflushed.library()
assert open(unflushed.program(), "rb").read(4) == b"\x7fELF"
assert unflushed.__version__ == sys.argv[2]
said = subprocess.run([sys.executable, "-m", "unflushed", "--version"], text=True,
                      stdout=subprocess.PIPE, check=True).stdout
assert said.startswith("unflushed " + sys.argv[2] + "\n"), said' "$2" "$version"
}

# The loader finds all that it needs in what every glibc has.
wheel_needs() {
	within "$fresh" sh -c 'for file in bin/unflushed lib/libunflushed.so; do
		/lib64/ld-linux-x86-64.so.2 --list /venv/$file; done' > "$scratch/needs" &&
		cat "$scratch/needs" && ! grep 'not found' "$scratch/needs" &&
		! grep -vE '^[[:space:]]*(linux-vdso|/lib64/ld-linux|lib(c|m|dl|pthread)[.]so)' \
			"$scratch/needs"
}

wheel_charts() { within "$fresh" /venv/bin/unflushed --version | grep '^charts  in HTML'; }

wheel_gone() {
	within "$fresh" /venv/bin/pip uninstall -q -y unflushed &&
		! find "$fresh/venv" -name '*unflushed*' | grep .
}

# Every other interpreter that the release has as a package.
wheel_other_pythons() {
	local minor at
	for minor in 3.9 3.10 3.11 3.12 3.13 3.14 3.15; do
		at=/venv$minor
		within "$fresh" test -e "/usr/bin/python$minor" ||
			packages "$fresh" "python$minor-venv" > "$scratch/apt" 2>&1 || continue
		row "in a virtual environment of CPython $minor" wheel_of "$minor" "$at"
	done
}

wheel_of() {
	within "$fresh" "python$1" -m venv "$2" &&
		within "$fresh" "$2/bin/pip" install -q --no-index \
			"/packages/$(basename "$wheel_file")" &&
		wheel_tells "$2/bin/python" "$2"
}

wheel_rows() {
	suite=$1
	fresh_copy "$suite" && within "$fresh" apt-get -q update > "$cache/$suite.log" 2>&1 ||
		return 0
	mkdir "$fresh/packages"
	row "a producer can be built" producer_of "$suite"
	row "the producer is there, and what it needs" prepare "$suite"
	row "pip installs it in a new environment" wheel_installs
	row "the package says where its files are" wheel_tells /venv/bin/python /venv
	row "nothing is needed but glibc" wheel_needs
	row "HTML reports have charts" wheel_charts
	installed_rows /venv/bin/unflushed /venv/lib/libunflushed.so \
		"man -l /venv/share/man/man1/unflushed.1"
	wheel_other_pythons
	row "pip uninstalls it, and nothing is left" wheel_gone
}

# wheel [:SUITE]
wheel() {
	local in producer=/my-producer wheel_file='' all=(bullseye bookworm trixie sid)
	suite=here
	if [ "$(uname -m)" != x86_64 ]; then
		left_out "the wheel" "it is tried on x86-64, and this is $(uname -m)"
		return 0
	fi
	[ "$(id -u)" -eq 0 ] || { left_out "the wheel" "a chroot needs root"; return 0; }
	row "tools/wheel/build" wheel_made
	row "the file is whole, with every licence" wheel_whole
	in="within $fresh"
	[ -z "$1" ] || all=("${1#:}")
	for suite in "${all[@]}"; do wheel_rows "$suite"; done
}
