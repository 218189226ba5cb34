"""Every clip is run in a folder of its own."""

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The working folder of the run; clips are rendered into it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
