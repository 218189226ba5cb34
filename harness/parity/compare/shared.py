"""Two JSON texts that share most of their lines, parsed as one: what stands in both is parsed once and is one object.

A list whose items stand on lines of their own has the same bytes between its items everywhere. A run of items with the
same bytes in both texts is cut out of both and parsed for itself, and a stand-in is left in its place; in the parsed rests
the stand-ins are replaced by the run's items, the same objects on both sides. Comparing them afterwards costs a glance, and
nothing is taken on trust: that the run is whole items of one list is shown by parsing it as a list, and a raw line break
stands in no JSON text, so that a run never begins inside of one.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from typing import Any

import orjson
from rapidfuzz.distance import Postfix, Prefix

#: How far the text is indented at first, and what stands from the end of one item to the beginning of the next.
_UNIT = re.compile(rb"[\[{]\n([ \t]+)")
_BETWEEN = re.compile(rb"\n([ \t]+)\},\n\1\{\n")
#: Shorter runs (bytes) are not worth cutting out.
_RUN = 1000
#: Least share of a text that must be in runs.
_SHARE = 0.25
#: After so many stretches without a run the rest is left as it is.
_MISSES = 12
#: Bytes compared at once, at first and at most.
_STEP, _STRIDE = 4096, 1 << 16
#: From this length on a run is searched for ends of lists before it is parsed, not only when it cannot be.
_LONG = 50_000

#: The only key of a stand-in, whose value is the number of its run; no text can hold it by chance or on purpose.
_STAND_IN = secrets.token_hex(16)
_WRITTEN = b'"%s":%%d' % _STAND_IN.encode()

#: A stretch with the same bytes: place in the left text, place in the right text, length.
_Run = tuple[int, int, int]


def parse(left: bytes, right: bytes) -> tuple[Any, Any] | None:
    """Both documents; None where they share too little, or are not written so that it shows."""
    unit = _UNIT.match(left)
    found = _BETWEEN.search(left, len(left) // 2) or _BETWEEN.search(left) if unit else None
    if unit is None or found is None:
        return None
    between, end = found.group(), b"\n" + found.group(1)[len(unit.group(1)) :] + b"]"
    stretches = list(_runs(left, right, between))
    if sum(length for *_, length in stretches) < _SHARE * max(len(left), len(right)):
        return None
    runs: list[_Run] = []
    shared: list[list[Any]] = []
    try:
        for whole in stretches:
            try:
                pieces = [whole] if whole[2] < _LONG else list(_pieces(left, whole, end, between))
                made = [_items(left, piece) for piece in pieces]
            except orjson.JSONDecodeError:
                pieces = list(_pieces(left, whole, end, between))
                made = [_items(left, piece) for piece in pieces]
            runs += pieces
            shared += made
        rests = [orjson.loads(_rest(text, runs, side)) for side, text in enumerate((left, right))]
    except orjson.JSONDecodeError:
        return None
    return (rests[0], rests[1]) if all(_put_back(rest, shared) for rest in rests) else None


def _runs(left: bytes, right: bytes, between: bytes) -> Iterator[_Run]:
    """Stretches from behind one ``between`` to before another."""
    gap, misses = len(between), 0
    i, j = left.find(between), right.find(between)
    while misses < _MISSES:
        if i < 0 or j < 0:
            return
        same = _common(left, right, i, j)
        length = left.rfind(between, i, i + same) - i - gap
        if length > _RUN:
            yield i + gap, j + gap, length
        misses = 0 if length > _RUN else misses + 1
        # The next one that is not all in what agrees.
        i, j = left.find(between, i + same - gap + 1), right.find(between, j + same - gap + 1)
    same = _common_end(left, right, min(len(left) - i, len(right) - j))
    first, last = left.find(between, len(left) - same), left.rfind(between, len(left) - same)
    if last - first - gap > _RUN:
        yield first + gap, len(right) - len(left) + first + gap, last - first - gap


def _common(left: bytes, right: bytes, i: int, j: int) -> int:
    """How many bytes agree from ``i`` and ``j`` on."""
    at, step = i, _STEP
    while (part := left[at : at + step]) and right.startswith(part, at + j - i):
        at += len(part)
        step = min(2 * step, _STRIDE)
    return at - i + Prefix.similarity(part, right[at + j - i : at + j - i + len(part)])


def _common_end(left: bytes, right: bytes, most: int) -> int:
    """How many of the last ``most`` bytes agree."""
    n, m, same, step = len(left), len(right), 0, _STEP
    while same + step <= most and right.startswith(left[n - same - step : n - same], m - same - step):
        same += step
        step = min(2 * step, _STRIDE)
    rest = min(step, most - same)
    return same + Postfix.similarity(left[n - same - rest : n - same], right[m - same - rest : m - same])


def _pieces(text: bytes, run: _Run, end: bytes, between: bytes) -> Iterator[_Run]:
    """``run`` without what lies between two lists, where an ``end`` stands."""
    start, other, length = run
    shift, stop = other - start, start + length
    while start < stop:
        at = text.find(end, start, stop)
        last = stop if at < 0 else text.rfind(between, start, at)
        if last - start > _RUN:
            yield start, start + shift, last - start
        following = text.find(between, at, stop) if at >= 0 else -1
        start = stop if following < 0 else following + len(between)


def _items(text: bytes, run: _Run) -> list[Any]:
    start, _, length = run
    items: list[Any] = orjson.loads(b"[{" + text[start : start + length] + b"}]")
    return items


def _rest(text: bytes, runs: list[_Run], side: int) -> bytes:
    """``text``, the ``side`` of the runs, with a stand-in for each of them."""
    parts, done = [], 0
    for number, run in enumerate(runs):
        parts += [text[done : run[side]], _WRITTEN % number]
        done = run[side] + run[2]
    return b"".join([*parts, text[done:]])


def _put_back(document: Any, shared: list[list[Any]]) -> bool:
    """Replace every stand-in in the lists of ``document`` by its run; whether each was found."""
    wanted = len(shared)
    objects, lists = [document], []
    while wanted:
        while objects:
            value = objects.pop()
            if type(value) is list:
                lists.append(value)
            elif type(value) is dict:
                objects += [each for each in value.values() if type(each) is dict or type(each) is list]
        if not lists:
            return False
        for items in lists:
            wanted -= _fill(items, shared)
        objects, lists = [each for items in lists for each in items] if wanted else [], []
    return True


def _fill(items: list[Any], shared: list[list[Any]]) -> int:
    """Replace the stand-ins in one list; how many there were."""
    places = [place for place, item in enumerate(items) if type(item) is dict and _STAND_IN in item]
    if places:
        made, done = [], 0
        for place in places:
            made += items[done:place] + shared[items[place][_STAND_IN]]
            done = place + 1
        items[:] = made + items[done:]
    return len(places)
