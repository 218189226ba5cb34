"""Drifts that stand in the source alone, where no run on this machine shows them yet: edits of one file each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Edit = Callable[[str], str]


def _append(code: str) -> Edit:
    return lambda text: f"{text}\n\n{code}\n"


def _replace(pattern: str, by: str) -> Edit:
    def edit(text: str) -> str:
        changed, count = re.subn(pattern, by, text, count=1, flags=re.MULTILINE)
        if not count:
            raise LookupError(f"nothing in the file meets {pattern!r}: mend the fault")
        return changed

    return edit


#: Fault → file and edit.
EDITS: Mapping[str, tuple[str, Edit]] = {
    "S1": (
        "rumiai_v2/timeline/builder.py",
        _append("def _is_local(source):\n    return isinstance(source, LocalFile)"),
    ),
    "S2": (
        "rumiai_v2/sources/local_file.py",
        _append('def _mode():\n    import os\n\n    return os.environ.get("USE_PYTHON_ONLY_PROCESSING")'),
    ),
    "S3": (
        "rumiai_v2/outputs/report.py",
        _append('def save(path, text):\n    with open(path, "w") as out:\n        out.write(text)'),
    ),
    "S4": (
        "rumiai_v2/services/registry.py",
        _replace(r'^    "emotion_detection": .*\n', ""),
    ),
    "S5": (
        "schemas/visual_overlay_analysis.schema.json",
        _replace(r'"x-parity-prefix": "visualOverlay"', '"x-parity-prefix": "overlays"'),
    ),
    "S6": (
        "rumiai_v2/runner.py",
        _replace(r'(def _gather_recorded(?:.|\n)*?)self\._stage\("downloading_video"\)', r'\1self._stage("running_ml_analysis")'),
    ),
    "S7": (
        "rumiai_v2/services/text.py",
        _append('def _tell(count):\n    print(f"{count} texts")'),
    ),
    "S8": (
        "rumiai_v2/errors.py",
        _replace(r"^    exit_code = 3$", "    exit_code = 0"),
    ),
    "S9": (
        "rumiai_v2/services/audio_energy.py",
        _append('def _kept():\n    from pathlib import Path\n\n    return Path("temp") / "audio.wav"'),
    ),
    "S10": (
        "rumiai_v2/media/audio.py",
        _append("def _left():\n    import tempfile\n\n    return tempfile.mkstemp(suffix='.wav')"),
    ),
}  # fmt: skip
