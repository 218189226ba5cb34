"""The fast validator: the same schemas under absolute ids, all references resolved beforehand, nothing looked up.

Two things that ``jsonschema_rs`` is slow at are said in other words that mean the same. Each is worth a tenth of what
validating a large document costs:

* All keys of a closed object required: that is, as many keys as it has properties.
* A bound that is no whole number: the library compares it as a fraction of any length, Python as what it is.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

# The fast validator wants absolute ids; the name is never looked up, every schema is in its registry.
_BASE = "json-schema:///"

_MAPS = ("properties", "patternProperties", "$defs", "dependentSchemas")
_LISTS = ("oneOf", "anyOf", "allOf", "prefixItems")
_SINGLES = (
    "items", "additionalProperties", "contentSchema", "not", "if", "then", "else", "contains", "propertyNames",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
#: When a number breaks the bound; NaN, which no validator is asked about, breaks none.
_BOUNDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": operator.lt, "maximum": operator.gt, "exclusiveMinimum": operator.le, "exclusiveMaximum": operator.ge,
}  # fmt: skip
#: Stands before the name of a bound that Python checks.
_OWN = "x-real-"


def validator(schema: Mapping[str, Any], registry: Any) -> Any:
    """The fast validator of ``schema``, whose references lead into ``registry``."""
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(_named(schema), registry=registry, keywords=_keywords())


def registry(schemas: Mapping[str, Mapping[str, Any]]) -> Any:
    """The fast validator's registry of all ``schemas`` by id; ValueError when a reference leads nowhere."""
    import jsonschema_rs

    return jsonschema_rs.Registry([(_BASE + name, _named(schema)) for name, schema in schemas.items()])


def _named(schema: Mapping[str, Any]) -> dict[str, Any]:
    """``schema`` with an absolute id, against which its relative references resolve."""
    return {**reworded(schema), "$id": _BASE + schema["$id"]}


def reworded(schema: Any) -> Any:
    """``schema`` in the words that the fast validator is fast at; every part stays where it is."""
    if not isinstance(schema, Mapping):
        return schema
    made = dict(schema)
    for word in _MAPS:
        if isinstance(made.get(word), Mapping):
            made[word] = {key: reworded(part) for key, part in made[word].items()}
    for word in _LISTS:
        if isinstance(made.get(word), list):
            made[word] = [reworded(part) for part in made[word]]
    for word in _SINGLES:
        if word in made:
            made[word] = reworded(made[word])
    if _needs_all(made):
        made["minProperties"] = max(made.get("minProperties", 0), len(made.pop("required")))
    for word in _BOUNDS:
        if isinstance(made.get(word), float) and not made[word].is_integer():
            made[_OWN + word] = made.pop(word)
    return made


def _needs_all(schema: Mapping[str, Any]) -> bool:
    """Whether an object that keeps the rest of ``schema`` has all required keys when it has enough keys."""
    required, own = schema.get("required"), schema.get("properties")
    if not required or not own or schema.get("additionalProperties") is not False or "patternProperties" in schema:
        return False
    return set(required) == own.keys() and len(required) == len(own)


def _keywords() -> dict[str, type]:
    return {_OWN + word: _bound(word, breaks) for word, breaks in _BOUNDS.items()}


def _bound(word: str, breaks: Callable[[Any, Any], bool]) -> type:
    class Bound:
        def __init__(self, parent: Any, value: float, path: Any) -> None:
            self.value = value

        def validate(self, instance: Any) -> None:
            if type(instance) in (int, float) and breaks(instance, self.value):
                raise ValueError(f"{instance!r} breaks {word} {self.value!r}")

    return Bound
