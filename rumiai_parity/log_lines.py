"""The log lines of a run that both configurations must write, without what differs from run to run."""

from __future__ import annotations

import re

from parity.pipeline.capture import STDERR, Capture

#: Time, level, logger, text; what has no such head belongs to native libraries or tracebacks.
_LINE = re.compile(r"\d{4}-\d\d-\d\d [\d:,]+ (?P<level>[A-Z]+) (?P<logger>[\w.]+): (?P<text>.*)")
#: Sources are where the configurations differ; whether a result was computed or shared is the harness' own choice.
_APART = ("rumiai_v2.sources", "rumiai_v2.results")
#: Says how full the machine was.
LOAD = "rumiai_v2.metrics"
#: The last word of a run that fails is its error, which stands in the return structure.
_LAST_WORD = ("ERROR", "rumiai_v2.runner")
_FILE, _NUMBER = re.compile(r"\S+\.(?:partial|mp4)\b"), re.compile(r"\d+(?:\.\d+)?")


def log_lines(capture: Capture, *, load: bool = False) -> list[str]:
    """``LEVEL logger: text`` with ``<file>`` for the video and ``#`` for numbers; ``load``: also what the load decides."""
    text = (capture.folder / STDERR).read_text(encoding="utf-8", errors="replace")
    lines = []
    for match in filter(None, map(_LINE.fullmatch, text.splitlines())):
        level, logger = match["level"], match["logger"]
        if logger.startswith(_APART) or (logger == LOAD and not load):
            continue
        said = _NUMBER.sub("#", _FILE.sub("<file>", match["text"]))
        lines.append(f"{level} {logger}: {'<the error>' if (level, logger) == _LAST_WORD else said}")
    return lines
