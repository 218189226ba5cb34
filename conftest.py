"""Property tests draw the same examples in every run; `HYPOTHESIS_PROFILE=explore` draws new ones. No test leaks a secret."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests import leaks
from tests.leaks import pytest_runtest_makereport  # noqa: F401 - a hook


@pytest.hookimpl(tryfirst=True)  # before hypothesis reads its own option
def pytest_configure(config: pytest.Config) -> None:
    leaks.pytest_configure(config)
    settings.register_profile("repeatable", derandomize=True, deadline=None)
    settings.register_profile("explore", deadline=None)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
