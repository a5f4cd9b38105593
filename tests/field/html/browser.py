# SPDX-License-Identifier: Apache-2.0
"""browser.py - Chromium without a screen, told what to do over its pipe of DevTools.

The pipe is two descriptors, 3 to the browser and 4 from it, with a message of JSON and a NUL
each: nothing beyond Python's own library is needed.

    with Browser() as browser:
        page = browser.open("/tmp/report.html")
        page.value("document.title")
"""
import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time

PATIENCE = 60  # seconds for any answer


class Browser:
    def __init__(self, program="chromium"):
        self.home = tempfile.mkdtemp()
        to_read, self.to = os.pipe()
        self.back, back_write = os.pipe()

        # Both ends are moved out of the way first: one of them may be 3 or 4 already.
        def at_three_and_four():
            ours = [os.dup(to_read), os.dup(back_write)]
            high = [os.dup2(one, 100 + i) for i, one in enumerate(ours)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-dev-shm-usage", "--disable-background-networking",
             f"--user-data-dir={self.home}", "--remote-debugging-pipe", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            close_fds=False, preexec_fn=at_three_and_four)
        os.close(to_read)
        os.close(back_write)
        self.number, self.rest, self.told = 0, b"", []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def message(self, until):
        """The next one, or None when the time is over."""
        while b"\0" not in self.rest:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.back], [], [], left)[0]:
                return None
            more = os.read(self.back, 1 << 16)
            if not more:
                raise RuntimeError("the browser has ended")
            self.rest += more
        one, self.rest = self.rest.split(b"\0", 1)
        return json.loads(one)

    def ask(self, method, session=None, **words):
        self.number += 1
        question = {"id": self.number, "method": method, "params": words}
        if session:
            question["sessionId"] = session
        os.write(self.to, json.dumps(question).encode() + b"\0")
        until = time.monotonic() + PATIENCE
        while True:
            answer = self.message(until)
            if answer is None:
                raise RuntimeError(f"no answer to {method}")
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.told.append(answer)

    def open(self, path, **look):
        return Page(self, path, **look)


class Page:
    """A file, loaded; `complaints` holds what its console and the network were told."""

    def __init__(self, browser, path, width=1280, dark=False, script=True):
        self.browser = browser
        target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.ask("Target.attachToTarget", targetId=target,
                                   flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Log", "Network":
            self.ask(domain + ".enable")
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900,
                 deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.ask("Emulation.setScriptExecutionDisabled", value=not script)
        browser.told.clear()
        self.heard = 0
        began = time.monotonic()
        self.url = pathlib.Path(path).resolve().as_uri()
        self.ask("Page.navigate", url=self.url)
        # The load of about:blank may still be told of.
        self.wait_for("Page.frameNavigated", lambda words: words["frame"]["url"] == self.url)
        self.wait_for("Page.loadEventFired")
        self.loaded_s = time.monotonic() - began
        # Those of the page have not run; ours are scripts, too.
        self.ask("Emulation.setScriptExecutionDisabled", value=False)

    def ask(self, method, **words):
        return self.browser.ask(method, self.session, **words)

    def wait_for(self, event, is_it=lambda words: True):
        """Until it is told, after what was waited for before."""
        until = time.monotonic() + PATIENCE
        while True:
            while self.heard < len(self.browser.told):
                told = self.browser.told[self.heard]
                self.heard += 1
                if (told.get("sessionId") == self.session and told.get("method") == event
                        and is_it(told["params"])):
                    return
            told = self.browser.message(until)
            if told is None:
                raise RuntimeError(f"{event} did not come")
            self.browser.told.append(told)

    def value(self, expression):
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True,
                          awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description"))
        return answer["result"].get("value")

    def press(self, key):
        for kind in "keyDown", "keyUp":
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                     windowsVirtualKeyCode={"Enter": 13, "Tab": 9}[key], **text)

    def click(self, selector):
        x, y = self.value(f"""(() => {{
            const one = document.querySelector({json.dumps(selector)});
            one.scrollIntoView({{block: "center"}});
            const box = one.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
        }})()""")
        for kind in "mousePressed", "mouseReleased":
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left",
                     clickCount=1)

    def complaints(self):
        """Errors and warnings of the console, and whatever was asked of a network."""
        self.value("new Promise((done) => setTimeout(done, 100))")
        found = []
        for told in self.browser.told:
            method, words = told.get("method"), told.get("params", {})
            if told.get("sessionId") != self.session:
                continue
            if method == "Log.entryAdded":
                found.append("log: " + words["entry"]["text"])
            elif method == "Runtime.exceptionThrown":
                found.append("exception: " + json.dumps(words["exceptionDetails"])[:300])
            elif method == "Runtime.consoleAPICalled":
                found.append("console: " + json.dumps(words["args"])[:300])
            elif method == "Page.javascriptDialogOpening":
                found.append("dialog: " + words["message"])
            elif method == "Network.requestWillBeSent" and words["request"]["url"] != self.url:
                found.append("request: " + words["request"]["url"][:300])
        return found

    def shot(self, path):
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        got = self.ask("Page.captureScreenshot", captureBeyondViewport=True, clip={
            "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1})
        pathlib.Path(path).write_bytes(base64.b64decode(got["data"]))

    def printed(self, path):
        got = self.ask("Page.printToPDF", printBackground=False)
        pathlib.Path(path).write_bytes(base64.b64decode(got["data"]))
