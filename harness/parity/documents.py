"""The one reader of documents that are compared: bytes to values, integers exactly, and nothing dropped in silence.

A real number is its nearest IEEE double, an integer is itself however long it is, and never a real (``docs/numbers.md``).
NaN and infinity are read, for a comparison to name where they stand. What has no one value is refused: a key that stands
twice in one object, a real beyond the range of a double.

``orjson`` reads almost everything. It takes an integer of more than 64 bits for a real and the last of two equal keys for
the only one; texts that may hold either are read again, exactly.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from parity.digits import too_long
from parity.keys import repeated
from parity.paths import ANY, INSIDE, join, steps

#: How many breaches a message names.
_NAMED = 5
#: Letters of a number or a key that a message shows.
_SHOWN = 40

#: Every digit as 0, all else as a space: where so many zeros stand in a row, an integer may be too long for ``orjson``.
_DIGITS = bytes(ord("0") if chr(byte).isdigit() and byte < 128 else ord(" ") for byte in range(256))
_MANY = b"0" * 19
#: An integer that may have more than 64 bits; in a text it may look so too, which costs only time.
_LONG = re.compile(rb"(?:^|[\s:,\[])(?:-[0-9]{19,}|[0-9]{20,})(?:[\s,\]}]|$)")


class Unreadable(ValueError):
    """Why bytes give no document, as what is said of them: ``is not JSON: …``."""


class Ambiguous(Unreadable):
    """The bytes are JSON, and something in them has no one value: it is named, with its place.

    ``value``: what most readers would make of them, to tell what kind of document it is.
    """

    value: Any = None


@dataclass(frozen=True)
class Document:
    """``plain``: whether ``orjson`` alone reads the same bytes to the same value."""

    value: Any
    plain: bool


def read(raw: bytes) -> Document:
    """The document in ``raw``; ``Unreadable`` when there is none, or none that is clear."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return Document(_exactly(raw), plain=False)
    if _may_hold_long_integers(raw) or not _holds_every_key(value, raw):
        return Document(_exactly(raw), plain=False)
    return Document(value, plain=True)


def parse(raw: bytes | str) -> Any:
    """The value in ``raw``; ``Unreadable`` as for ``read``."""
    return read(raw).value if isinstance(raw, bytes) else _opened(raw)


def load(file: Path) -> Any:
    """The value in ``file``; ``Unreadable`` as for ``read``, and ``OSError``."""
    return parse(file.read_bytes())


def _opened(text: str) -> Any:
    try:
        return read(text.encode()).value
    except UnicodeEncodeError:
        return _exact(text)  # half a surrogate pair, which a text may hold and no bytes


def _may_hold_long_integers(raw: bytes) -> bool:
    return _MANY in raw.translate(_DIGITS) and _LONG.search(raw) is not None


def _holds_every_key(value: Any, raw: bytes) -> bool:
    """Whether no key was dropped: a colon stands behind every key and may stand in texts, and ``orjson`` escapes none."""
    try:
        return b"\\u003" not in raw and raw.count(b":") == orjson.dumps(value).count(b":")
    except TypeError:
        return False  # nested deeper than it writes


def _exactly(raw: bytes) -> Any:
    if not raw.strip():
        raise Unreadable("is empty")
    try:
        return _exact(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not JSON: {error}") from error


def _exact(text: str) -> Any:
    """The value in ``text``, by Python's own reader, which lets every number and object be looked at."""
    try:
        value = json.loads(text, parse_int=_integer, parse_float=_real, object_pairs_hook=_object)
    except RecursionError as error:
        raise Unreadable("is nested too deep to be read") from error
    except ValueError as error:
        raise Unreadable(f"is not JSON: {error}") from error
    if found := list(_breaches(value)):
        more = f"; and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        ambiguous = Ambiguous(f"cannot be compared: {'; '.join(found[:_NAMED])}{more}")
        ambiguous.value = value
        raise ambiguous
    return value


class _Beyond(float):
    """A number that cannot be held, as it is written, and why not."""

    written: str
    why: str


class _Twice(dict[str, Any]):
    """An object in which keys stand twice: those keys."""

    keys_twice: list[str]


def _real(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _beyond(text, "is beyond the range of a double")


def _integer(text: str) -> int | float:
    why = too_long(text)
    return int(text) if why is None else _beyond(text, f"is {why}")


def _beyond(text: str, why: str) -> _Beyond:
    made = _Beyond(math.inf)
    made.written, made.why = _short(text), why
    return made


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    twice = _Twice(made)
    twice.keys_twice = repeated(key for key, _ in pairs)
    return twice


def _breaches(document: Any) -> Iterator[str]:
    """What has no one value in ``document``, one clause each, in its order."""
    waiting: list[tuple[Any, str]] = [(document, "")]
    while waiting:
        value, path = waiting.pop()
        if type(value) is _Twice:
            for key in value.keys_twice:
                yield f"{path or '(the whole document)'}: the key {_short(json.dumps(key))} stands twice in one object"
        if type(value) is _Beyond:
            yield f"{path or '(the whole document)'}: {value.written} {value.why}"
        elif isinstance(value, dict):
            waiting += [(item, join(path, key)) for key, item in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [(item, join(path, index)) for index, item in reversed(list(enumerate(value)))]


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


class Nowhere(LookupError):
    """Nothing stands at a path."""


def at(document: Any, path: str) -> Any:
    """The value at ``path``; ``Nowhere`` where there is none."""
    for value in all_at(document, path):
        return value
    raise Nowhere(path)


def all_at(document: Any, path: str) -> list[Any]:
    """The values at ``path``, which may hold ``[*]`` for any list item; empty where nothing stands."""
    found = [document]
    for step in steps(path):
        found = [inner for value in found for inner in _inside(value, step)]
    return found


def _inside(value: Any, step: str | int) -> Iterator[Any]:
    if step is INSIDE:
        with contextlib.suppress(AttributeError, ValueError):  # no JSON text: the comparison says so
            yield parse(value)
    elif isinstance(value, list):
        if step is ANY:
            yield from value
        elif isinstance(step, int):
            yield from value[step:][:1]
    elif isinstance(value, dict) and isinstance(step, str) and step in value:
        yield value[step]
