"""What it means that pytest ended, and no report says how the comparison came out."""

from __future__ import annotations

from pathlib import Path

import pytest

from parity import crash
from parity.ending import INTERRUPTED, say
from parity.files import CannotWrite, write_atomically
from parity.pipeline.settings import Config
from parity.verdict import Verdict

#: Letters of pytest's own text that go into the file of a crash.
_TAIL = 200_000
#: Letters that a folder for reports must take at least.
_PROBE = 1_000_000
#: Codes of pytest that say it was asked for something that it cannot do.
_ASKED = (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED)


def code(config: Config, ended: int, log: Path, *, passed: bool = False) -> int:
    """Say why there is no verdict, and the exit code; ``passed``: there is a report, in which nothing is wrong.

    ``CannotWrite`` where reports cannot be written at all.
    """
    if ended == INTERRUPTED:
        say("parity: interrupted")
        return INTERRUPTED
    _check_writable(config)
    if ended in _ASKED and not passed:
        say(f"parity: usage: pytest ended with code {ended} before anything was compared; its text stands above")
        return int(Verdict.USAGE)
    how = f"was killed by signal {-ended}" if ended < 0 else f"ended with code {ended}"
    when = "though every comparison passed" if passed else "before there was a report"
    text = log.read_text(encoding="utf-8", errors="replace")[-_TAIL:] if log.is_file() else "pytest printed nothing"
    file = config.relative(crash.write([f"pytest {how} {when}", text], config.reports))
    say(f"parity: crash: pytest {how} {when}; this is no verdict: its text is in {file}; {crash.ADVICE}")
    return int(Verdict.CRASH)


def _check_writable(config: Config) -> None:
    """``CannotWrite`` where the folder of reports takes no files: then nothing else is to blame."""
    probe = config.reports / ".probe"
    try:
        write_atomically(probe, " " * _PROBE)
        probe.unlink()
    except CannotWrite as error:
        raise CannotWrite(f"there is no report of this run: {error}") from error
