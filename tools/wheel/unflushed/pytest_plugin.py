# SPDX-License-Identifier: Apache-2.0
"""pytest_plugin.py - `pytest --unflushed`: a test that loses Kafka messages fails by its name

    pytest --unflushed                 pytest is started again under the library
    pytest --unflushed-broker          and has an embedded broker, its address in UNFLUSHED_BROKER
    @pytest.mark.unflushed(allow=5, verdicts=["racy"], reason="...")

A loss fails the phase in which it happened, as an assertion there would: so xfail, -x, --lf,
junit and the reports of pytest-xdist's workers need nothing of their own. What is seen, and
when, is pytest_watch.py's; how pytest is started again, pytest_restart.py's.
"""
import atexit
import html
import logging
import os
import shutil
import sys
import xml.etree.ElementTree as ElementTree
from contextlib import contextmanager

import pytest

from unflushed import pytest_restart, pytest_watch
from unflushed.pytest_watch import Place

VERDICTS = ("lost", "at_risk", "racy", "unproven", "blind", "failed")
KEPT = "UNFLUSHED_PYTEST_KEEPS"


def pytest_addoption(parser):
    group = parser.getgroup("unflushed", "Kafka messages that tests lose")
    group.addoption("--unflushed", action="store_true",
                    help="fail each test that loses Kafka messages (starts pytest again under "
                         "libunflushed.so)")
    group.addoption("--unflushed-broker", action="store_true",
                    help="the same, with an embedded broker: its address is in "
                         "UNFLUSHED_BROKER, and connects to port 9092 go there")
    group.addoption("--unflushed-dir", metavar="DIR",
                    help="the same, and the traces stay in DIR")


def is_wanted(options):
    return bool(getattr(options, "unflushed", False) or options.unflushed_broker or
                options.unflushed_dir)


def begin(config, options):
    """Pytest is started again here, before anything of the tests is imported."""
    if not is_wanted(options) or getattr(options, "help", False) or \
            getattr(options, "version", False) or pytest_restart.is_restarted():
        return
    if pytest_restart.is_worker():
        return
    nested = pytest_restart.RESTARTED in os.environ
    if pytest_restart.is_loaded() and os.environ.get("UNFLUSHED_DIR") and not nested:
        if options.unflushed_broker or options.unflushed_dir:
            raise pytest.UsageError("--unflushed-broker and --unflushed-dir: this pytest runs "
                                    "under the library already; give the options of "
                                    "`unflushed run` instead (--broker, --dir)")
        return
    if not pytest_restart.is_command():
        pytest_restart.refuse_program()
    if options.unflushed_dir:
        os.environ[KEPT] = "1"
    pytest_restart.restart(options, lambda: stop_capture(config))


def stop_capture(config):
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture:
        capture.stop_global_capturing()


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config):
    begin(early_config, early_config.known_args_namespace)
    yield


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """For a plugin that a conftest.py names: the hook above has passed."""
    begin(config, config.option)


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "unflushed(allow=0, verdicts=[], reason=...): so many messages may be lost, "
                   "and these verdicts pass")
    if not is_wanted(config.option) or config.option.collectonly:
        return
    if not pytest_restart.is_loaded():
        raise pytest.UsageError("--unflushed: libunflushed.so is not in this process, though "
                                "it was started with it (a static interpreter, or another libc)")
    plugin = Plugin(config)
    config.pluginmanager.register(plugin, "unflushed-session")
    if not hasattr(config, "workerinput"):
        atexit.register(plugin.end)
        if config.pluginmanager.hasplugin("dsession") or config.pluginmanager.hasplugin("xdist"):
            config.pluginmanager.register(Workers(), "unflushed-workers")


class Workers:
    """Each worker of pytest-xdist has a run id of its own, by which its forks are known."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self):
        self._next()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self):
        self._next()

    @staticmethod
    def _next():
        if pytest_restart.is_restarted():
            os.environ["UNFLUSHED_RUN"] = os.urandom(pytest_restart.RUN_BYTES).hex()


def allowance(item):
    """(messages, verdicts, reason) that the markers of a test allow; raises UsageError."""
    allow, verdicts, reasons = 0, set(), []
    for mark in item.iter_markers("unflushed"):
        unknown = set(mark.kwargs) - {"allow", "verdicts", "reason"}
        given, named = mark.kwargs.get("allow", 0), mark.kwargs.get("verdicts", ())
        wrong = [name for name in named if name not in VERDICTS]
        if mark.args or unknown:
            refuse_mark(item, "takes allow=, verdicts= and reason= alone")
        if not isinstance(given, int) or isinstance(given, bool) or given < 0:
            refuse_mark(item, f"allow={given!r} is no number of messages")
        if isinstance(named, str) or wrong:
            refuse_mark(item, f"verdicts={named!r}: a list of {', '.join(VERDICTS)}")
        if not mark.kwargs.get("reason"):
            refuse_mark(item, "needs a reason")
        allow = max(allow, given)
        verdicts.update(named)
        reasons.append(str(mark.kwargs["reason"]))
    return allow, verdicts, "; ".join(reasons)


def refuse_mark(item, why):
    raise pytest.UsageError(f"{item.nodeid}: the marker unflushed {why}")


class Plugin:
    def __init__(self, config):
        self.config = config
        self.folder = str(config.invocation_params.dir)
        self.watch = pytest_watch.Watch(pytest_restart.program(), self.folder)
        self.place = Place("session", "before the first test")
        self.pending = []
        self.allowed = []
        self.failed = []  # (name, text), of the step summary
        self.before_call = set()
        self.raised = []  # the charges that the phase under way fails by
        self.finalized = set()  # fixtures, but a test's own, that ended in this teardown
        self.status = 0

    def look(self, place, **how):
        self.pending += self.watch.look(place, **how)

    # ---- tests ----

    def pytest_collection_modifyitems(self, items):
        for item in items:
            allowance(item)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        self.look(Place("time", f"before {item.nodeid}"), counts=False)
        self.place = Place("test", item.nodeid)
        self.watch.enter(self.place)
        yield

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_setup(self, item):
        self.look(self.place, counts=False)
        self.before_call = self.watch.rows()
        self.fail(item)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_call(self, item):
        self.look(self.place, collect=True, since=self.before_call, counts=False)
        self.fail(item)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item):
        finalized, self.finalized = self.finalized, set()
        if self.watch.may_be_garbage({self.place, *finalized}) and \
                getattr(item, "funcargs", None):
            item.funcargs.clear()  # pytest does this after the last report: too late to charge
        self.look(self.place, collect=True, finalized=finalized)
        self.fail(item)

    def take(self, item):
        """The charges that no marker allows."""
        if not self.pending:
            return []
        taken, self.pending = self.pending, []
        allow, verdicts, reason = allowance(item)
        failing = []
        for charge in taken:
            if charge.place.kind == "test" and reason and charge.is_allowed(allow, verdicts):
                self.allowed.append((item.nodeid, charge.lines()[0], reason))
                item.add_report_section("unflushed", "allowed",
                                        f"{charge.text()}\nallowed: {reason}")
            else:
                failing.append(charge)
        return failing

    def fail(self, item):
        self.raised = charges = self.take(item)
        if charges:
            pytest.fail("\n".join(charge.text() for charge in charges), pytrace=False)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        """A phase that fails by itself, or is skipped, keeps its outcome; a loss is added."""
        if call.when == "call" and call.excinfo is not None:
            self.look(self.place)
            left = self.watch.excuse(self.place)
            if left:
                item.add_report_section("call", "unflushed", "outstanding in a producer that this "
                                        f"failure keeps open: {left}")
        outcome = yield
        report = outcome.get_result()
        raised, self.raised = self.raised, []
        if any(charge.place.kind != "test" for charge in raised) and not report.failed:
            # A fixture's loss is not what this test's xfail expects.
            report.outcome, report.longrepr = "failed", str(call.excinfo.value)
            del report.wasxfail
        if call.excinfo is not None and (report.failed or hasattr(report, "wasxfail")):
            for charge in self.take(item):
                report.sections.append(("unflushed", charge.text()))

    # ---- fixtures that live longer than a test ----

    @contextmanager
    def fixture(self, fixturedef):
        before, self.place = self.place, place_of(fixturedef)
        try:
            yield
        finally:
            self.place = before

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        if fixturedef.scope == "function":
            yield
            return
        self.look(self.place)
        with self.fixture(fixturedef):
            self.watch.enter(self.place)
            yield
            self.look(self.place)
        self.watch.enter(self.place)

    def pytest_fixture_post_finalizer(self, fixturedef):
        if fixturedef.scope == "function":
            self.look(self.place, counts=False)
            return
        with self.fixture(fixturedef):
            self.finalized.add(self.place)
            self.look(self.place)

    # ---- the end ----

    def pytest_runtest_logreport(self, report):
        text = str(report.longrepr or "")
        if report.failed and text.startswith("unflushed: "):
            self.failed.append((report.nodeid, text))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus):
        self.status = int(exitstatus)
        self.watch.note_excused()
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["unflushed_allowed"] = self.allowed

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node):
        output = getattr(node, "workeroutput", None) or {}
        self.allowed += [tuple(each) for each in output.get("unflushed_allowed", ())]

    def pytest_terminal_summary(self, terminalreporter):
        if self.allowed:
            terminalreporter.section("unflushed: allowed")
            for nodeid, text, reason in self.allowed:
                terminalreporter.line(f"{nodeid}: {text} ({reason})")

    def end(self):
        """
        Called by atexit after whatever the tests registered there, which may flush: what is
        open is lost by now. The reports of pytest are written, and are added to.
        """
        directory = self.watch.directory
        found = []
        if os.getpid() == self.watch.pid and self.watch.owns_runs:
            found = pytest_watch.rest(self.watch.program, directory, self.folder)
        texts = [(name, judged.text) for name, judged in found]
        for name, text in texts:
            print(f"unflushed: {name}:\n{text}", file=sys.stderr)
        self._write_junit(texts)
        self._write_summary(self.failed + texts)
        pytest_restart.broker_stop()
        if self.watch.owns_runs and KEPT not in os.environ:
            shutil.rmtree(directory)
        if texts and self.status in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
            logging.shutdown()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(1)

    def _write_junit(self, texts):
        path = getattr(self.config.option, "xmlpath", None)
        if not texts or not path or not os.path.exists(path):
            return
        tree = ElementTree.parse(path)
        suite = tree.getroot() if tree.getroot().tag == "testsuite" else tree.getroot()[0]
        for name, text in texts:
            case = ElementTree.SubElement(suite, "testcase", classname="unflushed", name=name,
                                          time="0")
            text = "".join(c if c.isprintable() or c in "\n\t" else "?" for c in text)
            ElementTree.SubElement(case, "failure", message=text.split("\n")[0]).text = text
        for count in ("tests", "failures"):
            suite.set(count, str(int(suite.get(count, "0")) + len(texts)))
        tree.write(path + ".unflushed", encoding="utf-8", xml_declaration=True)
        os.replace(path + ".unflushed", path)

    def _write_summary(self, texts):
        path = os.environ.get("GITHUB_STEP_SUMMARY")
        if not path or not (texts or self.allowed):
            return
        with open(path, "a", encoding="utf-8", errors="replace") as file:
            file.write("\n### Kafka messages that tests lost\n\n")
            for name, text in texts:
                file.write(f"<details><summary>{html.escape(name)}</summary>\n\n"
                           f"<pre>{html.escape(text)}</pre>\n\n</details>\n\n")
            for name, text, reason in self.allowed:
                file.write(f"<p>{html.escape(name)}: {html.escape(text)}; allowed: "
                           f"{html.escape(reason)}</p>\n")


def place_of(fixturedef):
    code = getattr(fixturedef.func, "__code__", None)
    where = f" ({os.path.basename(code.co_filename)}:{code.co_firstlineno})" if code else ""
    return Place(f"{fixturedef.scope} fixture", f"'{fixturedef.argname}'{where}")
