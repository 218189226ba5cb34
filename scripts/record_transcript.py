"""Records docs/transcripts/change-a-formula.md: a formula is changed in a copy of the project as docs/change-an-analysis.md says.

    .venv/bin/python scripts/record_transcript.py [--ml replay]

Takes a few minutes, for the models run; with `--ml replay` it takes less, and the commands in it say so. The copy uses the installed
environment; nothing of the project changes but the transcript.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.docs import sandbox  # noqa: E402
from tests.docs.pages import edit, steps  # noqa: E402

#: Two clips, a recording, a broken input.
CASES = ("minimal", "tutorial", "replay_pair", "broken_limit")

PAGE, TRANSCRIPT = "docs/change-an-analysis.md", ROOT / "docs/transcripts/change-a-formula.md"
HEAD = """# Changing a formula: a session as it looks

Saving a video is to count as engagement, too: the example of [change an analysis](../change-an-analysis.md), recorded by
`scripts/record_transcript.py` in a copy of the project with four of its cases. One edit, one run, one accept; the last run is the
proof. Only progress is left out, where the text says so.
"""
#: Lines that tell how far a long command is.
_PROGRESS = re.compile(
    r"^(parity: +\d+ %|bringing up nodes|[.FsxE]* *\[ *\d+%\]|\d+ (passed|failed)|-+ snapshot report|$)"
)


def main() -> None:
    """Copy, edit, run, write."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "rumiai")
        sandbox.make(root, CASES)
        environment = _for_real(root, Path(scratch, "programs"))
        found = steps(PAGE, (ROOT / PAGE).read_text(encoding="utf-8"))
        change = next(step for step in found if step.kind == "edit")
        accept = next(step.text for step in found if step.text.startswith("parity accept"))
        edit(root, change.text)
        run = "parity run --ml replay" if "replay" in sys.argv else "make parity"
        commands = ["git diff", run, "parity status", accept, "git diff --stat", run]
        parts = [HEAD]
        for command in commands:
            done = subprocess.run(
                ["bash", "-c", command], cwd=root, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, check=False,
            )  # fmt: skip
            print(f"$ {command}\n{done.stdout}", file=sys.stderr)
            shown = "\n".join(_shown(done.stdout.replace(str(root), "~/rumiai").replace(scratch, "~")))
            parts.append(f"```text\n$ {command}\n{shown}\n$ echo $?\n{done.returncode}\n```\n")
        TRANSCRIPT.parent.mkdir(exist_ok=True)
        TRANSCRIPT.write_text("\n".join(parts), encoding="utf-8")


def _for_real(root: Path, programs: Path) -> dict[str, str]:
    """Give the copy the installed environment instead of one without models; the environment its commands run in."""
    environment = sandbox.Sandbox(root).environment
    shutil.rmtree(root / ".venv")
    shutil.rmtree(root / "reports")
    (root / ".venv").mkdir()
    for entry in (ROOT / ".venv").iterdir():
        (root / ".venv" / entry.name).symlink_to(entry)
    # Set-up is done: the copy's own mark says so.
    (root / ".venv/.ready").unlink(missing_ok=True)
    (root / ".venv/.ready").touch()
    programs.mkdir()
    # The installed command would be the project's own, not that of the copy.
    (programs / "parity").write_text('#!/bin/sh\nexec python -m parity "$@"\n', encoding="utf-8")
    (programs / "parity").chmod(0o755)
    return {**environment, "PATH": f"{programs}{os.pathsep}{environment['PATH']}"}


def _shown(output: str) -> Iterator[str]:
    """The lines of ``output``, progress folded to one that says so."""
    told = False
    for line in output.rstrip("\n").splitlines():
        if line.strip() and _PROGRESS.match(line):
            if not told:
                yield "[… progress]"
            told = True
        else:
            yield line.rstrip()


if __name__ == "__main__":
    main()
