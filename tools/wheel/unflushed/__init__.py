# SPDX-License-Identifier: Apache-2.0
"""unflushed: which Kafka messages a program never got to the broker

The program is `unflushed`, on the PATH of the environment that this is installed in, and
`python -m unflushed`. Here is where the files are, for who starts programs by himself.
"""
import importlib.metadata

__all__ = ["library", "program"]


def __getattr__(name):
    """`__version__`, of what is installed: the sources of this package have none."""
    if name == "__version__":
        return importlib.metadata.version("unflushed")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _installed(folder, name):
    """The absolute path of a file of ours, as the installer has written down where it put it."""
    for file in importlib.metadata.files("unflushed") or ():
        if file.name == name:
            path = file.locate().resolve()
            if path.parent.name == folder and path.is_file():
                return str(path)
    raise FileNotFoundError(f"unflushed: {folder}/{name} is not where it was installed")


def program():
    """The path of the program `unflushed`: an ELF executable, and no script of Python."""
    return _installed("bin", "unflushed")


def library():
    """The path of libunflushed.so, which LD_PRELOAD takes; libunflushed-audit.so is beside it."""
    return _installed("lib", "libunflushed.so")
