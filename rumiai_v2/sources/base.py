"""What every source offers to the one pipeline behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rumiai_v2.models.metadata import VideoMetadata


@dataclass(frozen=True)
class Described:
    """Who the video is: a valid id and what is known about it."""

    video_id: str
    metadata: VideoMetadata


class Source(Protocol):
    """Making one never fails: what is wrong with what it was given is found in ``describe``, within the run.

    ``reference`` names the source in the outputs (a URL or a path as given).

    ``owns_file`` tells whether ``fetch`` made the file, so that it is removed after a failure and by
    ``RUMIAI_CLEANUP_VIDEO``. ``inputs`` are the files it reads.
    """

    reference: str
    owns_file: bool
    inputs: tuple[Path, ...]

    def describe(self) -> Described:
        """Id and metadata; raises a ``RumiError`` whose exit code says whose fault it is."""
        ...

    def fetch(self, described: Described, partial: Path, progress: Callable[[float], None]) -> Path:
        """The video as a local file; one that the source makes stands at ``partial`` until it is published.

        Nothing half-written is left behind on failure.
        """
        ...
