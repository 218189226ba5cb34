"""The stamp of a run: the second it was published, later than that of every run of its id before it.

It is chosen when the run is published, so outputs are staged under a name that leaves it open. Newest by stamp is
therefore the run that was published last, whose unified file stands beside them.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

FORMAT = "%Y%m%d_%H%M%S"
#: Stands for the stamp in the name of a file that is not published yet.
OPEN = "<stamp>"
_IN_NAME = re.compile(r"_(\d{8}_\d{6})\.json$")


def stamped(target: Path, stamp: str) -> Path:
    """``target`` with the stamp of its run."""
    return target.with_name(target.name.replace(OPEN, stamp))


def next_stamp(folder: Path, now: datetime) -> str:
    """``now`` (UTC) as ``YYYYMMDD_HHMMSS``, or the second after the newest stamp below ``folder`` where that is not before.

    Call it while nobody else can publish in ``folder``.
    """
    at = now.replace(tzinfo=None, microsecond=0)
    for path in (*folder.glob("*.json"), *folder.glob("*/*.json")):
        found = _IN_NAME.search(path.name)
        if found and (taken := _moment(found[1])) is not None and taken >= at:
            at = taken + timedelta(seconds=1)
    return at.strftime(FORMAT)


def _moment(stamp: str) -> datetime | None:
    """When it was; None for digits that are no time, and for the last year there is, which has no second after it."""
    try:
        moment = datetime.strptime(stamp, FORMAT)
    except ValueError:
        return None
    return moment if moment.year < datetime.max.year else None
