"""The fast validator: the same schemas under absolute ids, all references resolved beforehand, nothing looked up.

Two things that ``jsonschema_rs`` is slow at are said in other words that mean the same. Each is worth a tenth of what
validating a large document costs:

* All keys of a closed object required: that is, as many keys as it has properties.
* A bound that is no whole number: the library compares it as a fraction of any length, Python as what it is.

And what the library takes otherwise than it is meant (``parity.contract.meaning``) is asked of Python: reals from 2**53
on, which the library takes for the integers that their shortest texts write.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from parity.contract import meaning, visit

# The fast validator wants absolute ids; the name is never looked up, every schema is in its registry.
_BASE = "json-schema:///"

#: When a number breaks the bound; NaN, which no validator is asked about, breaks none.
_BOUNDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": operator.lt, "maximum": operator.gt, "exclusiveMinimum": operator.le, "exclusiveMaximum": operator.ge,
}  # fmt: skip
#: Whether a value breaks the rest of what Python may be asked.
_OTHERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "const": lambda value, only: meaning.identity(value) != meaning.identity(only),
    "enum": lambda value, some: meaning.identity(value) not in set(map(meaning.identity, some)),
    "uniqueItems": lambda value, _: isinstance(value, list) and len(set(map(meaning.identity, value))) < len(value),
}
#: Up to here every integer is a double, and both are taken alike.
_EXACT = 2**53
#: Stands before the name of a keyword that Python checks; its value is written as JSON there.
_OWN = "x-python-"


def validator(schema: Mapping[str, Any], registry: Any) -> Any:
    """The fast validator of ``schema``, whose references lead into ``registry``."""
    return jsonschema_rs.Draft202012Validator(_named(schema), registry=registry, keywords=_keywords())


def is_schema(schema: Mapping[str, Any]) -> bool:
    """Whether ``schema`` is certainly one of draft 2020-12; where not, the reference validator may know better."""
    try:
        return bool(_of_schemas().is_valid(schema))
    except UnicodeEncodeError:  # half a surrogate pair
        return False


@cache
def _of_schemas() -> Any:
    return jsonschema_rs.Draft202012Validator(
        {"$ref": "https://json-schema.org/draft/2020-12/schema"},  # comes with the library
        validate_formats=True,
        formats={"regex": meaning.is_pattern},
    )


def registry(schemas: Mapping[str, Mapping[str, Any]]) -> Any:
    """The fast validator's registry of all ``schemas`` by id; ValueError when a reference leads nowhere."""
    return jsonschema_rs.Registry([(_BASE + name, _named(schema)) for name, schema in schemas.items()])


def _named(schema: Mapping[str, Any]) -> dict[str, Any]:
    """``schema`` with an absolute id, against which its relative references resolve."""
    return {**reworded(schema), "$id": _BASE + schema["$id"]}


def reworded(schema: Mapping[str, Any]) -> dict[str, Any]:
    """``schema`` in the words that the fast validator is fast at; every part stays where it is."""
    whole: dict[str, Any] = json.loads(json.dumps(schema))
    for _, part in visit.parts(whole, conditions=True):
        if _needs_all(part):
            part["minProperties"] = max(part.get("minProperties", 0), len(part.pop("required")))
        for word in [*_BOUNDS, *_OTHERS]:
            if word in part and _is_for_python(word, part[word]):
                part[_OWN + word] = json.dumps(part.pop(word))
    return whole


def _is_for_python(word: str, value: Any) -> bool:
    if word == "uniqueItems":
        return value is True
    if word in _BOUNDS and isinstance(value, float) and not value.is_integer():
        return True
    return _is_large(value)


def _is_large(value: Any) -> bool:
    """Whether a number from 2**53 on stands in ``value``."""
    if isinstance(value, dict | list):
        return any(map(_is_large, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int | float) and abs(value) >= _EXACT


def _needs_all(schema: Mapping[str, Any]) -> bool:
    """Whether an object that keeps the rest of ``schema`` has all required keys when it has enough keys."""
    required, own = schema.get("required"), schema.get("properties")
    if not required or not own or schema.get("additionalProperties") is not False or "patternProperties" in schema:
        return False
    return set(required) == own.keys() and len(required) == len(own)


def _keywords() -> dict[str, type]:
    return {_OWN + word: _keyword(word, breaks) for word, breaks in {**_BOUNDS, **_OTHERS}.items()}


def _keyword(word: str, breaks: Callable[[Any, Any], bool]) -> type:
    class Keyword:
        def __init__(self, parent: Any, value: str, path: Any) -> None:
            self.value = json.loads(value)

        def validate(self, instance: Any) -> None:
            is_meant = word in _OTHERS or type(instance) in (int, float)
            if is_meant and breaks(instance, self.value):
                raise ValueError(f"{instance!r} breaks {word} {self.value!r}")

    return Keyword
