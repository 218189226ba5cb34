"""JSON from outside (metadata files, recordings, platforms): parsed within limits, with texts that a file can hold.

Whoever reads such a document reads it here, so that the same file is read, or refused, in the same way everywhere.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from pathlib import Path
from typing import Any, NoReturn

from rumiai_v2.redact import redacted

#: How deep lists and objects may lie in each other; real documents of platforms have about 12.
DEEPEST = 64
#: Digits of a whole number: an id has 20 at most.
LONGEST_NUMBER = 100
#: Half of a surrogate pair: JSON can spell it (``"\\ud83d"``), but it is no character and no file can hold it.
_HALF = re.compile("[\ud800-\udfff]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Unreadable(ValueError):
    """Why a text is no JSON document that can be used: "<place>: expected …, got …"."""


class _Repeated(dict[str, Any]):
    """An object that says two things under one key."""

    key: str


class _Long(int):
    """Stands for a whole number with more digits than are read; its value is how many."""


def content_of(path: Path, *, largest: int) -> bytes:
    """The bytes of ``path``, at most ``largest``. Raises ``OSError`` and ``Unreadable``."""
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise Unreadable(f"expected at most {largest / 1e6:g} MB, got more")
    return content


def parse(content: bytes) -> Any:
    """The document that ``content`` spells, with one meaning or ``Unreadable``.

    UTF-8, or what a byte order mark says. No NaN and no infinity, no number beyond the doubles, no whole number of
    more than 100 digits, no key with two values in one object, at most 64 levels. Half surrogates become U+FFFD.
    """
    text = _text(content)
    try:
        value = _loaded(text)
    except json.JSONDecodeError as error:
        raise Unreadable(_syntax(text, error)) from None
    return _clean(value, "", 0)


def lines(content: bytes) -> list[Any] | None:
    """The documents of JSON lines (one a line, two or more); None when ``content`` is nothing of the kind."""
    try:
        found = [line for line in _text(content).splitlines() if line.strip()]
        return [_clean(_loaded(line), f"line {n}", 0) for n, line in enumerate(found, 1)] if len(found) > 1 else None
    except ValueError:
        return None


def storable(text: str) -> str:
    """``text`` with every half surrogate replaced by U+FFFD, so that it can be written."""
    return _HALF.sub("\ufffd", text)


def told(value: Any) -> str:
    """A value in a message: its type and what it holds, without secrets and cut short."""
    if value is None or value is ...:
        return "nothing"
    text = f"{type(value).__name__} {storable(redacted(repr(value))[:200])}"
    return text if len(text) <= 80 else f"{text[:79]}…"


def usable(value: Any) -> Any:
    """A document that somebody else parsed, held to the same limits; raises ``Unreadable``."""
    return _clean(value, "", 0)


def _text(content: bytes) -> str:
    encoding = next((name for mark, name in _BOMS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        shown = encoding.removesuffix("-sig").upper()
        raise Unreadable(
            f"byte {error.start}: expected text in {shown}, got {error.reason}; save it as UTF-8"
        ) from None
    if not text.strip():
        raise Unreadable("expected JSON, got an empty file")
    return text


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, parse_int=_whole, object_pairs_hook=_object)
    except RecursionError:
        _too_deep("")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen and not _same(seen[key], value):
            repeated = _Repeated(made)
            repeated.key = key
            return repeated
        seen[key] = value
    return made


def _same(a: Any, b: Any) -> bool:
    return type(a) is type(b) and a == b


def _whole(digits: str) -> int:
    length = len(digits.lstrip("-"))
    return int(digits) if length <= LONGEST_NUMBER else _Long(length)


def _syntax(text: str, error: json.JSONDecodeError) -> str:
    if text.lstrip().startswith("<"):
        return "expected JSON, got what looks like a web page; save the data, not the page"
    return f"line {error.lineno} column {error.colno}: expected JSON, got something else ({error.msg})"


def _clean(value: Any, path: str, depth: int) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Unreadable(f"{_at(path)}expected a number that a double can hold, got {value}")
        return value
    if isinstance(value, _Long) or (isinstance(value, int) and abs(value) >= 10**LONGEST_NUMBER):
        got = f"{int(value)} digits" if isinstance(value, _Long) else "more"
        raise Unreadable(f"{_at(path)}expected a whole number of at most {LONGEST_NUMBER} digits, got {got}")
    if isinstance(value, dict | list) and depth >= DEEPEST:
        _too_deep(path)
    if isinstance(value, _Repeated):
        raise Unreadable(f"{_at(path)}expected every key once, got {_key(value.key)} with two values")
    if isinstance(value, dict):
        return {_key(k): _clean(v, f"{path}.{_key(k)}" if path else _key(k), depth + 1) for k, v in value.items()}
    if isinstance(value, list):
        return [_clean(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]
    return value


def _key(key: Any) -> str:
    return storable(str(key))


def _at(path: str) -> str:
    return f"{redacted(path)[:120]}: " if path else ""


def _too_deep(path: str) -> NoReturn:
    raise Unreadable(f"{_at(path)}expected lists and objects at most {DEEPEST} deep in each other, got more")
