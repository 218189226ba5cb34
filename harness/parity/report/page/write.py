"""The page on disk: ``parity.html`` of a run, one file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from parity.check.suite import Suite
from parity.files import write_atomically
from parity.pipeline.settings import Config
from parity.redact import redacted
from parity.run import runs

FILE_NAME = "parity.html"


def write(
    config: Config, report: Mapping[str, Any], differences: Sequence[Mapping[str, Any]], suite: Suite | None = None
) -> Path:
    """Draw the page of ``report`` and return where it lies."""
    from parity.report.page.payload import payload
    from parity.report.page.render import html

    file = runs.folder(config) / FILE_NAME
    write_atomically(file, redacted(html(payload(config, report, differences, suite))))
    return file


def drawn(
    config: Config, report: Mapping[str, Any], differences: Sequence[Mapping[str, Any]], suite: Suite | None = None
) -> str | None:
    """Draw the page; why that failed, None where it did not: what was compared is worth more than a page of it."""
    try:
        write(config, report, differences, suite)
    except Exception as error:
        if (old := runs.folder(config) / FILE_NAME).is_file():
            old.unlink()  # it would be taken for the page of this run
        return f"{type(error).__name__}: {error}"
    return None
