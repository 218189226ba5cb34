"""The conditions that RumiAI is calibrated under: what each changes, and how a run under it is started."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

from parity.pipeline.case import Case
from parity.pipeline.parts import Pipeline
from parity.tools.calibrate.plan import REPEAT, Condition
from rumiai_parity import perturb
from rumiai_parity.layout import CLIP, METADATA, ROOT, STORYBOARD
from rumiai_parity.reencode import Encoding, reencode

#: What platforms make of an upload, at the size of the corpus: a good and a poor rendition, and a smaller picture.
ENCODINGS: Mapping[str, Encoding] = {
    "bitrate-600k": Encoding(video=600_000, audio=96_000),
    "bitrate-300k": Encoding(video=300_000, audio=64_000),
    "size-270x480": Encoding(video=300_000, audio=64_000, size=0.75),
}

_SET = {
    "torch": "torch's own kernels", "onednn": "oneDNN", "mkl": "MKL", "openblas": "OpenBLAS", "numpy": "numpy",
    "opencv": "OpenCV", "numba": "numba",
}  # fmt: skip


def _conditions() -> tuple[Condition, ...]:
    def alone(name: str) -> Condition:
        library = _SET[name.removeprefix("avx2-")]
        return Condition(name, "sensitivity", f"AVX2 instead of AVX-512 in {library} alone", few=True)

    return (
        Condition(REPEAT, "same", "the same run again"),
        Condition("threads-2", "same", "two threads in every library instead of one", threads=2),
        Condition("avx2", "same", "AVX2 instead of AVX-512 in all libraries that let it be chosen", level="x86-64-v3"),
        *(alone(name) for name in perturb.INSTRUCTION_SETS),
        Condition("noise", "encodings", "every sample of every decoded frame changed by −1, 0 or +1"),
        *(Condition(name, "encodings", _what(encoding)) for name, encoding in ENCODINGS.items()),
    )


def _what(encoding: Encoding) -> str:
    size = "" if encoding.size == 1 else f", {encoding.size:g} of the width and height"
    return f"re-encoded: H.264 at {encoding.video // 1000} kbit/s, AAC at {encoding.audio // 1000} kbit/s{size}"


class Perturbations:
    """``parity.tools.calibrate.plan.Perturbations`` of the local configuration."""

    conditions = _conditions()

    def __init__(self, pipeline: Callable[..., Any]) -> None:
        """``pipeline`` makes RumiAI as it is tested; its ``programs`` start a configuration in another way."""
        self.pipeline = pipeline

    @contextmanager
    def under(self, condition: str, case: Case) -> Iterator[tuple[Pipeline, Case]]:
        if condition in perturb.VARIABLES:
            program = (sys.executable, "-m", "rumiai_parity.perturb", condition)
            yield self.pipeline(programs={"local": program}), case
            return
        with tempfile.TemporaryDirectory(prefix="encoded-") as folder:
            encoded = Case(case.name, Path(folder))
            shutil.copyfile(case.folder / METADATA, encoded.folder / METADATA)
            reencode(case.folder / CLIP, encoded.folder / CLIP, ENCODINGS[condition])
            yield self.pipeline(), encoded

    def fits(self, case: Case) -> bool:
        """Rendered cases alone: what is learnt from them holds for any video, so an added one asks for no new calibration."""
        return (case.folder / CLIP).is_file() and (case.folder / STORYBOARD).is_file()

    def identity(self) -> Mapping[str, Mapping[str, str]]:
        pipeline = self.pipeline()
        return {"packages": {name: _version(name) for name in pipeline.packages}, "weights": pipeline.weights()}

    def code(self) -> str:
        digest = hashlib.sha256()
        for file in sorted((ROOT / "rumiai_v2").rglob("*.py")):
            digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
        return digest.hexdigest()


def _version(package: str) -> str:
    """The release; a local part like ``+cpu`` says which build a machine was given, not which release."""
    try:
        return metadata.version(package).partition("+")[0]
    except metadata.PackageNotFoundError:
        return "not installed"
