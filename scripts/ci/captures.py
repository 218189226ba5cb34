"""Names the captures that a CI job should keep: those of the cases that are not at parity; all where nothing is known.

    python3 scripts/ci/captures.py [REPORT | --run ID]

Prints the folders one per line, and puts them as ``paths`` among the step's outputs. Needs the standard library alone.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "harness"))

from parity.run import runs  # noqa: E402 - the project need not be installed

#: Those of the last run, and everything that any run left.
CAPTURES, ALL = "reports/latest/captures", "reports/runs/"
#: A case is named like this; a folder that is not could write more than its own line into the step's outputs.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_END = "END-OF-PATHS"


def failing(report: Mapping[str, Any]) -> list[str]:
    """The cases of which some check did not end in parity."""
    found = {str(each["case"]) for each in report["results"] if each.get("case") and each["verdicts"] != ["parity"]}
    return sorted(name for name in found if _NAME.fullmatch(name))


def kept(report: Path, captures: str = CAPTURES) -> list[str]:
    """Folders below the project's root, each with its last slash."""
    try:
        document = json.loads(report.read_bytes())
        return [f"{captures}/{name}/" for name in failing(document)]
    except (OSError, ValueError, KeyError, TypeError):
        return [ALL]  # it broke off: whatever is there may say why


def main(arguments: Sequence[str]) -> int:
    """Always 0: what is kept decides nothing."""
    report = runs.report_file(ROOT, arguments)
    named = list(arguments[:1]) == ["--run"]
    paths = kept(report, (report.parent / runs.CAPTURES).relative_to(ROOT).as_posix() if named else CAPTURES)
    print("\n".join(paths) or "every case is at parity: no capture is kept")
    if place := os.environ.get("GITHUB_OUTPUT"):
        with Path(place).open("a", encoding="utf-8") as stream:
            stream.write("\n".join([f"paths<<{_END}", *paths, _END, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
