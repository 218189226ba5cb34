"""How a text that came from bytes that are no UTF-8 (a path, an argument) is shown: each such byte as ``\\xff``.

Python holds them as lone surrogates, which no file and no JSON document can.
"""

from __future__ import annotations

import codecs
from typing import Any

_BYTES = "rumiai_v2.bytes"


def shown(text: object) -> str:
    """``text`` (or a path) in characters that every file can hold."""
    return str(text).encode("utf-8", _BYTES).decode("utf-8", "backslashreplace")


def shown_document(value: Any) -> Any:
    """A JSON document in which every text, keys included, is shown like that."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        return {shown_document(key): shown_document(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [shown_document(each) for each in value]
    return value


def _bytes(error: UnicodeError) -> tuple[bytes, int]:
    """The bytes that lone surrogates stand for; one that stands for none is written as ``\\ud83d``."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    codes = map(ord, error.object[error.start : error.end])
    parts = (bytes([c - 0xDC00]) if 0xDC80 <= c <= 0xDCFF else f"\\u{c:04x}".encode() for c in codes)
    return b"".join(parts), error.end


codecs.register_error(_BYTES, _bytes)
