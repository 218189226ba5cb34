"""The system's Chromium for tests; a machine without it fails them and says how to get it.

Two at once in one process cannot be: tests take the fixture ``browser``.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser without a window, closed at last."""
    from playwright.sync_api import sync_playwright

    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail(f"no browser: none of {', '.join(NAMES)} is installed; get it with: apt-get install -y chromium")
    with sync_playwright() as playwright:
        # The sandbox needs rights that a container's root has not.
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def until(page: Page, expression: str, *, seconds: float = 30.0) -> None:
    """Wait until ``expression`` is true in the page.

    Playwright's own waiting evaluates a text inside the page again and again, which the report's policy forbids.
    """
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        if time.monotonic() > end:
            pytest.fail(f"after {seconds:g} s the page still does not meet: {expression}")
        page.wait_for_timeout(20)
