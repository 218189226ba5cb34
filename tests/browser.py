"""The system's Chromium for tests; a machine without it fails them and says how to get it.

Two at once in one process cannot be: tests take the fixture ``browser``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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
