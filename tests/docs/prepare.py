"""What a page takes for granted: a change that made parity fail, two folders of outputs, a video."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from tests.docs.pages import ROOT, edit, steps
from tests.docs.sandbox import Sandbox

#: A formula changed by accident.
ROUNDED = """
--- a/rumiai_v2/analyses/visual_overlay_analysis.py
+++ b/rumiai_v2/analyses/visual_overlay_analysis.py
@@
-        "overlayFrequency": round(len(overlays) / (events.duration / 60), 2),
+        "overlayFrequency": round(len(overlays) / (events.duration / 60), 1),
"""


def engagement(sandbox: Sandbox) -> None:
    """The edit that the page on changing an analysis makes."""
    page = "docs/change-an-analysis.md"
    for step in steps(page, (ROOT / page).read_text(encoding="utf-8")):
        if step.kind == "edit":
            edit(sandbox.root, step.text)


def failed(sandbox: Sandbox) -> None:
    """A change, and the run that found it."""
    engagement(sandbox)
    sandbox.must("parity run --case minimal", ends=1)


def two_causes(sandbox: Sandbox) -> None:
    """Two changes, and the run that found them."""
    edit(sandbox.root, ROUNDED)
    engagement(sandbox)
    sandbox.must("parity run", ends=1)


def folders(sandbox: Sandbox) -> None:
    """Outputs of one recording, before and after a change."""
    recording = "golden/corpus/replay_pair/recorded.json"
    for name in ("before", "after"):
        (sandbox.root / name).mkdir()
        sandbox.must(f"cd {name} && PYTHONPATH=.. python -m rumiai_v2 replay ../{recording}")
        if name == "before":
            edit(sandbox.root, ROUNDED)
    sandbox.must("git checkout -q rumiai_v2")


def video(sandbox: Sandbox) -> None:
    """A video of one's own, and what the platform says of it."""
    shutil.copy(sandbox.root / "golden/corpus/minimal/clip.mp4", sandbox.root / "my-video.mp4")
    shutil.copy(sandbox.root / "golden/corpus/minimal/metadata.json", sandbox.root / "item.json")


def downloaded(sandbox: Sandbox) -> None:
    """What a CI job uploaded, as it lies there after the download."""
    shutil.copytree(sandbox.root / "reports", sandbox.root / "ci")


PREPARE: dict[str, Callable[[Sandbox], None]] = {
    "docs/parity-failed.md": failed,
    "docs/goldens.md": two_causes,
    "docs/compare-folders.md": folders,
    "docs/add-a-case.md": video,
    "docs/ci.md": downloaded,
}
