"""What a class says that a file must hold: what fits becomes an instance, of anything else the first fault is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import pytest

from parity import reading
from parity.typed import UNREAD, Amount, Closed, Must, Text, are_different_texts, matching


def _even(value: object) -> bool:
    if value == 0:
        raise ValueError("is nothing")
    return isinstance(value, int) and value % 2 == 0


@dataclass(frozen=True)
class Inside(Closed):
    amount: Amount
    even: Annotated[int, Must("be even", _even)] = 2


@dataclass(frozen=True)
class Sheet(Closed):
    title: Text
    names: Annotated[tuple[str, ...], Must("be a list of texts, each once", are_different_texts)]
    inside: Mapping[Annotated[str, Must("be in small letters", matching("[a-z]+"))], Inside]
    line: int = field(default=0, metadata=UNREAD)


GOOD = {"title": "t", "names": ["a", "b"], "inside": {"x": {"amount": 1}}}


def test_what_fits_becomes_an_instance_and_whole_numbers_stay_whole():
    made = reading.model(Sheet, GOOD)
    assert made == Sheet("t", ("a", "b"), {"x": Inside(1, 2)})
    assert isinstance(made.inside["x"].amount, int)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": 3}, "title must be a text, got 3"),
        ({"names": ["a", "a"]}, "names must be a list of texts, each once, got ['a', 'a']"),
        ({"names": ("a",)}, "names must be a list of texts, each once, got ('a',)"),
        ({"inside": {"X": {"amount": 1}}}, "inside.X must be in small letters, got 'X'"),
        ({"inside": {"x": {"amount": True}}}, "inside.x.amount must be a number from 0, got True"),
        ({"inside": {"x": {"amount": -1}}}, "inside.x.amount must be a number from 0, got -1"),
        ({"inside": {"x": {"amount": 1, "even": 3}}}, "inside.x.even must be even, got 3"),
        ({"inside": {"x": {"amount": 1, "even": 0}}}, "inside.x.even: is nothing, got 0"),
        (
            {"inside": {"x": {"even": 4}}},
            "inside.x: expected an object with the keys ['amount'] and at most even beside them (without amount), "
            "got {'even': 4}",
        ),
        ({"inside": []}, "inside: Input should be a valid dictionary, got []"),
    ],
)
def test_the_first_fault_is_named_by_place_what_it_must_be_and_what_it_is(change, sentence):
    with pytest.raises(reading.Unfit) as caught:
        reading.model(Sheet, {**GOOD, **change})
    assert str(caught.value) == sentence


@pytest.mark.parametrize("key", ["line", "more"])
def test_a_key_that_no_file_may_hold_is_named(key):
    with pytest.raises(reading.Unfit, match=rf"^expected an object with the keys .*\({key} is unknown\), got"):
        reading.model(Sheet, {**GOOD, key: 1})


@pytest.mark.parametrize("value", [None, 3, "x", [], [GOOD]])
def test_what_is_no_object_is_none(value):
    with pytest.raises(
        reading.Unfit, match=r"^a sheet: expected an object with the keys \['inside', 'names', 'title'\], got"
    ):
        reading.model(Sheet, value, place="a sheet")
