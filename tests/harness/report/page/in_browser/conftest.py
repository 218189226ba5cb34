"""One browser for all tests of the page, and a function that opens a payload in it.

Whatever a test looks at, it fails when the page asks anything of the outside, throws, or logs an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from parity.report.page.render import html
from tests.browser import until
from tests.harness.report.page import made

Open = Callable[..., Page]


class Watched:
    """Pages by how they are looked at, used again by later tests, and what they asked or complained about."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.pages: dict[tuple[str, tuple[int, int]], Page] = {}
        self.asked: list[str] = []
        self.wrong: list[str] = []

    def page(self, scheme: str, size: tuple[int, int]) -> Page:
        if (scheme, size) not in self.pages:
            context = self.browser.new_context(
                color_scheme=scheme, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
            )
            context.set_default_timeout(15_000)
            page = self.pages[scheme, size] = context.new_page()
            page.on("request", lambda request: self.asked.append(request.url))
            page.on("pageerror", lambda error: self.wrong.append(str(error)))
            page.on("console", self.hear)
            page.on("dialog", lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        return self.pages[scheme, size]

    def hear(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.wrong.append(said.text)


@pytest.fixture(scope="module")
def watched(browser: Browser) -> Watched:
    return Watched(browser)


@pytest.fixture
def open_page(watched: Watched, tmp_path: Path) -> Iterator[Open]:
    """Opens a payload (that of a drift when none is given) from a file, and waits until it is drawn."""
    watched.asked.clear()
    watched.wrong.clear()
    file = tmp_path / "parity.html"

    def open_(
        payload: dict[str, Any] | None = None, *, scheme: str = "light", size: tuple[int, int] = (1280, 900)
    ) -> Page:
        file.write_text(html(payload or made.payload()), encoding="utf-8")
        page = watched.page(scheme, size)
        page.emulate_media(media="screen")  # a test may have left it on paper
        page.mouse.move(0, 0)
        page.goto(file.as_uri())
        until(page, "performance.getEntriesByName('parity-ready').length > 0")
        return page

    yield open_
    outside = [url for url in watched.asked if not url.startswith(("data:", file.as_uri()))]
    assert outside == [], "the page asked for something that is not in it"
    assert watched.wrong == [], "the page threw, warned, or asked"
