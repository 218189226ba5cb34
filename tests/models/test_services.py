"""The shapes of the services' documents say the same as their schemas, and name what does not fit."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from rumiai_v2.models.services import LONGEST, SHAPES, Mismatch, checked
from tests.schema_check import _validator

SNAPSHOTS = Path(__file__).parents[2] / "golden" / "snapshots"
#: Values that stand where something else is expected.
OTHERS = (
    None, True, False, 0, 1, 7, -1, 0.0, 0.5, 1.0, 1.5, -0.25, 3.0, 1e4, "", "a", "obj_7", "joy", "7-8s", "en\n", [], [1], [0.5],
    {}, {"a": 1}, [[1, 2]], [None, None, None, None], 10_000, "left",
)  # fmt: skip


def documents(service: str) -> list[Any]:
    found = (json.loads(path.read_bytes())["ml_data"][service] for path in sorted(SNAPSHOTS.glob("*/unified.json")))
    return [document for document in found if document]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value[:3]) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def changed(document: Any, path: tuple[Any, ...], chance: random.Random) -> Any:
    made = copy.deepcopy(document)
    holder = made
    for key in path[:-1]:
        holder = holder[key]
    match chance.randrange(6):
        case 0:
            del holder[path[-1]]
        case 1 if isinstance(holder, dict):
            holder["more"] = 1
        case _:
            holder[path[-1]] = copy.deepcopy(chance.choice(OTHERS))
    return made


def reason(service: str, document: Any) -> str | None:
    try:
        checked(service, document, service)
    except Mismatch as error:
        return f"{error}, got {error.got!r}"[:300]
    return None


@pytest.mark.parametrize("service", SHAPES)
def test_a_document_fits_exactly_when_it_keeps_the_schema(service):
    chance = random.Random(service)
    validator: Draft202012Validator = _validator(f"services/{service}.schema.json", strict=False)
    known = documents(service)
    assert known, "no golden has a document of this service"
    agreed = {True: 0, False: 0}
    for document in known:
        assert checked(service, document, service) == document
    smallest = min(known, key=lambda d: abs(len(json.dumps(d)) - 4000))
    everywhere = list(places(smallest))
    for _ in range(300):
        made = changed(smallest, chance.choice(everywhere), chance)
        right = validator.is_valid(made)
        why = reason(service, made)
        if why is not None and "expected at least its" in why:
            continue  # an end before its beginning: no schema can say that
        assert (why is None) == right, f"{service}: {why or 'the schema refuses it'}"
        agreed[right] += 1
    assert min(agreed.values()) > 20, agreed


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("segments", 0, "start"), [None], "whisper.segments[0].start: expected a number from 0 to 86400"),
        (("segments", 0, "end"), 1e9, "whisper.segments[0].end: expected a number from 0 to 86400"),
        (("segments", 0, "text"), "", "whisper.segments[0].text: expected a text of 1 to"),
        (("segments", 0, "text"), "x" * 200_000, "whisper.segments[0].text: expected a text of 1 to 100,000 letters"),
        (("segments", 0, "words"), ["a"], "whisper.segments[0].words[0]: expected an object"),
        (("segments", 0, "words"), [{"word": "a"}], "whisper.segments[0].words[0].start: expected a value"),
        (("segments", -1, "start"), 70_000, "whisper.segments["),
        (("segments", 0, "words", 1, "end"), 0, "whisper.segments[0].words[1].end: expected at least its start"),
        (("segments", 0, "id"), 10**30, "whisper.segments[0].id: expected a whole number of at least 0"),
        (("segments",), -1, "whisper.segments: expected a list"),
        (("language",), "en\n", "whisper.language: expected the code of a language"),
        (("has_speech",), 1, "whisper.has_speech: expected true or false"),
        (("metadata", "model"), "other", "whisper.metadata.model: expected 'openai-whisper-base'"),
        (("metadata", "processed"), 1, "whisper.metadata.processed: expected true"),
        (("more",), 1, "whisper.more: expected no such key"),
    ],
)
def test_what_does_not_fit_is_named(path, value, says):
    document = copy.deepcopy(next(d for d in documents("whisper") if d["segments"]))
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    with pytest.raises(Mismatch) as caught:
        checked("whisper", document, "whisper")
    assert str(caught.value).startswith(says)


def test_a_whole_real_number_is_a_whole_number_where_one_stands_and_stays_elsewhere():
    document = copy.deepcopy(documents("yolo")[0])
    document["metadata"]["tracks"], document["metadata"]["sample_spacing"] = 3.0, 1
    read = checked("yolo", document, "yolo")["metadata"]
    assert (type(read["tracks"]), type(read["sample_spacing"])) == (int, int)
    assert LONGEST == 86_400
