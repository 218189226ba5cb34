"""A recorded unified file as a source: the ML results are read, everything behind them is computed anew."""

from __future__ import annotations

from pathlib import Path

from rumiai_v2.errors import UsageError
from rumiai_v2.models.evidence import Evidence
from rumiai_v2.models.metadata import metadata_from
from rumiai_v2.models.ml_result import MLResult
from rumiai_v2.shown import shown
from rumiai_v2.sources.recorded import read_recorded
from rumiai_v2.sources.video_id import checked_video_id


class Recording:
    """A file written by this pipeline, or by the deployed system in one of its older shapes."""

    def __init__(self, path: Path, *, video_id: str | None = None) -> None:
        self.path = path
        self.inputs = (path,)
        self.video_id = video_id

    def evidence(self, standing: Path | None = None) -> Evidence:
        """What the file holds, in today's shapes; ``UsageError`` when it is not a unified analysis.

        ``standing``: where its content stands while it is not in place.
        """
        recorded = read_recorded(standing or self.path)
        given, origin = (recorded.video_id, str(self.path)) if self.video_id is None else (self.video_id, "--id")
        video_id = checked_video_id(given, origin=origin)
        try:
            metadata = metadata_from(recorded.metadata)
        except ValueError as error:
            raise UsageError(f"metadata in {self.path}: {error}; correct the file") from None
        return Evidence(
            video_id=video_id,
            metadata=metadata.to_dict(),
            duration=recorded.duration,
            size=recorded.size,
            media=recorded.media,
            results={
                name: MLResult(name, status, recorded.ml_data[name], recorded.errors.get(name))
                for name, status in recorded.status.items()
            },
            reference=recorded.source or shown(self.path),
            video=None,
        )
