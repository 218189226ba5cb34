"""Somebody's own video becomes a live case without a storyboard: checked, probed and copied, with metadata for both runners.

Whatever the file is, the case's clip is a copy of its bytes: a re-encoded one would not be the video that is meant.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from parity.pipeline.case import Case
from parity.pipeline.parts import Adopted
from parity.plain import line
from parity.verdict import UsageError
from rumiai_parity.adopt_metadata import derived, given, written
from rumiai_parity.layout import CLIP, METADATA
from rumiai_parity.probe import Probe, probe

#: A run is stopped after 15 minutes; without a GPU, two cores need about seven seconds for one of the video.
LONG = 90.0


def adopt(case: Case, file: Path, metadata: Path | None) -> Adopted:
    """Fill the folder of ``case`` from ``file`` and ``metadata``; ``UsageError`` says what cannot be run, and why."""
    _check_size(file)
    clip = case.folder / CLIP
    shutil.copyfile(file, clip)
    clip.chmod(0o644)
    # The copy is looked at: it is what will be run.
    found = probe(clip, called=line(file))
    item, origin = derived(case.name, found) if metadata is None else given(metadata, case.name, found)
    (case.folder / METADATA).write_text(written(item), encoding="utf-8")
    return Adopted((("video", str(found)), ("metadata", origin)), tuple(_advice(found, metadata)))


def _advice(found: Probe, metadata: Path | None) -> list[str]:
    advice = []
    if found.seconds > LONG:
        advice.append(
            f"{found.seconds:.0f} s of video may take longer than the 15 minutes after which a run is stopped, on a machine "
            "without a GPU; a shorter cut of it is a better case"
        )
    if metadata is not None:
        advice.append(f"{METADATA} may name people: remove what must not be published before you commit it")
    return advice


def _check_size(file: Path) -> None:
    from rumiai_v2.media.open import Limits

    limit, size = Limits().size, file.stat().st_size
    if size > limit:
        raise UsageError(
            f"{line(file)}: file too large: expected at most {limit:,} bytes, got {size:,}; shorten or re-encode the video"
        )
