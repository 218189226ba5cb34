"""The structure that a run returns when it published nothing."""

from __future__ import annotations

from typing import Any

from rumiai_v2.redact import redacted


def failure(
    message: str, *, error_type: str, exit_code: int, stage: str | None = None, video_id: str | None = None
) -> dict[str, Any]:
    """The failure structure, its text without secrets; ``metrics`` are null before the run began (wrong arguments)."""
    return {
        "success": False,
        "video_id": video_id,
        "stage": stage,
        "error": redacted(message),
        "error_type": error_type,
        "exit_code": exit_code,
        "metrics": None,
    }
