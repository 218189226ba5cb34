"""A run that is killed in the middle of saving: what it leaves behind, and whether the next run copes with it.

The process ends itself with SIGKILL at a named moment, so that both configurations die at the same point however they
save: just before a rename to a file that readers see, or right after such a file was opened for writing. What is left
is printed as lines on stdout, where it is compared like every other line.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

#: Moment → regular expression of the file (from the working folder) whose appearance it is; None: not a file's.
MOMENTS: Mapping[str, str | None] = {
    "complete": r"insights/.+_complete_\d{8}_\d{6}\.json",
    "unified": r"unified_analysis/[^.][^/]*\.json",
    "analysis": None,
    "never": None,
}
#: The analysis in which a run dies at the moment "analysis".
_LAST_SEEN = "visual_overlay_analysis"
_OUTPUTS = ("insights", "unified_analysis")
_STAMP, _TOKEN = re.compile(r"\d{8}_\d{6}"), re.compile(r"\.[0-9a-f]{16}\.(?=(?:partial|lock)$)")


def rehearse(moment: str, arguments: Sequence[str]) -> None:
    """Run ``arguments`` in other processes, killed and then whole; print what stands there after each, and clear it."""
    again = [sys.executable, "-m", "rumiai_parity.faults", "--kill-at"]
    killed = subprocess.run(
        [*again, moment, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    if killed.returncode != -signal.SIGKILL:
        text = killed.stderr.decode(errors="replace")
        raise SystemExit(f"the run was not killed at {moment!r}: it ended with {killed.returncode}\n{text}")
    _tell("left by the killed run")
    whole = subprocess.run(
        [*again, "never", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    if whole.returncode:  # for people: the log of another process is none of this run's
        sys.stderr.writelines(f"the next run: {line}\n" for line in whole.stderr.decode(errors="replace").splitlines())
    print(f"the next run ended with {whole.returncode}")
    _tell("after the next run")
    for name in _OUTPUTS:
        shutil.rmtree(name, ignore_errors=True)
    sys.stdout.flush()


def arm(moment: str) -> None:
    """End this process at ``moment``."""
    if moment == "never":
        return
    pattern = MOMENTS[moment]
    if pattern is None:
        _die_in(_LAST_SEEN)
        return
    wanted, here = re.compile(pattern), Path.cwd()

    def hook(event: str, details: tuple[Any, ...]) -> None:
        if event == "os.rename" and _is(wanted, details[1], here):
            _die()
        if event == "open" and isinstance(details[1], str) and set(details[1]) & set("wxa"):
            if not _is(wanted, details[0], here):
                return
            # The moment between opening and writing: the file is there, and empty.
            os.close(os.open(details[0], os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o644))
            _die()

    sys.addaudithook(hook)


def _is(wanted: re.Pattern[str], path: Any, here: Path) -> bool:
    if not isinstance(path, str | os.PathLike):
        return False
    target = here / path
    return target.is_relative_to(here) and wanted.fullmatch(target.relative_to(here).as_posix()) is not None


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable: SIGKILL cannot be caught")


def _die_in(name: str) -> None:
    from rumiai_v2.analyses import registry

    def compute(unified: Mapping[str, Any]) -> NoReturn:
        _die()

    registry.ANALYSES = tuple(
        dataclasses.replace(analysis, compute=compute) if analysis.name == name else analysis
        for analysis in registry.ANALYSES
    )


def _tell(what: str) -> None:
    """Print the outputs that stand here: stamps and tokens of runs told apart by nothing, half files marked."""
    lines = []
    for path in sorted(path for name in _OUTPUTS for path in Path(name).rglob("*") if path.is_file()):
        torn = path.suffix == ".json" and not _is_json(path)
        name = _TOKEN.sub(".<token>.", _STAMP.sub("<stamp>", path.as_posix()))
        lines.append(f"{what}: {name}{' (half a file)' if torn else ''}")
    print("\n".join(sorted(lines) or [f"{what}: nothing"]))


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    return True
