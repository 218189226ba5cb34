"""Reading a JSON file that a user named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rumiai_v2.errors import UsageError
from rumiai_v2.models import json_document


def read_json(path: Path, *, what: str, hint: str, largest: int, by_line: bool = False) -> Any:
    """The document in ``path``; ``UsageError`` says ``what`` cannot be read, why, and ``hint``, what to do.

    ``largest`` is in bytes; ``json_document`` says what else is refused. With ``by_line`` JSON lines are a list.
    """
    try:
        content = json_document.content_of(path, largest=largest)
        found = json_document.lines(content) if by_line else None
        return json_document.parse(content) if found is None else found
    except OSError as error:
        raise UsageError(f"{what} {path}: cannot be read ({error.strerror}); {hint}") from None
    except json_document.Unreadable as error:
        raise UsageError(f"{what} {path}: {error}; {hint}") from None
