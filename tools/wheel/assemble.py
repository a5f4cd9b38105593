# SPDX-License-Identifier: Apache-2.0
"""assemble.py - from an installed prefix to a wheel

    assemble.py SOURCE PREFIX LICENCES VERSION PLATFORM OUT

The program goes into the scripts of the environment, and everything else of PREFIX beside it,
so that the program finds the library as in any other prefix (tools/run/shimfile.c). The package
itself is SOURCE/tools/wheel/unflushed/. `wheel pack` of OUT makes the file.
"""
import pathlib
import shutil
import sys

METADATA = """\
Metadata-Version: 2.4
Name: unflushed
Version: {version}
Summary: Say which Kafka messages a program never got to the broker
Keywords: kafka,librdkafka,producer,flush,LD_PRELOAD
License-Expression: {licence}
{licence_files}Classifier: Operating System :: POSIX :: Linux
Classifier: Programming Language :: C
Classifier: Programming Language :: Python :: 3
Classifier: Topic :: Software Development :: Testing
Requires-Python: >=3.9
Description-Content-Type: text/markdown

{readme}"""

# Ours, and those of what is linked in.
LICENCE = ("Apache-2.0 AND BSD-2-Clause AND BSD-3-Clause AND MIT AND X11 AND Zlib "
           "AND (GPL-2.0-or-later OR LGPL-3.0-or-later) "
           "AND (GPL-3.0-or-later WITH GCC-exception-3.1)")

# Whoever has pytest has the plugin; without pytest nothing asks for it.
ENTRY_POINTS = "[pytest11]\nunflushed = unflushed.pytest_plugin\n"


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def copy(of, to, mode):
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(of, to)
    to.chmod(mode)


def main(source, prefix, licences, version, platform, out):
    source, prefix, out = pathlib.Path(source), pathlib.Path(prefix), pathlib.Path(out)
    name = f"unflushed-{version}"
    for file in sorted(path for path in prefix.rglob("*") if path.is_file()):
        place = file.relative_to(prefix)
        if place.parts[0] == "bin":
            copy(file, out / f"{name}.data/scripts" / place.name, 0o755)
        else:
            copy(file, out / f"{name}.data/data" / place, 0o644)

    package = source / "tools/wheel/unflushed"
    modules = sorted(package.glob("*.py"))
    for module in modules:
        copy(module, out / "unflushed" / module.name, 0o644)

    info = out / f"{name}.dist-info"
    copy(source / "LICENSE", info / "licenses/LICENSE", 0o644)
    for text in sorted(pathlib.Path(licences).iterdir()):
        copy(text, info / "licenses" / text.name, 0o644)
    texts = sorted((info / "licenses").iterdir())
    files = "".join(f"License-File: {path.name}\n" for path in texts)
    put(info / "METADATA", METADATA.format(
        version=version, licence=LICENCE, licence_files=files,
        readme=(source / "README.md").read_text(encoding="utf-8")))
    put(info / "WHEEL", "Wheel-Version: 1.0\nGenerator: unflushed\n"
        f"Root-Is-Purelib: false\nTag: py3-none-{platform}\n")
    if package / "pytest_plugin.py" in modules:
        put(info / "entry_points.txt", ENTRY_POINTS)


main(*sys.argv[1:])
