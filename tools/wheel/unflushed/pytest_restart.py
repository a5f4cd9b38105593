# SPDX-License-Identifier: Apache-2.0
"""pytest_restart.py - pytest, started again under the library

A library is preloaded when a program starts, so pytest is: by execve(2), with the same command
line and process. What has to be known afterwards stands in the environment:

    UNFLUSHED_PYTEST    PID of the pytest that was started again, and that of its broker, or 0
    UNFLUSHED_DIR       the folder of all traces of the session
    UNFLUSHED_RUN       set anew for each test: a program that a test starts carries its id

Workers of pytest-xdist inherit all of it and are not started again.
"""
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import pytest

RESTARTED = "UNFLUSHED_PYTEST"
RUN_BYTES = 16
COMMANDS = ("console_main", "_console_main")  # what the command `pytest` calls; since 9.1


def program():
    """The path of the program `unflushed`: the wheel's own, or as the environment says."""
    import unflushed

    given = os.environ.get("UNFLUSHED_PROGRAM")
    if given:
        return given
    if hasattr(unflushed, "program"):
        return os.fspath(unflushed.program())
    found = shutil.which("unflushed")
    if not found:
        raise pytest.UsageError("--unflushed: there is no program `unflushed` in PATH, and "
                                "UNFLUSHED_PROGRAM does not name it")
    return found


def library(unflushed):
    """The library that this program preloads."""
    try:
        run = subprocess.run([unflushed, "run", "--quiet", "--no-audit", "--", "printenv",
                              "LD_PRELOAD"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             check=False, env=environment_outside())
    except OSError as error:
        raise pytest.UsageError(f"--unflushed: cannot run {unflushed}: {error.strerror}")
    path = run.stdout.decode(errors="surrogateescape").strip().split(":")[0]
    if run.returncode or not path:
        raise pytest.UsageError(f"--unflushed: {unflushed} does not say which library it "
                                f"preloads: {run.stderr.decode(errors='replace').strip()}")
    return path


def environment_outside():
    """The environment of a program of ours: without the library, and the same in every place."""
    ours = ("LD_PRELOAD", "LD_AUDIT", "GITHUB_STEP_SUMMARY")
    kept = {name: value for name, value in os.environ.items()
            if name not in ours and not name.startswith("UNFLUSHED_")}
    kept.update(NO_COLOR="1", COLUMNS="120")
    return kept


def is_loaded():
    """Is the library in this process?"""
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as file:
        return "/libunflushed.so" in file.read()


def frame_of_main():
    """(function of pytest's that was entered first, frame that called it)."""
    frame, found = sys._getframe(), (None, None)
    while frame:
        if frame.f_globals.get("__name__") == "_pytest.config" and \
                frame.f_code.co_name in ("main",) + COMMANDS:
            found = frame.f_code.co_name, frame.f_back
        frame = frame.f_back
    return found


def is_command():
    """Was pytest started as a command, so that starting it again starts nothing else?"""
    return frame_of_main()[0] in COMMANDS


def is_worker():
    return "PYTEST_XDIST_WORKER" in os.environ and frame_of_main()[0] is None


def is_restarted():
    return os.environ.get(RESTARTED, "").split(":")[0] == str(os.getpid())


def refuse_program():
    caller = frame_of_main()[1]
    place = f" by {caller.f_code.co_filename}:{caller.f_lineno}" if caller else ""
    raise pytest.UsageError(
        f"--unflushed: pytest.main() was called{place}, in a program that cannot be started "
        "again. Start that program by `unflushed run -- PROGRAM`, or run `pytest --unflushed`")


# ---- the broker ----

def _dies_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def broker_start(unflushed):
    """(PID, address) of an embedded broker, in a session of its own: Ctrl-C is not for it."""
    broker = subprocess.Popen([unflushed, "broker"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, preexec_fn=_dies_with_parent,
                              start_new_session=True, env=environment_outside())
    address = broker.stdout.readline().decode().strip()
    broker.stdout.close()
    if not address:
        raise pytest.UsageError("--unflushed-broker: the embedded broker did not start: "
                                f"{unflushed} broker ended with status {broker.wait()}")
    broker.returncode = 0  # it goes on: Popen is not to wait for it, nor to say so
    return broker.pid, address


def broker_stop():
    """Ends the broker of this session, if there is one, and waits for it."""
    pid = int((os.environ.get(RESTARTED, "") + ":0").split(":")[1])
    if not pid or not is_restarted():
        return
    try:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass  # a test has waited for every child


# ---- starting again ----

def command_line():
    with open("/proc/self/cmdline", "rb") as file:
        return [os.fsdecode(word) for word in file.read().split(b"\0")[:-1]]


def _environment(preloaded, broker):
    environment = dict(os.environ)
    preload = [preloaded] + [
        word for word in environment.get("LD_PRELOAD", "").replace(" ", ":").split(":")
        if word and not word.endswith("/libunflushed.so")]
    pid, address = broker
    for name in [name for name in environment if name.startswith("UNFLUSHED_")]:
        if name not in ("UNFLUSHED_PROGRAM", "UNFLUSHED_SITES", "UNFLUSHED_PROBE_PYTHON",
                        "UNFLUSHED_PROBE_JVM"):
            del environment[name]
    environment.update({"LD_PRELOAD": ":".join(preload),
                        "UNFLUSHED_RUN": os.urandom(RUN_BYTES).hex(),
                        RESTARTED: f"{os.getpid()}:{pid}"})
    if address:
        environment.update(UNFLUSHED_BROKER=address, UNFLUSHED_REDIRECT=address)
    return environment


def restart(options, stop_capture):
    """Starts this pytest again; does not return."""
    unflushed = program()
    preloaded = library(unflushed)
    directory = options.unflushed_dir
    if directory:
        os.makedirs(directory, mode=0o700, exist_ok=True)
        directory = os.path.abspath(directory)
        if any(name.endswith((".trace", ".judged")) for name in os.listdir(directory)):
            raise pytest.UsageError(f"--unflushed-dir: {directory} holds traces of another run")
    broker = broker_start(unflushed) if options.unflushed_broker else (0, None)
    environment = _environment(preloaded, broker)
    environment["UNFLUSHED_DIR"] = directory or tempfile.mkdtemp(prefix="unflushed-pytest-")
    stop_capture()
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, command_line(), environment)
