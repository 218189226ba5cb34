"""Property tests draw the same examples in every run; `HYPOTHESIS_PROFILE=explore` draws new ones. No test leaks a secret."""

import os

from hypothesis import settings

from tests.leaks import pytest_configure, pytest_runtest_makereport  # noqa: F401 - hooks

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
