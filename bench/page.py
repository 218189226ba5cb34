"""What the report's page costs with ten thousand differences: opening it, and every answer of its search.

``python bench/page.py [--differences 10000] [--page reports/parity.html]``. Opened five times; searched with every key of five
queries. *Until …* are times on the clock, from the beginning of the navigation, or from the key until the next picture is
painted; they grow when other programs run. *Longest task* is from the browser's trace: the longest piece of work of the
page's thread, in processor time; while it lasts the page cannot react. Browsers call a task long from 50 ms on.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

QUERIES = ("textannotations[4321]", "tutorial", "scene_pacing.ml case:story", "0.916", "nothing has this")
OPENED = 5

OPENING = """() => ({
  ready: performance.getEntriesByName("parity-ready")[0].startTime,
  painted: performance.getEntriesByName("first-contentful-paint")[0].startTime,
})"""
TYPE = """async (text) => {
  const search = document.getElementById("search");
  search.value = text;
  const begin = performance.now();
  search.dispatchEvent(new InputEvent("input", { bubbles: true }));
  const computed = performance.now() - begin;
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return [computed, performance.now() - begin];
}"""
SORT = """() => document.querySelector(".head-row .c-path button").click()"""


def main() -> None:
    from parity.report.page.render import html
    from tests.browser import chromium
    from tests.harness.report.page import made

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--differences", type=int, default=10_000)
    parser.add_argument("--page", type=Path, help="a page that exists, instead of a made one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        file = given.page
        if file is None:
            file = Path(folder, "parity.html")
            file.write_text(html(made.payload(given.differences)), encoding="utf-8")
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        _open(page, file)  # the first one starts the browser's processes
        opened, tasks = _traced(browser, page, lambda: [_open(page, file) for _ in range(OPENED)])
        rows = page.evaluate("Number(document.getElementById('grid').getAttribute('aria-rowcount')) - 1")
        print(f"{rows} differences, {file.stat().st_size / 1e6:.2f} MB, Chromium {browser.version}")
        for name, title in (("painted", "open: until first picture"), ("ready", "open: until drawn")):
            _print(title, [each[name] for each in opened])
        print(f"{'open: longest task':<32} {tasks[-1]:6.0f} ms")
        page.evaluate("document.getElementById('differences').scrollIntoView()")
        keys = [query[:end] for query in QUERIES for end in range(1, len(query) + 1)]
        answers, tasks = _traced(browser, page, lambda: [page.evaluate(TYPE, text) for text in keys])
        _print("search: until rows are found", [found for found, _ in answers])
        _print("search: until painted", [painted for _, painted in answers])
        print(f"{'search: longest task':<32} {tasks[-1]:6.0f} ms   ({sum(each > 50 for each in tasks)} over 50 ms)")
        _, tasks = _traced(browser, page, lambda: [page.evaluate(SORT) for _ in range(6)])
        print(f"{'sort by path: longest task':<32} {tasks[-1]:6.0f} ms")


def _traced(browser: Browser, page: Page, act: Callable[[], Any]) -> tuple[Any, list[float]]:
    """What ``act`` returns, and the tasks of the page's threads meanwhile: processor time in ms, in order."""
    browser.start_tracing(page=page, categories=["toplevel", "__metadata"])
    done = act()
    events = json.loads(browser.stop_tracing())["traceEvents"]
    threads = {
        (e["pid"], e["tid"]) for e in events if e["name"] == "thread_name" and e["args"]["name"] == "CrRendererMain"
    }
    tasks = [e for e in events if e.get("name", "").endswith("RunTask") and (e["pid"], e["tid"]) in threads]
    return done, sorted(e["tdur"] / 1000 for e in tasks if "tdur" in e)


def _open(page: Page, file: Path) -> dict[str, float | None]:
    from tests.browser import until

    page.goto("about:blank")
    page.goto(file.resolve().as_uri())
    until(page, "performance.getEntriesByName('parity-ready').length > 0")
    page.wait_for_timeout(300)
    return page.evaluate(OPENING)


def _print(title: str, times: list[float]) -> None:
    print(f"{title:<32} median {statistics.median(times):6.0f} ms   worst {max(times):6.0f} ms   ({len(times)} times)")


if __name__ == "__main__":
    main()
