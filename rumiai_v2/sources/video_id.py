"""The id of a video is checked here, wherever it came from: the outputs are named after it."""

from __future__ import annotations

from rumiai_v2.errors import RumiError, UsageError
from rumiai_v2.models.json_document import told
from rumiai_v2.models.metadata import valid_video_id


def checked_video_id(video_id: str | None, *, origin: str, error: type[RumiError] = UsageError) -> str:
    """``video_id`` where it can name files; ``origin`` is what said it, ``error`` says whose fault another one is."""
    if video_id is not None and valid_video_id(video_id):
        return video_id
    raise error(
        "video id: expected 1-128 characters of A-Z a-z 0-9 . _ - without a leading dot, "
        f"got {told(video_id)} from {origin}; choose one with --id ID"
    )
