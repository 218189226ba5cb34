"""One case of a corpus."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """One input and what is known about it; ``folder`` holds both."""

    name: str
    folder: Path
