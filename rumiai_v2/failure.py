"""The structure that a run returns when it published nothing.

It is told of whatever ended the process, so that nothing but the standard library is needed here.
"""

from __future__ import annotations

from typing import Any

from rumiai_v2.crash import reported
from rumiai_v2.errors import Defect, RumiError, Stopped
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


def failed(error: BaseException) -> dict[str, Any]:
    """The failure structure of whatever ended the process outside of a run."""
    if isinstance(error, RumiError | Stopped):
        said, code = str(error), error.exit_code
    else:
        said, code = reported(error), Defect.exit_code
    return failure(said, error_type=type(error).__name__, exit_code=code)
