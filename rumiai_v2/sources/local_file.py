"""The local configuration: a video file, and optionally a file with its metadata."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

from rumiai_v2.errors import InputError, UsageError
from rumiai_v2.models.metadata import VideoMetadata, described_video
from rumiai_v2.shown import shown
from rumiai_v2.sources.base import Described
from rumiai_v2.sources.json_file import read_json
from rumiai_v2.sources.video_id import checked_video_id

#: Bytes of a metadata file: a page's data have about two million, the info file of a video with all its comments more.
LARGEST_METADATA = 16_000_000


class LocalFile:
    """``metadata`` is what a platform or tool says of the video (docs/metadata.md); without it it is all unknown."""

    owns_file = False

    def __init__(self, path: Path, *, metadata: Path | None = None, video_id: str | None = None) -> None:
        self.path = path
        self.metadata_path = metadata
        self.video_id = video_id
        self.reference = shown(path)
        self.inputs = (path, metadata) if metadata else (path,)

    def describe(self) -> Described:
        metadata = read_metadata(self.metadata_path) if self.metadata_path else VideoMetadata()
        video_id, origin = self._identify(metadata)
        return Described(checked_video_id(video_id, origin=origin), metadata)

    def _identify(self, metadata: VideoMetadata) -> tuple[str, str]:
        if self.video_id is not None:
            return self.video_id, "--id"
        if metadata.id is not None:
            return metadata.id, f"the metadata {self.metadata_path}"
        return shown(self.path.stem), f"the name of the file {self.path}"

    def fetch(self, described: Described, partial: Path, progress: Callable[[float], None]) -> Path:
        try:
            kind = self.path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            raise InputError(
                f"video file {self.path}: expected an existing video file, found nothing; check the path"
            ) from None
        except OSError as error:
            raise InputError(f"video file {self.path}: cannot be reached ({error.strerror}); check the path") from None
        if not stat.S_ISREG(kind):
            raise InputError(f"video file {self.path}: expected a file, found a folder or device; name one video file")
        return self.path


def read_metadata(path: Path) -> VideoMetadata:
    """Read a metadata file; ``UsageError`` names file, field, expected and got."""
    where = f"metadata file {path}"
    document = read_json(path, what="metadata file", hint="check --metadata", largest=LARGEST_METADATA, by_line=True)
    try:
        return described_video(document)
    except ValueError as error:
        raise UsageError(f"{where}: {error}; correct the file or leave --metadata out") from None
