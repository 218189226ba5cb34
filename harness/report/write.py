"""Reports on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.config import Config
from harness.report.build import FILE_NAME
from harness.verdict import UsageError


def save(report: dict[str, Any], config: Config) -> Path:
    """Write the report and return where it lies."""
    from harness.goldens import write_atomically

    file = config.reports / FILE_NAME
    write_atomically(file, json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    return file


def read(config: Config) -> dict[str, Any]:
    """The last report."""
    file = config.reports / FILE_NAME
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"no report in {file}: {error}") from error
