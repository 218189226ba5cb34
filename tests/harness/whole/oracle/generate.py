"""Texts of documents that are equal, nearly equal, or different by one to three changes of every kind."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

from tests.harness.whole.oracle.schema import Spec

KEYS = (
    "a",
    "b",
    "__typename",
    "a.b",
    "x[3]",
    "",
    "(json)",
    "ключ",
    "a b",
    'q"t',
    "0s",
    "__DEFAULT_SCOPE__",
    "[0]",
    "é",
)
TEXTS = (
    "",
    "a",
    "word",
    "two words",
    "two  words",
    "ключ",
    "🎉",
    "[1]",
    '{"a": 1}',
    "<declared>",
    "1",
    "true",
    "a\\:b",
    "::",
)
WHOLES = ("0", "-0", "1", "2", "7", "-5", "9007199254740993", "9223372036854775807", "18446744073709551615",
          "18446744073709551616", "18446744073709551617", "-9223372036854775808", "-9223372036854775809", "1" + "0" * 30)  # fmt: skip
REALS = ("0.0", "-0.0", "1.0", "0.5", "0.1", "1e2", "100.0", "0.30000000000000004", "0.3", "1e22", "18446744073709551616.0",
         "1e-400", "2.5e-3", "12.75", "1.7976931348623157e308", "123456789012345678901.5")  # fmt: skip
BREACHES = ("1e400", "-1e999", "NaN", "Infinity", "-Infinity")


class Chance(random.Random):
    """``calm``: integers are short, so that the fast reader can hold all of a document; ``long``: lists are long."""

    calm = False
    long = False


class Number(str):
    """A number as it is written."""


class Pairs(list[tuple[str, Any]]):
    """An object, in which a key may stand twice."""


def pair(rng: Chance, root: Spec | None, *, apart: bool) -> tuple[bytes, bytes]:
    """Two texts; documents of any shape where there is no ``root``. ``apart``: of two configurations, each of which names
    its own source."""
    rng.calm, rng.long = rng.random() < 0.5, rng.random() < 0.08
    left = _free(rng, 0) if root is None else _fitting(rng, root)
    if root is not None and not rng.randrange(12):
        _prune(left, rng)
    right = copy.deepcopy(left)
    for _ in range(rng.choice((0, 0, 0, 1, 1, 1, 1, 2, 3))):
        right = _changed(right, rng)
    if rng.random() < 0.06:
        left = _changed(left, rng)
    if root is not None and apart:
        _said(right, rng.choice(("disk:two", "disk:three", "disk:two", "disk:two", "web:one")))
    return _bytes(left, rng), _bytes(right, rng)


def _prune(top: Any, rng: Chance) -> None:
    top[:] = [(key, value) for key, value in top if key in ("source",) or rng.random() < 0.98]


def _said(top: Any, source: str) -> None:
    for index, (key, value) in enumerate(top if isinstance(top, Pairs) else ()):
        if key == "source" and isinstance(value, str) and value.startswith("web:"):
            top[index] = (key, source)


def _fitting(rng: Chance, spec: Spec) -> Any:
    if spec.null and rng.random() < 0.3:
        return None
    if spec.ignored == "declared":
        return "web:one"
    if spec.inside is not None:
        return _text(_fitting(rng, spec.inside), rng)
    match spec.type:
        case "number":
            return Number(
                rng.choice(REALS) if rng.random() < 0.1 else _whole(rng) if rng.random() < 0.1 else _plain(rng)
            )
        case "integer":
            return Number(_whole(rng))
        case "string":
            return rng.choice(TEXTS)
        case "boolean":
            return rng.random() < 0.5
        case "array":
            assert spec.item is not None
            size = spec.length or (
                60 if rng.long and spec.item.type == "object" and not spec.align else rng.randrange(4)
            )
            items = [_fitting(rng, spec.item) for _ in range(size)]
            if spec.align:
                for index, item in enumerate(items):
                    item[0] = ("at", Number(f"{index * rng.choice((0, 1, 1)) / 2:.1f}"))
            return items
    made = Pairs()
    for key, child in spec.fields.items():
        if key not in spec.optional or rng.random() < 0.5:
            made.append((key, _fitting(rng, child)))
    if spec.rest is not None:
        made += [(key, _fitting(rng, spec.rest)) for key in rng.sample(KEYS, rng.randrange(3))]
    return made


def _whole(rng: Chance) -> str:
    return rng.choice(WHOLES[:6] if rng.calm else WHOLES)


def _plain(rng: Chance) -> str:
    return repr(round(rng.uniform(-5, 5), rng.randrange(1, 4)))


def _free(rng: Chance, depth: int) -> Any:
    kind = rng.randrange(9 if depth < 4 else 6)
    if kind < 6:
        return _leaf(rng)
    if kind == 6:
        return [_free(rng, depth + 1) for _ in range(rng.randrange(4))]
    return Pairs((key, _free(rng, depth + 1)) for key in rng.sample(KEYS, rng.randrange(5)))


def _leaf(rng: Chance) -> Any:
    kind = rng.randrange(6)
    if kind == 0:
        return rng.choice((None, True, False))
    if kind == 1:
        return rng.choice(([], Pairs()))
    if kind == 2:
        return rng.choice(TEXTS)
    return Number(_whole(rng) if kind == 3 else rng.choice(REALS) if kind == 4 else _plain(rng))


def _changed(top: Any, rng: Chance) -> Any:
    """``top`` with one place of it otherwise, in place where it can be."""
    spots: list[tuple[Any, int]] = []
    waiting = [top]
    while waiting:
        here = waiting.pop()
        if isinstance(here, list):
            for index, item in enumerate(here):
                spots.append((here, index))
                waiting.append(item[1] if isinstance(here, Pairs) else item)
    if not spots:
        return _other(top, rng)
    holder, index = rng.choice(spots)
    is_object = isinstance(holder, Pairs)
    match rng.randrange(12):
        case 0:
            del holder[index]
        case 1 if is_object:
            holder[index] = (rng.choice(KEYS), holder[index][1])
        case 2 if is_object:
            holder.append((rng.choice(KEYS), _free(rng, 3)))
        case 2:
            holder.insert(index, copy.deepcopy(holder[index]))
        case 3 if is_object and rng.random() < 0.5:
            again = holder[index][1] if rng.random() < 0.5 else _free(rng, 3)
            holder.insert(rng.randrange(len(holder) + 1), (holder[index][0], again))
        case 3 if not is_object:
            other = rng.randrange(len(holder))
            holder[index], holder[other] = holder[other], holder[index]
        case 4:
            rng.shuffle(holder)
        case _:
            if is_object:
                holder[index] = (holder[index][0], _other(holder[index][1], rng))
            else:
                holder[index] = _other(holder[index], rng)
    return top


def _other(value: Any, rng: Chance) -> Any:
    if rng.random() < 0.12:
        return _free(rng, 3)
    if isinstance(value, Number):
        if rng.random() < 0.08:
            return Number(rng.choice(BREACHES))
        if value.lstrip("-").isdigit():
            return rng.choice(
                (
                    Number(str(int(value) + rng.choice((-3, -2, -1, 1, 2, 3)))),
                    Number(f"{value}.0"),
                    Number("-0" if value == "0" else "0"),
                    value == "1",
                    str(value),
                )
            )
        if value.strip("-").lower() in ("nan", "infinity"):
            return Number("0.5")
        by = rng.choice((1e-12, 0.01, 0.049, 0.05, 0.051, 0.2, 1.0))
        near = float(value) + rng.choice((-1, 1)) * by
        return rng.choice(
            (Number(repr(near) if abs(near) < 1e300 else "1e400"),) * 4 + (Number("-0.0"), Number("0"), None)
        )
    if isinstance(value, str):
        if value[:1] in ("{", "[") and rng.random() < 0.8:
            try:
                inside = _changed(json.loads(value, object_pairs_hook=Pairs, parse_int=Number, parse_float=Number), rng)
            except ValueError:
                return "{"
            return _text(inside, rng)
        if rng.random() < 0.05:
            return value + "\ud83d"
        return rng.choice((value + "x", value + " ", value[1:], value.upper(), rng.choice(TEXTS)))
    if isinstance(value, bool):
        return rng.choice((not value, Number("1"), None, str(value).lower()))
    if value is None:
        return rng.choice((False, Number("0"), "", [], Pairs()))
    return rng.choice(([], Pairs(), None, [value], _free(rng, 3)))


def _bytes(value: Any, rng: Chance) -> bytes:
    text = _text(value, rng)
    return text.encode("utf-8", "replace")


def _text(value: Any, rng: Chance) -> str:
    """``value`` as JSON, spaced, ordered and escaped in any way; half a surrogate pair is always escaped."""
    style = 4 if rng.long else rng.randrange(5)
    gap = ("", " ", "\n ", " ", "")[style]
    ascii_only = rng.random() < 0.3

    def said(text: str) -> str:
        whole = json.dumps(text, ensure_ascii=ascii_only)
        whole = whole.encode("utf-8", "replace").decode() if not ascii_only and not _is_whole(text) else whole
        if not _is_whole(text):
            whole = json.dumps(text)
        return whole.replace(":", "\\u003a") if style == 3 else whole

    def written(part: Any, depth: int = 1) -> str:
        if isinstance(part, Number):
            return str(part)
        line = "\n" + "  " * depth if style == 4 and part and isinstance(part, list) else ""
        end = line and "\n" + "  " * (depth - 1)
        if isinstance(part, Pairs):
            pairs = list(part)
            if len({key for key, _ in pairs}) == len(pairs) and style not in (1, 4):
                rng.shuffle(pairs)
            inside = [f"{line}{said(key)}:{gap}{written(item, depth + 1)}" for key, item in pairs]
            return "{" + f",{gap}".join(inside) + end + "}"
        if isinstance(part, list):
            return "[" + f",{gap}".join(line + written(item, depth + 1) for item in part) + end + "]"
        return said(part) if isinstance(part, str) else json.dumps(part)

    return written(value)


def _is_whole(text: str) -> bool:
    try:
        return bool(text.encode()) or not text
    except UnicodeEncodeError:
        return False
