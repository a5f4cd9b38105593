#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""look.py PAGE CHECK... - opens a report in Chromium and looks.

Whatever the checks are, in three widths, light and dark: the console and the network were told
nothing, the page is no wider than the window, and every text that can be seen is. The checks:

    charts     each chart's canvases have pixels of every series' colour that has a value, and
               those of the line of the end
    sorts      a click on a head, and Enter on another, sort its table, what is not known last
    bars       bars have a width
    fast       it is loaded and drawn within a second
    no-script  without JavaScript the same tables are there
    hostile    names of markup are texts: no element, attribute or dialog comes of them

Prints how long it took until all was drawn. Exit status: 0 all holds, 1 not: the last line of
stderr says what.
"""
import json
import sys

from browser import Browser

FAST_S = 1.0

DRAWN = """Array.from(document.querySelectorAll("figure.chart"), (figure) => {
    const canvas = figure.querySelector("canvas");
    if (!canvas) return {caption: figure.textContent.slice(0, 40), missing: ["a canvas"]};
    const {width, height} = canvas;
    const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
    const near = (wanted) => {
        for (let i = 0; i < pixels.length; i += 4)
            if (pixels[i + 3] > 200 && wanted.every((part, j) =>
                    Math.abs(pixels[i + j] - part) < 24)) return true;
        return false;
    };
    const colour = (name) => {
        const hex = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
    };
    const missing = [];
    const heads = Array.from(figure.querySelectorAll("details thead th"));
    const rows = Array.from(figure.querySelectorAll("details tbody tr"));
    heads.forEach((head, index) => {
        const name = ["s1", "s2", "s3"].find((one) => head.classList.contains(one));
        const values = rows.map((row) => row.cells[index].textContent);
        if (name && values.some((value) => /[0-9]/.test(value)) && !near(colour("--" + name)))
            missing.push(head.textContent);
    });
    if (figure.dataset.end !== "" && !near(colour("--text"))) missing.push("the end");
    const label = canvas.getAttribute("aria-label");
    if (!label || canvas.getAttribute("role") !== "img") missing.push("its description");
    return {caption: figure.querySelector("b").textContent, missing, width, height};
})"""

COLUMN = """((table, index) => Array.from(document.querySelectorAll(table + " tbody tr"),
    (row) => row.cells[index].dataset.v ?? row.cells[index].textContent))"""


class Looks:
    def __init__(self, browser, path):
        self.browser, self.path, self.faults = browser, path, []

    def hold(self, holds, what):
        if not holds:
            self.faults.append(what)

    def everywhere(self):
        took = []
        for width, dark in (380, False), (800, True), (1600, False), (1600, True):
            page = self.browser.open(self.path, width=width, dark=dark)
            where = f"at {width}{' in the dark' if dark else ''}"
            took.append(page.loaded_s)
            wide = page.value("document.documentElement.scrollWidth - "
                              "document.documentElement.clientWidth")
            self.hold(wide <= 0, f"{where} the page is {wide} wider than the window")
            for complaint in page.complaints():
                self.hold(False, f"{where}: {complaint}")
            self.charts_drawn(page, where)
        return min(took)

    def charts_drawn(self, page, where):
        for chart in page.value(DRAWN):
            self.hold(not chart["missing"],
                      f"{where} '{chart['caption']}' has not drawn {chart['missing']}")

    def charts(self):
        page = self.browser.open(self.path)
        count = page.value("document.querySelectorAll('figure.chart canvas').length")
        self.hold(count > 0, "there is no chart")
        self.hold(page.value("document.getElementById('no-charts') === null"),
                  "it was built without uPlot")
        # Colours of the other scheme are drawn when it changes.
        page.ask("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": "dark"}])
        page.value("new Promise((done) => setTimeout(done, 200))")
        self.charts_drawn(page, "after a change to the dark")
        # A window that becomes narrow.
        page.ask("Emulation.setDeviceMetricsOverride", width=500, height=900,
                 deviceScaleFactor=2, mobile=True)
        page.value("new Promise((done) => setTimeout(done, 300))")
        wide = page.value("Math.max(0, ...Array.from(document.querySelectorAll('.uplot'), "
                          "(one) => one.getBoundingClientRect().width))")
        self.hold(wide <= 500, f"a chart is {wide} wide in a window of 500")

    def ordered(self, page, table, index, sign):
        cells = page.value(f"{COLUMN}({json.dumps(table)}, {index})")
        known = [float(cell) for cell in cells if cell != "?"]
        self.hold(len(cells) > 1, f"{table} has {len(cells)} rows")
        self.hold(known == sorted(known, reverse=sign < 0), f"{table} is not sorted: {cells}")
        self.hold("?" not in cells[:len(known)], f"{table}: what is not known is not last")

    def sorts(self):
        page = self.browser.open(self.path)
        # Of a single row there is nothing to sort.
        numbers = page.value("""Array.from(document.querySelectorAll("table.sortable"))
            .filter((table) => table.tBodies[0].rows.length > 1)
            .map((table, i) => {
                table.id = "t" + i;
                return Array.from(table.tHead.querySelectorAll("th"), (head, j) =>
                    head.classList.contains("n") ? j : -1).filter((j) => j >= 0);
            })""")
        self.hold(numbers, "there is no table to sort")
        for i, columns in enumerate(numbers[:2]):
            table = f"#t{i}"
            for index in columns[0], columns[1], columns[-1]:
                head = f"{table} thead th:nth-child({index + 1})"
                page.click(f"{head} button")
                self.ordered(page, table, index, -1)
                self.hold(page.value(f"document.querySelector('{head}').ariaSort")
                          == "descending", f"{table} does not say how it is sorted")
                page.value(f"document.querySelector('{head} button').focus()")
                page.press("Enter")
                self.ordered(page, table, index, 1)
        # By Tab one comes from a head to the next.
        page.value("document.querySelector('#t0 th:nth-child(1) button').focus()")
        page.press("Tab")
        self.hold(page.value("document.activeElement === "
                             "document.querySelector('#t0 th:nth-child(2) button')"),
                  "Tab does not lead to the next head")
        complaints = page.complaints()
        self.hold(not complaints, f"sorting: {complaints}")

    def bars(self):
        page = self.browser.open(self.path)
        wide = page.value("Array.from(document.querySelectorAll('.bar rect'), "
                          "(one) => one.getBoundingClientRect().width)")
        self.hold(wide and min(wide) > 0, f"bars are {wide} wide")

    def no_script(self):
        tables = "Array.from(document.querySelectorAll('table'), (one) => one.innerText)"
        with_script = self.browser.open(self.path).value(
            "document.querySelectorAll('main > * table').length")
        page = self.browser.open(self.path, script=False)
        self.hold(page.value("document.querySelector('canvas, th button') === null"),
                  "a script has run")
        texts = [text for text in page.value(tables) if text.strip()]
        charts = page.value("document.querySelectorAll('figure.chart').length")
        # Those of uPlot's legends are the script's.
        self.hold(len(page.value(tables)) == with_script - charts, "tables are missing")
        self.hold("1,000" in "".join(texts), "numbers are missing")

    def hostile(self):
        page = self.browser.open(self.path)
        found = page.value("""Array.from(document.querySelectorAll(
            "img, iframe, object, embed, link, base, form, [onerror], [style]:not(.uplot *)"),
            (one) => one.outerHTML).concat(document.scripts.length === 3 ? [] : ["scripts"])""")
        self.hold(not found, f"of a name came {found}")
        text = page.value("document.body.innerText")
        for name in ('"><img src=x onerror=alert(1)><', "</script><script>alert(1)<!--"):
            self.hold(name in text, f"{name} is not shown as it is")
        page.value("document.querySelector('#raw').open = true")
        page.value("new Promise((done) => setTimeout(done, 100))")
        self.hold("onerror=alert(1)" in page.value("document.querySelector('#raw pre').innerText"),
                  "the summary is not shown")
        self.hold(not page.complaints(), f"{page.complaints()}")


def main(path, checks):
    with Browser() as browser:
        looks = Looks(browser, path)
        took = looks.everywhere()
        for check in checks:
            if check == "fast":
                looks.hold(took <= FAST_S, f"it took {took:.2f} s")
            else:
                getattr(looks, check.replace("-", "_"))()
    print(f"{took:.2f} s")
    for fault in looks.faults:
        print(fault, file=sys.stderr)
    return 1 if looks.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
