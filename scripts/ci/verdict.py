"""The last step of a CI job: says in one line what the exit code of ``parity run`` means, and ends with it.

    python3 scripts/ci/verdict.py CODE [REPORT | --run ID]

Needs the standard library alone. ``REPORT`` is the report of that run, by default that of the
last one; ``--run ID`` names the run (as much of its id as is unique).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "harness"))

from parity import plain  # noqa: E402
from parity.run import runs  # noqa: E402 - the project need not be installed
from parity.verdict import Verdict  # noqa: E402

REMEDIES = {
    Verdict.DRIFT: "meant? `parity accept --cause ID --reason …`; not meant? mend it",
    Verdict.USAGE: "read the log of the step that runs and compares",
    Verdict.CONTRACT: "read the summary: a schema, a field or the ledger must be mended",
    Verdict.PIPELINE: "read stderr.log in the uploaded captures",
    Verdict.UNSTABLE: "nothing can be accepted before repeated runs agree",
    Verdict.CRASH: "the harness itself failed: its maintainers need the crash file in the uploaded reports",
    Verdict.STALE: "remove what nothing needs, or renew the declared difference",
}


def told(code: int | None, report: Mapping[str, Any] | None) -> tuple[str, str]:
    """What ``code`` is called, and one line about it; ``code`` is None when nothing was run to its end."""
    if code is None:
        return "none", "parity run did not come to its end: an earlier step failed, or it was stopped; read their logs"
    if code > 128:
        return "none", f"parity run was ended by signal {code - 128}: too little memory, or the job's time limit"
    try:
        verdict = Verdict(code)
    except ValueError:
        return "none", f"exit code {code} is no verdict of parity: read the log of the step that runs and compares"
    known = report is not None and report.get("exit_code") == code
    if verdict is Verdict.DRIFT and not known:
        # A shell and a Python that break off end like this, too.
        return (
            "none",
            "ended with 1, but no comparison reported drift: it broke off; read the log of the step that runs and compares",
        )
    parts = [f"{verdict.label}: {verdict.meaning}"]
    if report is not None and known:
        others = [str(name) for name in report.get("verdicts", ()) if name != verdict.label]
        parts += [f"also {', '.join(others)}"] if others else []
        causes = report.get("causes") or ()
        parts += (
            [f"{len(causes)} cause{'' if len(causes) == 1 else 's'}, first: {causes[0]['title']}"] if causes else []
        )
    parts += [REMEDIES[verdict]] if verdict in REMEDIES else []
    return verdict.label, "; ".join(plain.line(part) for part in parts)


def read(file: Path) -> Mapping[str, Any] | None:
    """The report in ``file``; None where there is none, or none that can be read."""
    try:
        document = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None  # the line then says what the code alone means
    return document if isinstance(document, dict) else None


def command(title: str, text: str) -> str:
    """An error as GitHub's workflow command: one line, whatever ``text`` holds."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::error title={title}::{escaped}"


def main(arguments: Sequence[str]) -> int:
    """Exit code: the given one; 2 where none was given that can be one."""
    given = arguments[0].strip() if arguments else ""
    code = int(given) if given.isdecimal() and int(given) < 256 else None
    name, text = told(code, read(runs.report_file(ROOT, arguments[1:])))
    shown = f"parity: {text}"
    print(shown if code == 0 else command(f"parity {name} (exit code {2 if code is None else code})", text))
    if place := os.environ.get("GITHUB_OUTPUT"):
        with Path(place).open("a", encoding="utf-8") as stream:
            stream.write(f"verdict={name}\n")
    return int(Verdict.USAGE) if code is None else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
