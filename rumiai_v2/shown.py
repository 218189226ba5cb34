"""How a text that came from bytes that are no UTF-8 (a path, an argument) is shown: each such byte as ``\\xff``.

Python holds them as lone surrogates, which no file and no JSON document can.
"""

from __future__ import annotations

import codecs
from typing import Any

#: The name of the way to encode that does this, for streams.
ESCAPED = "rumiai_v2.escaped"


def shown(text: object) -> str:
    """``text`` (or a path) in characters that every file can hold."""
    return str(text).encode("utf-8", ESCAPED).decode("utf-8")


def shown_document(value: Any) -> Any:
    """A JSON document in which every text, keys included, is shown like that."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        return {shown_document(key): shown_document(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [shown_document(each) for each in value]
    return value


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    codes = [ord(character) for character in error.object[error.start : error.end]]
    return "".join(f"\\x{c - 0xDC00:02x}" if 0xDC80 <= c <= 0xDCFF else f"\\u{c:04x}" for c in codes), error.end


codecs.register_error(ESCAPED, _escape)
