"""Reading a JSON file that a user named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rumiai_v2.errors import UsageError


def read_json(path: Path, *, what: str, hint: str) -> Any:
    """The document in ``path``; ``UsageError`` says ``what`` cannot be read, why, and ``hint``, what to do."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{what} {path}: cannot be read ({error.strerror}); {hint}") from None
    except ValueError as error:
        raise UsageError(f"{what} {path}: expected JSON, got something else ({error}); {hint}") from None
