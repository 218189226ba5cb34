"""Which outputs count, for everybody who reads them: all of a run or nothing of it, whatever was killed when.

A run counts when its report is there, which is put into place last, or when the journal of its id names it. Sets of the
deployed system, which writes no reports and no contract version, count by themselves.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rumiai_v2.errors import OutputError
from rumiai_v2.outputs.file_sets import SET_FILE
from rumiai_v2.outputs.files import is_same, regular_content
from rumiai_v2.outputs.journal import NAME, read_journal, standing
from rumiai_v2.outputs.ownership import OWNER, Alone, Places
from rumiai_v2.outputs.publication import settle

_REPORT = re.compile(r"report_(?P<stamp>\d{8}_\d{6})\.json")


@dataclass(frozen=True)
class Outputs:
    """``files``: name below ``insights/<id>`` → where it stands now; what else lies in the analyses' folders is among them.

    ``undecided``: files of runs that never came to a decision; they do not count. ``unified``: where the unified file
    that belongs to the newest run stands, None where it is in place.
    """

    files: Mapping[str, Path]
    undecided: tuple[str, ...]
    unified: Path | None


def read_outputs(insights: Path) -> Outputs:
    """The files in ``insights/<id>`` that count; raises ``OutputError`` where its journal is none.

    Who reads several files while runs may publish calls this again afterwards: the same answer says that all were of one
    moment.
    """
    journal = read_journal(insights)  # first, then reports, then sets: whatever is seen later was there before
    decided = {match["stamp"] for path in insights.glob("*.json") if (match := _REPORT.fullmatch(path.name))}
    found = [*(path for path in insights.glob("*") if path.is_file()), *insights.glob("*/*")]
    files = {path.relative_to(insights).as_posix(): path for path in found if not is_bookkeeping(path.name)}
    unified = None
    if journal is not None:
        decided.add(journal.stamp)
        for entry, path in standing(insights, journal):
            if entry.place == "insights":
                files[entry.target] = path
            elif entry.place == "unified":
                unified = path
    undecided = {name for name in files if _is_undecided(name, files, decided)}
    return Outputs(
        {name: path for name, path in sorted(files.items()) if name not in undecided}, tuple(sorted(undecided)), unified
    )


def standing_unified(unified: Path, places: Places) -> Path:
    """Where to read the unified file ``unified``, of the folders ``places`` or of others that are laid out like them.

    What was decided is put into place first; where that is impossible the answer is where it stands.
    """
    layouts = [places] if is_same(unified.parent, places.unified) else []
    beside = unified.parent.parent / places.insights.parent.name / places.video_id
    layouts.append(Places(places.video_id, beside, unified.parent, places.temp))
    for layout in layouts:
        if not os.path.exists(layout.insights / NAME):
            continue
        try:
            with Alone(layout, lambda folder: None).held():
                settle(layout)
        except (OSError, OutputError):
            return read_outputs(layout.insights).unified or unified
    return unified


def is_bookkeeping(name: str) -> bool:
    """Whether ``name`` is that of a lock, a journal or an unpublished file, which readers pass over."""
    return name.startswith(".publishing.") or name.endswith(".partial") or OWNER.fullmatch(name) is not None


def _is_undecided(name: str, files: Mapping[str, Path], decided: set[str]) -> bool:
    """Whether ``name`` is of a set of today's pipeline whose run was never decided."""
    match = SET_FILE.fullmatch(name)
    if match is None or match["stamp"] in decided:
        return False
    complete = files.get(f"{match['analysis']}_complete_{match['stamp']}.json")
    if complete is None:
        return False
    try:
        document = json.loads(regular_content(complete))
    except (OSError, ValueError, RecursionError):
        return False  # whoever reads it says what is wrong with it
    return isinstance(document, dict) and "contract_version" in document
