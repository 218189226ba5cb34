"""Reports on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from parity import reading
from parity.files import write_atomically
from parity.pipeline.settings import Config
from parity.redact import redacted
from parity.report.build import FILE_NAME
from parity.run import runs
from parity.verdict import UsageError

DIFFERENCES = "differences.json"
DIFFERENCES_FORMAT = "parity-differences/1"


def save(report: dict[str, Any], config: Config) -> Path:
    """Write the report and return where it lies."""
    file = runs.folder(config) / FILE_NAME
    write_atomically(file, redacted(json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False)) + "\n")
    return file


def save_differences(rows: list[dict[str, Any]], config: Config) -> Path:
    """Write every difference of a comparison, with its cause, and return where the file lies.

    The report itself stays small enough to be read by people.
    """
    file = runs.folder(config) / DIFFERENCES
    lines = redacted(",\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows))
    write_atomically(file, f'{{"format": "{DIFFERENCES_FORMAT}", "differences": [\n{lines}\n]}}\n')
    return file


def save_forms(report: dict[str, Any], rows: list[dict[str, Any]], config: Config) -> None:
    """Write the report as JUnit XML and as Markdown, beside it."""
    from parity.report import junit, markdown

    write_atomically(runs.folder(config) / junit.FILE_NAME, redacted(junit.render(report)))
    write_atomically(runs.folder(config) / markdown.FILE_NAME, redacted(markdown.render(report, rows)))


def read_differences(config: Config) -> list[dict[str, Any]]:
    """Every difference of the comparison."""
    rows: list[dict[str, Any]] = _read(runs.folder(config) / DIFFERENCES, "differences")["differences"]
    return rows


def read(config: Config) -> dict[str, Any]:
    """The report of the run of ``config``, by default the last."""
    return _read(runs.folder(config) / FILE_NAME, "parity-report")


def _read(file: Path, schema: str) -> dict[str, Any]:
    try:
        document: dict[str, Any] = reading.json_file(file, schema=schema, halves=True)
    except (OSError, reading.Unfit) as error:
        raise UsageError(f"no report in {file}: {error}; make one with `parity run`") from error
    return document
