"""The id of a video is checked here, wherever it came from: the outputs are named after it."""

from __future__ import annotations

from rumiai_v2.errors import RumiError, UsageError
from rumiai_v2.models.metadata import valid_video_id

#: Letters of a wrong id in a message.
LONGEST = 160


def checked_video_id(
    video_id: str | None,
    *,
    origin: str,
    of: str = "",
    error: type[RumiError] = UsageError,
    remedy: str = "choose one with --id ID",
) -> str:
    """``video_id`` where it can name files. ``origin`` said it, `` of …`` is what has it, ``error`` says whose fault it is."""
    if video_id is not None and valid_video_id(video_id):
        return video_id
    got = repr(video_id)
    raise error(
        f"video id{of}: expected 1-128 characters of A-Z a-z 0-9 . _ - without a leading dot, "
        f"got {got if len(got) <= LONGEST else f'{got[:LONGEST]}…'} from {origin}; {remedy}"
    )
